import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { readRequest, toProxyResult } from '../../adapters/http/api-gateway.ts';
import { adminRevoke } from '../../core/admin/revocations.ts';
import { Routes } from '../../core/contract/routes.ts';
import { errorAnswer, type HttpAnswer, jsonAnswer } from '../../core/oauth/answers.ts';
import { revocationEndpoint } from '../../core/oauth/revocation-endpoint.ts';
import { compose } from './compose.ts';

const { ownIssuer, forRequest } = compose();

/**
 * Revokes: as the OAuth revocation endpoint (RFC 7009), and for administrators at `POST /admin/revocations`, which
 * API Gateway lets only the authorizer's callers with the scope reach.
 */
export async function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  try {
    return toProxyResult(await route(event));
  } catch (error) {
    return toProxyResult(errorAnswer(error));
  }
}

async function route(event: APIGatewayProxyEventV2): Promise<HttpAnswer> {
  const request = readRequest(event);
  if (request.path.endsWith(Routes.adminRevocations)) {
    const actor = request.authorizer.sub;
    if (actor === undefined) throw new Error('the route has no authorizer: nobody to record as actor');
    return jsonAnswer(200, await adminRevoke(request.body, { actor, ownIssuer }, forRequest()));
  }
  await revocationEndpoint(request, forRequest());
  return jsonAnswer(200, {});
}
