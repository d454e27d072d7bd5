import { RefusedError } from './reasons.ts';

/** A token and the scheme that it came under. */
export interface Credentials {
  readonly scheme: 'Bearer' | 'DPoP';
  readonly token: string;
}

/**
 * RFC 6750 §2.1 and RFC 9449 §7.1: the scheme, one space, the token in the characters of token68. The scheme is
 * compared without case (RFC 9110 §11.1).
 */
const syntax = /^(bearer|dpop) ([A-Za-z0-9._~+/-]+=*)$/i;

/** Longest header that is read at all, in characters: API Gateway lets 10,240 bytes pass, of all headers together. */
const maxHeaderLength = 65_536;

/**
 * The credentials of an Authorization header.
 *
 * @param values every Authorization header of the request; two are one too many, whatever they say
 * @throws RefusedError `token_missing`, `credentials_malformed`
 */
export function parseCredentials(values: readonly string[]): Credentials {
  const [value] = values;
  if (value === undefined) throw new RefusedError('token_missing', 'no Authorization header');
  const [, scheme, token] = (isReadable(values) && syntax.exec(value)) || [];
  if (scheme === undefined || token === undefined) {
    throw new RefusedError(
      'credentials_malformed',
      'Authorization must be one `Bearer <token>` or `DPoP <token>`, one space between',
    );
  }
  return { scheme: scheme.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer', token };
}

function isReadable([value = '', ...others]: readonly string[]): boolean {
  return others.length === 0 && value.length <= maxHeaderLength;
}
