import { base64url, type CryptoKey, importJWK, type JSONWebKeySet, type JWK } from 'jose';

/** A public key that is fit for one algorithm. */
export interface VerificationKey {
  readonly kid: string;
  /** The key's own algorithm; a token's header has no say in it. */
  readonly alg: string;
  readonly key: CryptoKey;
}

/** Key type, and where there are several the curve, of each algorithm (RFC 7518 §3.1, RFC 8037, RFC 9864). */
const families: Readonly<Record<string, { kty: string; crv?: string }>> = {
  RS256: { kty: 'RSA' },
  PS256: { kty: 'RSA' },
  ES256: { kty: 'EC', crv: 'P-256' },
  EdDSA: { kty: 'OKP', crv: 'Ed25519' },
  Ed25519: { kty: 'OKP', crv: 'Ed25519' },
};

/**
 * The usable keys of a JWK Set (RFC 7517 §5), by `kid`. Left out: keys without `kid`, keys for another use or
 * another algorithm than the accepted ones, keys whose algorithm stays open, keys that are weak or carry private
 * members, and every key whose `kid` is not the only one of its name.
 *
 * @param accepted accepted algorithms of the issuer
 */
export async function importJwkSet(
  jwkSet: JSONWebKeySet,
  accepted: readonly string[],
): Promise<ReadonlyMap<string, VerificationKey>> {
  const imported = await Promise.all(jwkSet.keys.map((jwk) => importVerificationKey(jwk, accepted)));
  const names = jwkSet.keys.map((jwk) => jwk.kid);
  const usable = imported.filter((key) => key !== undefined && names.filter((kid) => kid === key.kid).length === 1);
  return new Map(usable.map((key) => [(key as VerificationKey).kid, key as VerificationKey]));
}

async function importVerificationKey(jwk: JWK, accepted: readonly string[]): Promise<VerificationKey | undefined> {
  const alg = algorithmOf(jwk, accepted);
  if (alg === undefined || typeof jwk.kid !== 'string' || jwk.kid === '' || !isFit(jwk)) return undefined;
  try {
    const key = await importJWK({ ...jwk, alg }, alg);
    return key instanceof Uint8Array ? undefined : { kid: jwk.kid, alg, key };
  } catch {
    return undefined;
  }
}

/** The key's `alg`, or the only accepted algorithm that its type allows. */
function algorithmOf(jwk: JWK, accepted: readonly string[]): string | undefined {
  const fits = (alg: string) => families[alg]?.kty === jwk.kty && (families[alg]?.crv ?? jwk.crv) === jwk.crv;
  const candidates = accepted.filter((alg) => fits(alg) && (jwk.alg === undefined || jwk.alg === alg));
  return candidates.length === 1 ? candidates[0] : undefined;
}

/** Public, meant for signatures, and strong enough. */
function isFit(jwk: JWK): boolean {
  if (jwk.d !== undefined || jwk.k !== undefined) return false;
  if (jwk.use !== undefined && jwk.use !== 'sig') return false;
  if (jwk.key_ops !== undefined && !jwk.key_ops.includes('verify')) return false;
  return jwk.kty !== 'RSA' || isStrongRsa(jwk);
}

/** NIST SP 800-131A: a modulus of 2,048 bits or more; FIPS 186-5 §5.1: an odd exponent above 2^16. */
function isStrongRsa({ n, e }: JWK): boolean {
  if (typeof n !== 'string' || typeof e !== 'string') return false;
  const modulus = toBigInt(n);
  const exponent = toBigInt(e);
  return modulus >= 1n << 2047n && exponent > 1n << 16n && exponent < 1n << 256n && (exponent & 1n) === 1n;
}

function toBigInt(encoded: string): bigint {
  const hex = Array.from(base64url.decode(encoded), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex === '' ? 0n : BigInt(`0x${hex}`);
}
