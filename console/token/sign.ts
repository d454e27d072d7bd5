import { CompactSign, exportJWK, generateKeyPair, type JWK } from 'jose';
import { importJWK } from 'jose';
import { isPrivate } from '../keys/read-key.ts';
import { algorithmsOf, thumbprintOf } from '../keys/facts.ts';
import { toBase64url, utf8 } from './base64url.ts';

/** Algorithms that a token can be made with here. ML-DSA works where the browser has it. */
export const signAlgorithms = [
  ...(['RS256', 'ES256', 'EdDSA', 'PS256', 'HS256', 'RS384', 'RS512', 'ES384', 'ES512'] as const),
  ...(['PS384', 'PS512', 'HS384', 'HS512', 'ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87'] as const),
];

/**
 * Signs header and payload, whatever they say.
 *
 * @returns the token; unsigned where alg is none
 */
export async function signToken(header: object, payload: string, jwk: JWK): Promise<string> {
  const { alg } = header as { readonly alg?: string };
  if (alg === 'none') return unsigned(header, payload, '');
  if (alg === undefined) throw new TypeError('the header names no alg');
  const { b64: _b64, crit: _crit, ...rest } = header as Record<string, unknown>;
  const key = await importJWK({ ...jwk, alg }, alg);
  return new CompactSign(utf8(payload)).setProtectedHeader({ ...rest, alg }).sign(key);
}

/** Header and payload with a signature that is kept as it is. */
export function unsigned(header: object, payload: string, signature: string): string {
  return `${toBase64url(JSON.stringify(header))}.${toBase64url(payload)}.${signature}`;
}

/** Whether a key can sign with an algorithm. */
export function canSign(jwk: JWK | undefined, alg: unknown): jwk is JWK {
  return jwk !== undefined && typeof alg === 'string' && isPrivate(jwk) && algorithmsOf(jwk).includes(alg);
}

/**
 * A new private key, named by its thumbprint (RFC 7638); a secret of the hash's length for HMAC.
 *
 * @throws TypeError in words where this browser does not have the algorithm
 */
export async function generateKey(alg: string): Promise<JWK> {
  if (alg.startsWith('HS')) {
    const length = Number(alg.slice(2)) / 8;
    return { kty: 'oct', k: toBase64url(crypto.getRandomValues(new Uint8Array(length))), alg };
  }
  try {
    const { privateKey } = await generateKeyPair(alg, { extractable: true, modulusLength: 2048 });
    const jwk = await exportJWK(privateKey);
    const kid = await thumbprintOf(jwk);
    return { ...jwk, alg, use: 'sig', ...(kid !== undefined && { kid }) };
  } catch (cause) {
    throw new TypeError(`this browser cannot make ${alg} keys`, { cause });
  }
}
