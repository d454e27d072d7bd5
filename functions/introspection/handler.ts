import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { readRequest, toProxyResult } from '../../adapters/http/api-gateway.ts';
import { errorAnswer, type HttpAnswer, jsonAnswer } from '../../core/oauth/answers.ts';
import { introspectionEndpoint } from '../../core/oauth/introspection-endpoint.ts';
import { compose } from './compose.ts';

const { forRequest } = compose();

/** The OAuth introspection endpoint (RFC 7662). */
export async function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  return toProxyResult(await answer(event));
}

async function answer(event: APIGatewayProxyEventV2): Promise<HttpAnswer> {
  try {
    return jsonAnswer(200, await introspectionEndpoint(readRequest(event), forRequest()));
  } catch (error) {
    return errorAnswer(error);
  }
}
