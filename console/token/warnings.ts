import type { JWK } from 'jose';
import { maxTokenLength } from '../../core/jws/parse.ts';
import { weaknessesOf } from '../keys/facts.ts';
import { isPrivate } from '../keys/read-key.ts';
import type { DecodedToken } from './decode.ts';

/** Something that the reader should know before trusting or issuing such a token. */
export interface Warning {
  readonly level: 'danger' | 'note';
  readonly text: string;
}

/** Warnings about a token and the key beside it. */
export function warningsOf(token: DecodedToken, text: string, jwks: readonly JWK[]): readonly Warning[] {
  if (token.kind === 'empty' || token.kind === 'none') return [];
  return [
    ...headerWarnings(token),
    ...(token.kind === 'jws' ? claimWarnings(token) : []),
    ...keyWarnings(token, jwks),
    ...(text.length > maxTokenLength
      ? [
          danger(
            `${text.length.toLocaleString('en-GB')} characters: API Gateway takes 10,240 bytes of headers in all`,
          ),
        ]
      : []),
  ];
}

function headerWarnings({ header = {}, kind }: DecodedToken): readonly Warning[] {
  const alg = typeof header.alg === 'string' ? header.alg : '';
  const carried = ['jku', 'x5u', 'jwk', 'x5c'].filter((name) => Object.hasOwn(header, name));
  return [
    ...(alg.toLowerCase() === 'none' ? [danger('alg is none: anybody can write such a token')] : []),
    ...(kind === 'jws' && alg.startsWith('HS')
      ? [note(`${alg} is a shared secret: whoever can check this token can also make one`)]
      : []),
    ...(carried.length > 0 && header.typ !== 'dpop+jwt'
      ? [
          danger(
            `${carried.join(', ')} in the header: the token names its own key; never followed here, refused by Keyturn`,
          ),
        ]
      : []),
  ];
}

function claimWarnings({ claims, header = {} }: DecodedToken): readonly Warning[] {
  if (claims === undefined || header.typ === 'dpop+jwt') return [];
  const { exp, iat } = claims;
  const isLong = typeof exp === 'number' && typeof iat === 'number' && exp - iat > 86_400;
  return [
    ...(exp === undefined ? [danger('no exp: a token that never ends by itself')] : []),
    ...(typeof exp === 'number' && exp > 1e11
      ? [danger('exp is in milliseconds: NumericDate counts seconds')]
      : []),
    ...(isLong && exp < 1e11
      ? [note('it lives for more than a day: a revocation has to be kept as long')]
      : []),
    ...(claims.aud === undefined ? [note('no aud: any service may take it for its own')] : []),
  ];
}

function keyWarnings({ header = {} }: DecodedToken, jwks: readonly JWK[]): readonly Warning[] {
  const [jwk] = jwks;
  const alg = typeof header.alg === 'string' ? header.alg : '';
  if (jwk === undefined) return [];
  return [
    ...jwks.flatMap((key) =>
      weaknessesOf(key, key.alg ?? alg).map((weakness) => danger(`weak key: ${weakness}`)),
    ),
    ...(jwks.length > 1 && jwks.some(isPrivate)
      ? [danger('this JWK Set holds private keys: never publish it')]
      : []),
  ];
}

const danger = (text: string): Warning => ({ level: 'danger', text });
const note = (text: string): Warning => ({ level: 'note', text });
