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

/** Revokes one verified token. Revoking again changes nothing. */
export async function revokeToken(
  token: VerifiedToken,
  writer: RevocationWriter,
  options: { readonly now: number; readonly settings: ExpirySettings; readonly note: RevocationNote },
): Promise<RevocationRecord> {
  const value = await tokenRevocationValue(token);
  const { iss, exp } = token.accepted;
  const record: RevocationRecord = {
    ...base('token', iss, value),
    ...options.note,
    revokedAt: options.now,
    expiresAt: revocationExpiry(exp, options.settings),
  };
  await writer.write(record);
  return record;
}

/** What is revoked up to now: all tokens of a subject, client or session, or one token by its `jti` alone. */
export interface RevocationTarget {
  readonly kind: Extract<RevocationKind, 'token' | 'subject' | 'client' | 'session'>;
  readonly issuer: string;
  readonly value: string;
  /** Longest lifetime of a token of the issuer, in seconds. */
  readonly maxLifetimeSeconds: number;
}

/**
 * Revokes by name. Subjects, clients and sessions: tokens with `iat` up to now, rounded up to the whole second that
 * an issuer's clock, a little ahead of ours, may already have stamped; later ones pass.
 */
export async function revokeByName(
  target: RevocationTarget,
  writer: RevocationWriter,
  options: { readonly now: number; readonly settings: ExpirySettings; readonly note: RevocationNote },
): Promise<RevocationRecord> {
  const { now, settings, note } = options;
  const record: RevocationRecord = {
    ...base(target.kind, target.issuer, target.value),
    ...note,
    ...(target.kind !== 'token' && { revokedBefore: Math.ceil(now) }),
    revokedAt: now,
    expiresAt: revocationExpiry(now + target.maxLifetimeSeconds, settings),
  };
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
