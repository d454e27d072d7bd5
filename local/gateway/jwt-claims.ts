import type { JsonObject } from '../json.ts';
import type { AdditionalClaim, JwtIssuer } from './jwt-model.ts';

/**
 * What is wrong with a claims set whose signature held, or undefined. No clock skew is allowed for.
 *
 * @param now milliseconds since the epoch
 */
export function checkClaims(claims: JsonObject, issuer: JwtIssuer, now: number): string | undefined {
  const seconds = Math.floor(now / 1000);
  if (!audienceFits(claims, issuer)) return 'the token does not have a valid audience';
  return checkTimes(claims, seconds) ?? checkAdditional(claims, issuer);
}

/** The scopes of a claims set: `scope` or `scp`, a space-separated string or a list. */
export function scopesOf(claims: JsonObject): string[] {
  return [claims['scope'], claims['scp']]
    .flatMap(listOf)
    .flatMap((text) => text.split(' '))
    .filter((scope) => scope !== '');
}

/** `client_id` counts only where there is no `aud`. */
function audienceFits(claims: JsonObject, { audiences }: JwtIssuer): boolean {
  return listOf(claims['aud'] ?? claims['client_id']).some((audience) => audiences.includes(audience));
}

function checkTimes({ exp, nbf, iat }: JsonObject, seconds: number): string | undefined {
  if (typeof exp !== 'number' || exp <= seconds) return 'the token has expired';
  if (nbf !== undefined && !(typeof nbf === 'number' && nbf <= seconds)) return 'the token is not valid yet';
  if (iat !== undefined && !(typeof iat === 'number' && iat <= seconds))
    return 'the token is used before it was issued';
  return undefined;
}

function checkAdditional(claims: JsonObject, { additionalClaims }: JwtIssuer): string | undefined {
  const wrong = additionalClaims.find((asked) => !claimFits(claims[asked.name], asked));
  return wrong === undefined ? undefined : `the token does not have a valid ${wrong.name}`;
}

function claimFits(value: unknown, { expectedValues, format, isRequired }: AdditionalClaim): boolean {
  if (value === undefined) return !isRequired;
  if (Array.isArray(value) !== (format === 'string-array')) return false;
  const values = listOf(value).flatMap((text) =>
    format === 'space-separated-values' ? text.split(' ') : [text],
  );
  return values.some((item) => expectedValues.length === 0 || expectedValues.includes(item));
}

function listOf(value: unknown): string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((item) => ['string', 'number', 'boolean'].includes(typeof item)).map(String);
}
