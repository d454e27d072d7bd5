import type { TrustedIssuerSettings } from '../contract/settings.ts';
import { maxIdentifierLength } from './header.ts';
import { RefusedError } from './reasons.ts';

/** The claims that decisions go by (RFC 7519 §4.1, RFC 9068 §2.2). Times are NumericDates. */
export interface AcceptedClaims {
  readonly iss: string;
  readonly sub: string;
  readonly iat: number;
  readonly exp: number;
  readonly jti?: string;
  readonly clientId?: string;
  readonly sid?: string;
  readonly scopes: readonly string[];
}

/** When, by whose clock, and how much two clocks may differ. */
export interface ClaimsContext {
  readonly issuer: TrustedIssuerSettings;
  /** NumericDate of the request. */
  readonly now: number;
  readonly clockToleranceSeconds: number;
}

type Claims = Readonly<Record<string, unknown>>;

/**
 * Checks all registered claims of RFC 7519, and for our own issuer what RFC 9068 §2.2 requires.
 *
 * @throws RefusedError `claims_malformed`, `expired`, `not_yet_valid`, `issued_in_future`, `lifetime_too_long`,
 *   `audience_mismatch`
 */
export function checkClaims(claims: Claims, context: ClaimsContext): AcceptedClaims {
  const { iat, exp } = checkTimes(claims, context);
  checkAudience(claims.aud, context.issuer.audience);
  const own = context.issuer.jwksUri === undefined;
  const jti = identifier(claims, 'jti', own);
  const clientId = identifier(claims, 'client_id', own) ?? identifier(claims, 'azp', false);
  const sid = identifier(claims, 'sid', false);
  return {
    iss: context.issuer.issuer,
    sub: identifier(claims, 'sub', true),
    iat,
    exp,
    scopes: scopesOf(claims),
    ...(jti !== undefined && { jti }),
    ...(clientId !== undefined && { clientId }),
    ...(sid !== undefined && { sid }),
  };
}

function checkTimes(claims: Claims, context: ClaimsContext): { iat: number; exp: number } {
  const { now, clockToleranceSeconds: tolerance, issuer } = context;
  const exp = numericDate(claims, 'exp');
  const iat = numericDate(claims, 'iat');
  const nbf = claims.nbf === undefined ? undefined : numericDate(claims, 'nbf');
  if (now >= exp + tolerance) throw new RefusedError('expired', `exp ${exp}, time ${now}, tolerance ${tolerance} s`);
  if (nbf !== undefined && now < nbf - tolerance) {
    throw new RefusedError('not_yet_valid', `nbf ${nbf}, time ${now}, tolerance ${tolerance} s`);
  }
  if (now < iat - tolerance) {
    throw new RefusedError('issued_in_future', `iat ${iat}, time ${now}, tolerance ${tolerance} s`);
  }
  if (exp - iat > issuer.maxLifetimeSeconds || exp <= iat) {
    throw new RefusedError(
      'lifetime_too_long',
      `exp - iat is ${exp - iat} s; more than 0 and at most ${issuer.maxLifetimeSeconds} s is accepted`,
    );
  }
  return { iat, exp };
}

function numericDate(claims: Claims, name: string): number {
  const value = claims[name];
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
    throw new RefusedError('claims_malformed', `${name} must be a NumericDate, got ${typeof value}`);
  }
  return value;
}

function checkAudience(aud: unknown, accepted: readonly string[]): void {
  const values: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  if (values.length === 0 || !values.every((value) => typeof value === 'string')) {
    throw new RefusedError('claims_malformed', 'aud must be a string or an array of strings');
  }
  if (!values.some((value) => accepted.includes(value))) {
    throw new RefusedError('audience_mismatch', `aud must hold ${accepted.join(' or ')}`);
  }
}

function identifier(claims: Claims, name: string, required: true): string;
function identifier(claims: Claims, name: string, required: boolean): string | undefined;
function identifier(claims: Claims, name: string, required: boolean): string | undefined {
  const value = claims[name];
  if (value === undefined && !required) return undefined;
  if (typeof value !== 'string' || value === '' || value.length > maxIdentifierLength) {
    throw new RefusedError('claims_malformed', `${name} must be a string of 1 to ${maxIdentifierLength} characters`);
  }
  return value;
}

/** `scope` (RFC 8693 §4.2, space-separated) or `scp` (a string or an array, as Entra and Okta have it). */
function scopesOf(claims: Claims): readonly string[] {
  const { scope, scp } = claims;
  const granted: unknown = scope ?? scp ?? '';
  if (typeof granted === 'string') return granted.split(' ').filter((value) => value !== '');
  if (granted === scp && Array.isArray(scp) && scp.every((value) => typeof value === 'string')) return scp;
  throw new RefusedError('claims_malformed', 'scope must be a string, scp a string or an array of strings');
}
