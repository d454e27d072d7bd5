import { base64url, calculateJwkThumbprint, type JWK } from 'jose';
import { isFitFor } from '../../core/keys/algorithms.ts';

/** Algorithms by type of key, and by curve where there are curves; the usual one first. */
const algorithms: Readonly<Record<string, readonly string[]>> = {
  RSA: ['RS256', 'PS256', 'RS384', 'RS512', 'PS384', 'PS512'],
  oct: ['HS256', 'HS384', 'HS512'],
  'EC P-256': ['ES256'],
  'EC P-384': ['ES384'],
  'EC P-521': ['ES512'],
  'OKP Ed25519': ['EdDSA', 'Ed25519'],
};

/** Algorithms that a key can serve: its own, or all that its type allows. */
export function algorithmsOf({ alg, kty, crv }: JWK): readonly string[] {
  if (alg !== undefined) return [alg];
  return algorithms[[kty, crv].filter(Boolean).join(' ')] ?? [];
}

/** What kind of key it is: `RSA, 2,048 bits`. */
export function kindOf(jwk: JWK): string {
  if (jwk.kty === 'RSA') return `RSA, ${(bitsOf(jwk.n) ?? 0).toLocaleString('en-GB')} bits`;
  if (jwk.kty === 'oct')
    return `HMAC, ${(base64url.decode(jwk.k ?? '').length * 8).toLocaleString('en-GB')} bits`;
  return [jwk.kty, jwk.crv ?? jwk.alg].filter(Boolean).join(', ');
}

function bitsOf(member: string | undefined): number | undefined {
  if (member === undefined) return undefined;
  const bytes = base64url.decode(member);
  return bytes.length * 8 - Math.clz32(bytes[0] ?? 0) + 24;
}

/** RFC 7638 SHA-256 thumbprint; nothing where the key lacks a member that it is made of. */
export async function thumbprintOf(jwk: JWK): Promise<string | undefined> {
  try {
    return await calculateJwkThumbprint(jwk, 'sha256');
  } catch {
    return undefined;
  }
}

/** Secrets that every attacker tries first. */
const knownSecrets = [
  ...['secret', 'password', 'changeme', 'test', 'key', 'jwt', 'your-256-bit-secret', 'your-secret-key'],
  ...['your-384-bit-secret', 'your-512-bit-secret', 'a-string-secret-at-least-256-bits-long', 'secretkey'],
];

/** What is weak about a key, in words; empty where nothing is. */
export function weaknessesOf(jwk: JWK, alg: string): readonly string[] {
  if (jwk.kty === 'oct') return secretWeaknesses(base64url.decode(jwk.k ?? ''), alg);
  const { d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...publicPart } = jwk;
  if (jwk.kty !== 'RSA' || isFitFor(alg, { kty: 'RSA', n: publicPart.n ?? '', e: publicPart.e ?? '' }))
    return [];
  const bits = bitsOf(jwk.n) ?? 0;
  return [
    bits < 2048
      ? `an RSA modulus of ${bits} bits; 2,048 or more are accepted (NIST SP 800-131A)`
      : 'an RSA exponent that is even, too small or too large (FIPS 186-5)',
  ];
}

function secretWeaknesses(secret: Uint8Array, alg: string): readonly string[] {
  const least = { HS256: 32, HS384: 48, HS512: 64 }[alg] ?? 32;
  const isKnown = knownSecrets.includes(new TextDecoder().decode(secret).toLowerCase());
  return [
    ...(isKnown ? ['a secret that everybody knows: it is in tutorials and word lists'] : []),
    ...(secret.length < least
      ? [`a secret of ${secret.length} bytes; ${alg} takes ${least} or more (RFC 7518 §3.2)`]
      : []),
  ];
}

/** The public part of a key. */
export function publicPartOf(jwk: JWK): JWK {
  const members = Object.entries(jwk).filter(
    ([name]) => !['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'priv', 'key_ops', 'ext'].includes(name),
  );
  return Object.fromEntries(members);
}
