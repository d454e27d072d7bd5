import type { RevocationWriter } from '../ports.ts';
import type { VerifiedToken } from '../verify/verify-token.ts';
import { tokenRevocationValue } from './decide.ts';
import { revocationId, type RevocationKind, type RevocationRecord } from './record.ts';

/** Times that keep a record longer than what it revokes, in seconds. */
export interface ExpirySettings {
  readonly clockSkewSeconds: number;
  /** How long API Gateway caches an authorizer's answer. */
  readonly resultsCacheSeconds: number;
}

/** Beyond clocks and caches: an hour costs nothing and forgives what was not thought of. */
const marginSeconds = 3600;

/** NumericDate up to which a record must stand so that it outlives tokens that expire at `lastExp`. */
export function revocationExpiry(lastExp: number, settings: ExpirySettings): number {
  return Math.ceil(lastExp) + settings.clockSkewSeconds + settings.resultsCacheSeconds + marginSeconds;
}

/** Why and by whom something is revoked. */
export interface RevocationNote {
  readonly reason?: string;
  readonly actor?: string;
}

/** When, by which settings and on whose behalf. */
export interface RevocationOptions {
  readonly now: number;
  readonly settings: ExpirySettings;
  readonly note: RevocationNote;
}

/** The record that revokes one verified token. */
export async function tokenRecord(
  token: Pick<VerifiedToken, 'accepted' | 'signingInput'>,
  { now, settings, note }: RevocationOptions,
): Promise<RevocationRecord> {
  const { iss, exp } = token.accepted;
  return {
    ...base('token', iss, await tokenRevocationValue(token)),
    ...note,
    revokedAt: now,
    expiresAt: revocationExpiry(exp, settings),
  };
}

/** Revokes one verified token. Revoking again changes nothing. */
export async function revokeToken(
  token: VerifiedToken,
  writer: RevocationWriter,
  options: RevocationOptions,
): Promise<RevocationRecord> {
  const record = await tokenRecord(token, options);
  await writer.write(record);
  return record;
}

/** What is revoked without its tokens being seen: by name alone. */
export interface RevocationTarget {
  readonly kind: RevocationKind;
  readonly issuer: string;
  /** `jti` or digest, `sub`, client id, `sid`, `kid`; empty for a whole issuer. */
  readonly value: string;
  /** Longest lifetime of a token of the issuer, in seconds. */
  readonly maxLifetimeSeconds: number;
  /**
   * Tokens with `iat` up to this NumericDate. Default: up to now, rounded up to the whole second that an issuer's clock, a
   * little ahead of ours, may already have stamped; later ones pass. Tokens by `jti` and keys have no such time.
   */
  readonly before?: number;
}

/** Another issuer may go on signing with a key that we have revoked, so its record stands for ten years. */
const keyRecordSeconds = 10 * 365 * 86_400;

/** The record that revokes by name. */
export function namedRecord(
  target: RevocationTarget,
  { now, settings, note }: RevocationOptions,
): RevocationRecord {
  const { kind, issuer, value, before = Math.ceil(now) } = target;
  const isTimed = kind !== 'token' && kind !== 'key';
  const lastExp = now + (kind === 'key' ? keyRecordSeconds : target.maxLifetimeSeconds);
  return {
    ...base(kind, issuer, value),
    ...note,
    ...(isTimed && { revokedBefore: before }),
    revokedAt: now,
    expiresAt: revocationExpiry(lastExp, settings),
  };
}

/** Revokes by name. */
export async function revokeByName(
  target: RevocationTarget,
  writer: RevocationWriter,
  options: RevocationOptions,
): Promise<RevocationRecord> {
  const record = namedRecord(target, options);
  await writer.write(record);
  return record;
}

function base(
  kind: RevocationKind,
  issuer: string,
  value: string,
): Pick<RevocationRecord, 'id' | 'kind' | 'issuer' | 'value'> {
  return { id: revocationId(kind, issuer, value), kind, issuer, value };
}
