import type { ClaimRequirement, TrustedIssuerSettings } from '../contract/settings.ts';
import { maxIdentifierLength } from './header.ts';
import { RefusedError } from './reasons.ts';
import type { Trace } from './steps.ts';

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
  /** Hears of each step; absent where nobody asks. */
  readonly trace?: Trace;
}

type Claims = Readonly<Record<string, unknown>>;

/**
 * Checks all registered claims of RFC 7519, and for our own issuer what RFC 9068 §2.2 requires.
 *
 * @throws RefusedError `claims_malformed`, `expired`, `not_yet_valid`, `issued_in_future`, `lifetime_too_long`,
 *   `audience_mismatch`, `claim_mismatch`
 */
export function checkClaims(claims: Claims, context: ClaimsContext): AcceptedClaims {
  const { iat, exp } = checkTimes(claims, context);
  checkAudience(claims, context.issuer, context.trace);
  checkRequired(claims, context.issuer.requiredClaims ?? {}, context.trace);
  const own = isOwn(context.issuer);
  context.trace?.('identifiers', identifiersOf(claims), own ? 'sub, jti and client_id' : 'sub');
  const jti = identifier(claims, 'jti', own);
  const clientId = own ? identifier(claims, 'client_id', true) : clientOf(claims, context.issuer);
  const sid = identifier(claims, 'sid', false);
  return {
    iss: context.issuer.issuer,
    sub: identifier(claims, 'sub', true),
    iat,
    exp,
    scopes: (context.issuer.scopeClaims ?? ['scope', 'scp']).flatMap((name) => scopesOf(claims, name)),
    ...(jti !== undefined && { jti }),
    ...(clientId !== undefined && { clientId }),
    ...(sid !== undefined && { sid }),
  };
}

/** The client, under the first of its names that the token has. */
function clientOf(
  claims: Claims,
  { clientIdClaims = ['client_id', 'azp'] }: TrustedIssuerSettings,
): string | undefined {
  const name = clientIdClaims.find((candidate) => Object.hasOwn(claims, candidate));
  return name === undefined ? undefined : identifier(claims, name, false);
}

/** Our own tokens keep RFC 9068 to the letter; another issuer's keys are had from somewhere else than our table. */
function isOwn({ jwksUri, jwks, secretArn }: TrustedIssuerSettings): boolean {
  return jwksUri === undefined && jwks === undefined && secretArn === undefined;
}

function checkTimes(claims: Claims, context: ClaimsContext): { iat: number; exp: number } {
  const { now, clockToleranceSeconds: tolerance, issuer, trace } = context;
  trace?.('times', timesOf(claims), 'exp and iat, and nbf where it is there, as NumericDates');
  const exp = numericDate(claims, 'exp');
  const iat = numericDate(claims, 'iat');
  const nbf = claims.nbf === undefined ? undefined : numericDate(claims, 'nbf');
  trace?.('exp', exp, `later than ${now} less ${tolerance} s`);
  if (now >= exp + tolerance)
    throw new RefusedError('expired', `exp ${exp}, time ${now}, tolerance ${tolerance} s`);
  trace?.('nbf', nbf, `at most ${now} and ${tolerance} s, or none`);
  if (nbf !== undefined && now < nbf - tolerance) {
    throw new RefusedError('not_yet_valid', `nbf ${nbf}, time ${now}, tolerance ${tolerance} s`);
  }
  trace?.('iat', iat, `at most ${now} and ${tolerance} s`);
  if (now < iat - tolerance) {
    throw new RefusedError('issued_in_future', `iat ${iat}, time ${now}, tolerance ${tolerance} s`);
  }
  trace?.('lifetime', exp - iat, `more than 0 and at most ${issuer.maxLifetimeSeconds} s`);
  if (exp - iat > issuer.maxLifetimeSeconds || exp <= iat) {
    throw new RefusedError(
      'lifetime_too_long',
      `exp - iat is ${exp - iat} s; more than 0 and at most ${issuer.maxLifetimeSeconds} s is accepted`,
    );
  }
  return { iat, exp };
}

function timesOf({ exp, iat, nbf }: Claims): object {
  return { exp, iat, nbf };
}

function identifiersOf({ sub, jti, client_id, azp, sid }: Claims): object {
  return { sub, jti, client_id, azp, sid };
}

function numericDate(claims: Claims, name: string): number {
  const value = claims[name];
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
    throw new RefusedError('claims_malformed', `${name} must be a NumericDate, got ${typeof value}`);
  }
  return value;
}

function checkAudience(
  claims: Claims,
  { audience, audienceClaim = 'aud' }: TrustedIssuerSettings,
  trace?: Trace,
): void {
  const aud = claims[audienceClaim];
  trace?.('audience', aud, `${audienceClaim} that holds ${audience.join(' or ')}`);
  const values: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  if (values.length === 0 || !values.every((value) => typeof value === 'string')) {
    throw new RefusedError('claims_malformed', `${audienceClaim} must be a string or an array of strings`);
  }
  if (!values.some((value) => audience.includes(value))) {
    throw new RefusedError('audience_mismatch', `${audienceClaim} must hold ${audience.join(' or ')}`);
  }
}

function checkRequired(
  claims: Claims,
  required: Readonly<Record<string, ClaimRequirement>>,
  trace?: Trace,
): void {
  for (const [name, requirement] of Object.entries(required)) {
    const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
    trace?.('requirements', { [name]: value }, JSON.stringify(requirement));
    if (!meets(value, requirement)) {
      throw new RefusedError(
        'claim_mismatch',
        `${name} must be as configured: ${JSON.stringify(requirement)}`,
      );
    }
  }
}

function meets(value: unknown, requirement: ClaimRequirement): boolean {
  if ('equals' in requirement) return value === requirement.equals;
  if ('oneOf' in requirement) return requirement.oneOf.some((allowed) => allowed === value);
  const values: unknown = typeof value === 'string' ? value.split(' ') : value;
  return Array.isArray(values) && values.includes(requirement.contains);
}

function identifier(claims: Claims, name: string, required: true): string;
function identifier(claims: Claims, name: string, required: boolean): string | undefined;
function identifier(claims: Claims, name: string, required: boolean): string | undefined {
  const value = claims[name];
  if (value === undefined && !required) return undefined;
  if (typeof value !== 'string' || value === '' || value.length > maxIdentifierLength) {
    throw new RefusedError(
      'claims_malformed',
      `${name} must be a string of 1 to ${maxIdentifierLength} characters`,
    );
  }
  return value;
}

/** A space-separated string (RFC 8693 §4.2) or an array of strings, of which one with a space in it is no scope. */
function scopesOf(claims: Claims, name: string): readonly string[] {
  const granted: unknown = Object.hasOwn(claims, name) ? claims[name] : [];
  if (typeof granted === 'string') return granted.split(' ').filter((value) => value !== '');
  if (Array.isArray(granted) && granted.every((value) => typeof value === 'string'))
    return granted.filter((value) => /^\S+$/.test(value));
  throw new RefusedError('claims_malformed', `${name} must be a string or an array of strings`);
}
