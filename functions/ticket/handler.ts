import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { readRequest, toProxyResult } from '../../adapters/http/api-gateway.ts';
import { errorAnswer, type HttpAnswer, jsonAnswer } from '../../core/oauth/answers.ts';
import { issueTicket } from '../../core/ticket/ticket.ts';
import { compose } from './compose.ts';

const { store, randomBytes, clock } = compose();

/** Gives whom the authorizer lets pass a one-time ticket for a WebSocket handshake. */
export async function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  try {
    return toProxyResult(await answerTicket(event));
  } catch (error) {
    return toProxyResult(errorAnswer(error));
  }
}

async function answerTicket(event: APIGatewayProxyEventV2): Promise<HttpAnswer> {
  const { kid, jwtClaims } = readRequest(event).authorizer;
  if (kid === undefined || jwtClaims === undefined)
    throw new Error('the route has no authorizer: nobody to give a ticket');
  const caller = { kid, claims: JSON.parse(jwtClaims) as Record<string, unknown> };
  return jsonAnswer(200, await issueTicket(caller, store, { now: clock(), randomBytes }));
}
