import { base64url, type CryptoKey, importJWK, type JSONWebKeySet, type JWK } from 'jose';
import { algorithmOf, isFitFor } from './algorithms.ts';

/** A key that verifies signatures of one algorithm. */
export interface VerificationKey {
  readonly kid: string;
  /** The key's own algorithm; a token's header has no say in it. */
  readonly alg: string;
  readonly key: CryptoKey | Uint8Array;
  /** Length of an RSA key's signatures in bytes: its modulus's (RFC 8017 §8.1.2, §8.2.2). */
  readonly signatureBytes?: number;
}

/** What of a set of keys is asked. */
export interface KeyLookup {
  get(kid: string | undefined): VerificationKey | undefined;
}

/**
 * The usable keys of a JWK Set (RFC 7517 §5), by `kid`. Left out: keys without `kid`, keys for another use or
 * another algorithm than the accepted ones, keys whose algorithm stays open, keys that are weak or carry private
 * members, every key whose `kid` is not the only one of its name, and secrets: a published secret is none.
 *
 * @param accepted accepted algorithms of the issuer
 */
export async function importJwkSet(jwkSet: JSONWebKeySet, accepted: readonly string[]): Promise<KeyLookup> {
  const named = new Map<unknown, number>();
  for (const { kid } of jwkSet.keys) named.set(kid, (named.get(kid) ?? 0) + 1);
  const isOnly = ({ kid }: JWK) => named.get(kid) === 1;
  const candidates = jwkSet.keys.filter((jwk) => jwk.kty !== 'oct' && isOnly(jwk));
  const imported = await Promise.all(candidates.map((jwk) => importVerificationKey(jwk, accepted)));
  const byKid = new Map(imported.flatMap((key) => (key === undefined ? [] : [[key.kid, key]])));
  return { get: (kid) => (kid === undefined ? undefined : byKid.get(kid)) };
}

/**
 * A shared secret as the issuer's one key, whatever `kid` a token names.
 *
 * @throws TypeError where the secret is shorter than the hash, or the accepted algorithms are not one HMAC algorithm
 */
export async function importSecret(secret: Uint8Array, accepted: readonly string[]): Promise<KeyLookup> {
  const key = await importVerificationKey(
    { kty: 'oct', kid: 'secret', k: base64url.encode(secret) },
    accepted,
  );
  if (key === undefined) {
    throw new TypeError(
      `the shared secret has ${secret.length} bytes for ${accepted.join(' or ')}; allowed: one of HS256, HS384, HS512 ` +
        'with at least 32, 48, 64 bytes',
    );
  }
  return { get: () => key };
}

/** One key, or nothing where it is broken or not fit to verify signatures of one accepted algorithm. */
export async function importVerificationKey(
  jwk: JWK,
  accepted: readonly string[],
): Promise<VerificationKey | undefined> {
  const alg = algorithmOf(jwk, accepted);
  if (alg === undefined || typeof jwk.kid !== 'string' || jwk.kid === '') return undefined;
  try {
    if (!isFitFor(alg, jwk)) return undefined;
    const key = await importJWK({ ...jwk, alg }, alg);
    return { kid: jwk.kid, alg, key, ...signatureLength(key) };
  } catch {
    return undefined;
  }
}

function signatureLength(key: CryptoKey | Uint8Array): Pick<VerificationKey, 'signatureBytes'> {
  if (key instanceof Uint8Array) return {};
  const { modulusLength } = key.algorithm as { readonly modulusLength?: number };
  return modulusLength === undefined ? {} : { signatureBytes: Math.ceil(modulusLength / 8) };
}
