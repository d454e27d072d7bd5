import { grantTypes, offlineAccess } from './grants.ts';
import type { ClientRegistration } from './messages.ts';

/** A scope-token (RFC 6749 §3.3). */
export const scopePattern = /^[\x21\x23-\x5B\x5D-\x7E]{1,255}$/;

/** What a client id may be: RFC 6749 §A.1 without spaces. */
export const clientIdPattern = /^[\x21-\x7E]{1,255}$/;

/** Members of a JWK that are nobody's but the client's (RFC 7518 §6.2.2, §6.3.2, §6.4.1). */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'] as const;

/** Which parts of a client do not go together, in words: what was got, what is allowed; undefined where all do. */
export function clientFault({
  isPublic,
  grants,
  scopes,
  jwks,
  jwksUri,
}: Pick<ClientRegistration, 'isPublic' | 'grants' | 'scopes' | 'jwks' | 'jwksUri'>): string | undefined {
  const keys = jwks?.keys ?? [];
  const faults = [
    [jwks !== undefined && jwksUri !== undefined, 'got jwks and jwksUri; allowed: one of them'],
    [isPublic === true && (jwks ?? jwksUri) !== undefined, 'got keys of a public client; allowed: none'],
    [
      isPublic === true && grants.includes('client_credentials'),
      'got a public client with client_credentials; allowed: refresh_token',
    ],
    [grants.length === 0, `got no grants; allowed: ${grantTypes.join(', ')}`],
    [
      scopes.includes(offlineAccess) && !grants.includes('refresh_token'),
      `got the scope ${offlineAccess} without the grant refresh_token; allowed: both or neither`,
    ],
    [
      keys.some(({ kid }) => typeof kid !== 'string'),
      'got a key without kid in jwks; allowed: keys with one',
    ],
    [
      keys.some((key) => privateMembers.some((member) => member in key)),
      'got a private key in jwks; allowed: public keys, the private ones stay with the client',
    ],
  ] as const;
  return faults.find(([isThere]) => isThere)?.[1];
}

/** Whether a client proves itself by a secret: it is not public and brings no keys. */
export function needsSecret({
  isPublic,
  jwks,
  jwksUri,
}: Pick<ClientRegistration, 'isPublic' | 'jwks' | 'jwksUri'>): boolean {
  return isPublic !== true && jwks === undefined && jwksUri === undefined;
}
