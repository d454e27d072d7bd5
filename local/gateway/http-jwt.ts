import { objectOf, textOf } from '../json.ts';
import { physicalId } from '../physical-id.ts';
import type { Resource } from '../types.ts';
import { messageAnswer, type Answer } from './answer.ts';
import { stringsOf } from './api-resources.ts';
import type { HeaderPair } from './headers.ts';
import type { JwtAuthorizer, JwtVerdict } from './jwt-model.ts';

/** HTTP APIs keep an issuer's keys for two hours. */
const keysTtlSeconds = 7200;

/** An HTTP API's JWT authorizer: one issuer, RSA signatures only. */
export function readHttpJwtAuthorizer({ logicalId, properties }: Resource): JwtAuthorizer {
  const { Issuer: issuer, Audience: audience } = objectOf(properties['JwtConfiguration']);
  return {
    id: physicalId(logicalId),
    logicalId,
    identitySource: stringsOf(properties['IdentitySource'])[0] ?? '$request.header.Authorization',
    issuers: [
      {
        issuer: textOf(issuer) ?? '',
        audiences: stringsOf(audience),
        algorithms: ['RS256', 'RS384', 'RS512'],
        additionalClaims: [],
      },
    ],
    keysTtlSeconds,
    refetchesUnknownKey: false,
  };
}

/** The answer to a request that a JWT authorizer turned away, with its `WWW-Authenticate` (RFC 6750, section 3). */
export function jwtRefusal(
  verdict: Exclude<JwtVerdict, { kind: 'allow' }>,
  scopes: readonly string[],
): Answer {
  if (verdict.kind === 'missing') return messageAnswer(401, 'Unauthorized', [['www-authenticate', 'Bearer']]);
  const challenge = (error: string, description: string): HeaderPair => [
    'www-authenticate',
    `Bearer scope="${scopes.join(' ')}" error="${error}" error_description="${description}"`,
  ];
  if (verdict.kind === 'invalid')
    return messageAnswer(401, 'Unauthorized', [challenge('invalid_token', verdict.description)]);
  return messageAnswer(403, 'Forbidden', [
    challenge('insufficient_scope', 'the token lacks the required scope'),
  ]);
}
