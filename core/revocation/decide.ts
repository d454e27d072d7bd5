import { base64url } from 'jose';
import type { AcceptedClaims } from '../verify/claims.ts';
import { RefusedError, type Reason } from '../verify/reasons.ts';
import type { VerifiedToken } from '../verify/verify-token.ts';
import { revocationId, type RevocationKind, type RevocationRecord } from './record.ts';

const reasonOf = {
  token: 'token_revoked',
  subject: 'subject_revoked',
  client: 'client_revoked',
  session: 'session_revoked',
  key: 'key_revoked',
  issuer: 'issuer_revoked',
} as const satisfies Record<RevocationKind, Reason>;

/** The ids of all records that could revoke one token. */
export interface RevocationIds {
  /** The token's own record: read anew for each request. */
  readonly token: string;
  /** Records that many requests have in common: they may be held for a moment. */
  readonly common: readonly string[];
}

/** What of a token, once its signature held, its revocation goes by. */
export interface RevocableToken {
  readonly accepted: Pick<AcceptedClaims, 'iss' | 'sub' | 'jti' | 'clientId' | 'sid'>;
  /** What a token without `jti` is known by. */
  readonly signingInput: string;
}

/** What a token is revoked by: its signed `jti`, or a digest of its signed part where it has none. */
export async function tokenRevocationValue(token: RevocableToken): Promise<string> {
  if (token.accepted.jti !== undefined) return token.accepted.jti;
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token.signingInput));
  return `sha-256:${base64url.encode(new Uint8Array(digest))}`;
}

/** The ids to look up for a verified token. */
export async function revocationIds(
  token: RevocableToken & Pick<VerifiedToken, 'kid'>,
): Promise<RevocationIds> {
  const { iss, sub, clientId, sid } = token.accepted;
  const common: readonly [RevocationKind, string | undefined][] = [
    ['issuer', ''],
    ['key', token.kid],
    ['client', clientId],
    ['subject', sub],
    ['session', sid],
  ];
  return {
    token: revocationId('token', iss, await tokenRevocationValue(token)),
    common: common.flatMap(([kind, value]) => (value === undefined ? [] : [revocationId(kind, iss, value)])),
  };
}

/**
 * Step 6: refuses a token that a record revokes. A record that has expired says nothing, though reads may still
 * return it: TTL deletion takes days.
 *
 * @param now NumericDate
 * @throws RefusedError `token_revoked`, `subject_revoked`, …
 */
export function checkRevocation(
  token: { readonly accepted: Pick<AcceptedClaims, 'iat'> },
  records: Iterable<RevocationRecord>,
  now: number,
): void {
  for (const record of records) {
    if (record.expiresAt <= now) continue;
    const { revokedBefore } = record;
    if (revokedBefore === undefined || token.accepted.iat <= revokedBefore) {
      throw new RefusedError(reasonOf[record.kind], `revoked at ${record.revokedAt}`);
    }
  }
}
