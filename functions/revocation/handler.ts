import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { readRequest, toProxyResult } from '../../adapters/http/api-gateway.ts';
import { errorAnswer, type HttpAnswer, jsonAnswer } from '../../core/oauth/answers.ts';
import { revocationEndpoint } from '../../core/oauth/revocation-endpoint.ts';
import { compose } from './compose.ts';

const { forRequest } = compose();

/** The OAuth revocation endpoint (RFC 7009). */
export async function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  return toProxyResult(await answer(event));
}

async function answer(event: APIGatewayProxyEventV2): Promise<HttpAnswer> {
  try {
    await revocationEndpoint(readRequest(event), forRequest());
    return jsonAnswer(200, {});
  } catch (error) {
    return errorAnswer(error);
  }
}
