import { base64url, type JWK } from 'jose';

/** What a key must be to serve one algorithm. */
interface AlgorithmRule {
  readonly kty: string;
  readonly crv?: string;
  /** Least length of an HMAC secret, in bytes: the hash's output (RFC 7518 §3.2). */
  readonly leastSecretBytes?: number;
}

/** JWS algorithms that are verified (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864 §2.2; ML-DSA of RFC 9964). */
const rules = {
  RS256: { kty: 'RSA' },
  RS384: { kty: 'RSA' },
  RS512: { kty: 'RSA' },
  PS256: { kty: 'RSA' },
  PS384: { kty: 'RSA' },
  PS512: { kty: 'RSA' },
  ES256: { kty: 'EC', crv: 'P-256' },
  ES384: { kty: 'EC', crv: 'P-384' },
  ES512: { kty: 'EC', crv: 'P-521' },
  EdDSA: { kty: 'OKP', crv: 'Ed25519' },
  Ed25519: { kty: 'OKP', crv: 'Ed25519' },
  'ML-DSA-44': { kty: 'AKP' },
  'ML-DSA-65': { kty: 'AKP' },
  'ML-DSA-87': { kty: 'AKP' },
  HS256: { kty: 'oct', leastSecretBytes: 32 },
  HS384: { kty: 'oct', leastSecretBytes: 48 },
  HS512: { kty: 'oct', leastSecretBytes: 64 },
} as const satisfies Record<string, AlgorithmRule>;

/** The rule of an algorithm, or nothing where it is not verified: `none` above all. */
function ruleOf(alg: string): AlgorithmRule | undefined {
  return Object.hasOwn(rules, alg) ? rules[alg as keyof typeof rules] : undefined;
}

/** Whether this runtime can verify an algorithm: ML-DSA came with Node.js 24.7. */
export function isAvailable(alg: string): boolean {
  const runtime: object = SubtleCrypto;
  const { supports } = runtime as { readonly supports?: (operation: 'verify', algorithm: string) => boolean };
  return ruleOf(alg)?.kty !== 'AKP' || (supports?.('verify', alg) ?? false);
}

/**
 * The one algorithm that a key serves: its `alg`, or where it names none the only accepted algorithm that its type
 * allows. One key, one algorithm: where two remain, none does.
 *
 * @param accepted accepted algorithms of the issuer
 */
export function algorithmOf(jwk: JWK, accepted: readonly string[]): string | undefined {
  const fits = (alg: string): boolean => {
    const rule = ruleOf(alg);
    return rule?.kty === jwk.kty && (rule?.crv === undefined || rule.crv === jwk.crv);
  };
  const candidates = accepted.filter((alg) => fits(alg) && (jwk.alg === undefined || jwk.alg === alg));
  return candidates.length === 1 ? candidates[0] : undefined;
}

/** Whether a key is public (a secret aside), meant for verifying signatures, and strong enough for its algorithm. */
export function isFitFor(alg: string, jwk: JWK): boolean {
  if (jwk.use !== undefined && jwk.use !== 'sig') return false;
  if (jwk.key_ops !== undefined && !jwk.key_ops.includes('verify')) return false;
  if (privateMembers.some((name) => Object.hasOwn(jwk, name))) return false;
  if (jwk.kty === 'RSA') return isStrongRsa(jwk);
  return jwk.kty !== 'oct' || isStrongSecret(jwk, ruleOf(alg)?.leastSecretBytes ?? Infinity);
}

/** Private members of asymmetric keys (RFC 7518 §6): a published private key is everybody's. */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'priv'] as const;

/** NIST SP 800-131A: a modulus of 2,048 bits or more; FIPS 186-5 §5.1: an odd exponent above 2^16. */
function isStrongRsa({ n, e }: JWK): boolean {
  if (typeof n !== 'string' || typeof e !== 'string') return false;
  const modulus = toBigInt(n);
  const exponent = toBigInt(e);
  return modulus >= 1n << 2047n && exponent > 1n << 16n && exponent < 1n << 256n && (exponent & 1n) === 1n;
}

function isStrongSecret({ k }: JWK, leastBytes: number): boolean {
  return typeof k === 'string' && base64url.decode(k).length >= leastBytes;
}

function toBigInt(encoded: string): bigint {
  const hex = Array.from(base64url.decode(encoded), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex === '' ? 0n : BigInt(`0x${hex}`);
}
