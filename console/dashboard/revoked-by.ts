import { revocationId } from '../../core/revocation/record.ts';
import type { IssuedToken, Revocation } from './shapes.ts';

/**
 * The revocation that refuses a token, as the authorizer goes by them; of several, the narrowest.
 *
 * @param records active revocations
 * @param now NumericDate
 */
export function revokedBy(
  token: IssuedToken,
  records: readonly Revocation[],
  now: number,
): Revocation | undefined {
  const { issuer, jti, sid, subject, clientId, kid, issuedAt } = token;
  const ids = [
    revocationId('token', issuer, jti),
    ...(sid === undefined ? [] : [revocationId('session', issuer, sid)]),
    revocationId('subject', issuer, subject),
    revocationId('client', issuer, clientId),
    revocationId('key', issuer, kid),
    revocationId('issuer', issuer, ''),
  ];
  return records
    .filter(
      ({ id, revokedBefore = Infinity, expiresAt }) =>
        ids.includes(id) && issuedAt <= revokedBefore && expiresAt > now,
    )
    .toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id))[0];
}
