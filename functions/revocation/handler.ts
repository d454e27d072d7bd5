import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { readRequest, toProxyResult } from '../../adapters/http/api-gateway.ts';
import { adminRevoke } from '../../core/admin/revocations.ts';
import type { DirectRevocationRequest } from '../../core/contract/messages.ts';
import { Routes } from '../../core/contract/routes.ts';
import { errorAnswer, type HttpAnswer, jsonAnswer } from '../../core/oauth/answers.ts';
import { revocationEndpoint } from '../../core/oauth/revocation-endpoint.ts';
import type { RevocationRecord } from '../../core/revocation/record.ts';
import { compose } from './compose.ts';

const { ownIssuer, forRequest } = compose();

/**
 * Revokes: as the OAuth revocation endpoint (RFC 7009); for administrators at `POST /admin/revocations`, which API
 * Gateway lets only callers with the scope reach; and on a direct invoke, where IAM has decided who may ask. A direct
 * invoke that is refused fails with the error's name and description.
 */
export async function handler(
  event: APIGatewayProxyEventV2 | DirectRevocationRequest,
): Promise<APIGatewayProxyStructuredResultV2 | RevocationRecord> {
  if ('action' in event) return administer(JSON.stringify(event.request), event.actor);
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
    return jsonAnswer(200, await administer(request.body, actor));
  }
  await revocationEndpoint(request, forRequest());
  return jsonAnswer(200, {});
}

function administer(body: string, actor: string): Promise<RevocationRecord> {
  return adminRevoke(body, { actor, ownIssuer }, forRequest());
}
