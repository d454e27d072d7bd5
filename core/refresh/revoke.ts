import type { TokenServiceSettings } from '../contract/settings.ts';
import { ranges } from '../contract/times.ts';
import type { RefreshFamilyStore, RevocationReader, RevocationWriter } from '../ports.ts';
import { revocationId, type RevocationRecord } from '../revocation/record.ts';
import { revocationExpiry, type RevocationNote } from '../revocation/revoke.ts';
import type { RefreshFamily } from './family.ts';

/** What revoking families works with. */
export interface FamilyRevocationContext {
  /** Our own `iss`. */
  readonly issuer: string;
  readonly settings: TokenServiceSettings;
  readonly families: Pick<RefreshFamilyStore, 'revoke'>;
  readonly revocations: RevocationWriter;
  /** NumericDate, read once. */
  readonly now: number;
}

/** What a family's standing is read with. */
export interface FamilyStandingContext {
  /** Our own `iss`. */
  readonly issuer: string;
  readonly revocations: RevocationReader;
  /** NumericDate, read once. */
  readonly now: number;
}

/**
 * Revokes a family, its access tokens too. The family first: where the second write does not happen, the next use of one
 * of its tokens makes up for it ({@link finishRevocation}), and the caller is told by an UnavailableError.
 */
export async function revokeFamily(
  family: RefreshFamily,
  note: RevocationNote,
  context: FamilyRevocationContext,
): Promise<void> {
  await context.families.revoke(family.sid, context.now);
  await context.revocations.write(sessionRecord(family.sid, { at: context.now, note }, context));
}

/**
 * No token of the session comes after this one's end, so the skew of whoever signed the last one is covered. How long that one
 * lives was said by the settings of then, so the longest time that there is holds.
 */
function sessionRecord(
  sid: string,
  revoked: { readonly at: number; readonly note: RevocationNote },
  { issuer, settings }: Pick<FamilyRevocationContext, 'issuer' | 'settings'>,
): RevocationRecord {
  const revokedBefore = Math.ceil(revoked.at) + settings.clockSkewSeconds;
  return {
    id: revocationId('session', issuer, sid),
    ...{ kind: 'session', issuer, value: sid },
    ...revoked.note,
    revokedBefore,
    revokedAt: revoked.at,
    expiresAt: revocationExpiry(revokedBefore + ranges.tokenLifetimeSeconds.max, settings),
  };
}

/**
 * How a family stands: revoked itself, or by a revocation of its session, subject or client, or of all of the issuer, since
 * it began. `halfway` where it is revoked and its access tokens are not: whoever revoked it did not come to that.
 *
 * @throws UnavailableError where the table cannot be reached
 */
export async function familyStanding(
  family: RefreshFamily,
  { issuer, revocations, now }: FamilyStandingContext,
): Promise<'open' | 'revoked' | 'halfway'> {
  const session = revocationId('session', issuer, family.sid);
  const ids = [
    session,
    revocationId('subject', issuer, family.subject),
    revocationId('client', issuer, family.clientId),
    revocationId('issuer', issuer, ''),
  ];
  const records = await revocations.read(ids);
  if (family.revokedAt !== undefined) return records.has(session) ? 'revoked' : 'halfway';
  return ids.some((id) => isRevokedBy(records.get(id), family, now)) ? 'revoked' : 'open';
}

function isRevokedBy(record: RevocationRecord | undefined, family: RefreshFamily, now: number): boolean {
  return (
    record !== undefined && record.expiresAt > now && (record.revokedBefore ?? Infinity) >= family.createdAt
  );
}

/** Revokes the access tokens of a family that was revoked halfway. */
export async function finishRevocation(
  { sid, revokedAt = 0 }: RefreshFamily,
  context: FamilyRevocationContext,
): Promise<void> {
  const note = { reason: 'its refresh family is revoked' };
  const record = sessionRecord(sid, { at: revokedAt, note }, context);
  if (record.expiresAt > context.now) await context.revocations.write(record);
}
