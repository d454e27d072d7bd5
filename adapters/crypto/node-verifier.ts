import { createHmac, KeyObject, constants, timingSafeEqual, verify } from 'node:crypto';
import type { VerificationKey } from '../../core/keys/verification-key.ts';
import type { SignatureVerifier } from '../../core/verify/signature.ts';
import { toDer } from './ecdsa-der.ts';

type Check = (signed: Buffer, signature: Uint8Array) => boolean;

/**
 * Verifies with node:crypto, in the calling thread: WebCrypto hands every signature to another one, which takes longer
 * than an RSA signature does. Keys are turned into `KeyObject`s once, and handed over bare wherever the algorithm allows:
 * an options object costs Node 24 another 12 to 27 µs.
 */
export function nodeVerifier(): SignatureVerifier {
  const checks = new WeakMap<object, Check>();
  return ({ signingInput, signature }, key) => {
    const check = checks.get(key) ?? checkOf(key);
    checks.set(key, check);
    return check(Buffer.from(signingInput, 'latin1'), signature);
  };
}

/** @throws TypeError where the algorithm is none that a key is imported for */
function checkOf({ alg, key }: VerificationKey): Check {
  if (key instanceof Uint8Array) return hmacCheck(hashOf(alg), key);
  const publicKey = KeyObject.from(key);
  switch (alg.slice(0, 2)) {
    case 'RS':
      return (signed, signature) => verify(hashOf(alg), signed, publicKey, signature);
    case 'PS':
      return pssCheck(hashOf(alg), publicKey);
    case 'ES':
      return ecdsaCheck(alg, publicKey);
    case 'Ed':
    case 'ML':
      return (signed, signature) => verify(null, signed, publicKey, signature);
    default:
      throw new TypeError(`got algorithm ${alg}; allowed: what a verification key can be of`);
  }
}

/** RFC 7518 §3.5: the salt is as long as the hash. */
function pssCheck(hash: string, key: KeyObject): Check {
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  const options = { key, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  return (signed, signature) => verify(hash, signed, options, signature);
}

/** RFC 7518 §3.4: two integers of the length of the curve's order, one after the other. */
function ecdsaCheck(alg: string, key: KeyObject): Check {
  const hash = hashOf(alg);
  const length = { ES256: 64, ES384: 96, ES512: 132 }[alg];
  return (signed, signature) => signature.length === length && verify(hash, signed, key, toDer(signature));
}

function hmacCheck(hash: string, secret: Uint8Array): Check {
  return (signed, signature) => {
    const expected = createHmac(hash, secret).update(signed).digest();
    return signature.length === expected.length && timingSafeEqual(expected, signature);
  };
}

function hashOf(alg: string): string {
  return `sha${alg.slice(2)}`;
}
