import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { readRequest, toProxyResult } from '../../adapters/http/api-gateway.ts';
import { Routes } from '../../core/contract/routes.ts';
import { toJwkSet } from '../../core/keys/jwk-set.ts';
import { errorAnswer, type HttpAnswer } from '../../core/oauth/answers.ts';
import { authorizationServerMetadata, protectedResourceMetadata } from '../../core/oauth/metadata.ts';
import { UnavailableError } from '../../core/ports.ts';
import { compose } from './compose.ts';

const { issuer, keySets, maxAgeSeconds } = compose();

/**
 * Serves the JWK Set (RFC 7517 §5), the authorization server metadata (RFC 8414) at its two paths, and the protected
 * resource metadata (RFC 9728).
 */
export async function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  try {
    const { path } = readRequest(event);
    return toProxyResult(cacheable(await documentAt(path)));
  } catch (error) {
    return toProxyResult(errorAnswer(error));
  }
}

async function documentAt(path: string): Promise<object> {
  if (path.endsWith(Routes.jwks)) return jwkSet();
  if (path.endsWith(Routes.oauthProtectedResource)) return protectedResourceMetadata(issuer);
  return authorizationServerMetadata(issuer);
}

async function jwkSet(): Promise<object> {
  const keySet = await keySets.readPublic(issuer);
  if (keySet === undefined)
    throw new UnavailableError('no key set was written yet; key-rotation makes the first one');
  return toJwkSet(keySet);
}

function cacheable(document: object): HttpAnswer {
  return {
    status: 200,
    headers: { 'content-type': 'application/json', 'cache-control': `public, max-age=${maxAgeSeconds}` },
    body: JSON.stringify(document),
  };
}
