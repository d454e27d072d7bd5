import { RefusedError } from './reasons.ts';

/** RFC 6750 §2.1: the scheme, one space, a b64token. The scheme is compared without case (RFC 9110 §11.1). */
const bearer = /^bearer ([A-Za-z0-9._~+/-]+=*)$/i;

/**
 * The token of an Authorization header.
 *
 * @param values every Authorization header of the request; two are one too many, whatever they say
 * @throws RefusedError `token_missing`, `credentials_malformed`
 */
export function bearerToken(values: readonly string[]): string {
  const [value] = values;
  if (value === undefined) throw new RefusedError('token_missing', 'no Authorization header');
  const token = values.length === 1 ? bearer.exec(value)?.[1] : undefined;
  if (token === undefined) {
    throw new RefusedError('credentials_malformed', 'Authorization must be one `Bearer <token>`, one space between');
  }
  return token;
}
