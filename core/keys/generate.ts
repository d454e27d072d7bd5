import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importSPKI,
  type GenerateKeyPairResult,
  type JWK,
} from 'jose';
import { ConfigError } from '../contract/config-error.ts';
import type { SigningAlgorithm } from '../contract/settings.ts';
import type { NewKey } from './advance.ts';

/** A new key pair: the public part for the key set, the private part to be sealed at once. */
export interface GeneratedKey {
  readonly publicPart: NewKey;
  readonly privateJwk: JWK;
}

/**
 * Makes a signing key; RSA keys have 2,048 bits. Its `kid` is its RFC 7638 SHA-256 thumbprint.
 *
 * @throws {@link ConfigError} where this runtime does not have the algorithm
 */
export async function generateSigningKey(algorithm: SigningAlgorithm): Promise<GeneratedKey> {
  const { publicKey, privateKey } = await generate(algorithm);
  const publicPart = await named(await exportJWK(publicKey), algorithm);
  const { kid } = publicPart;
  return { publicPart, privateJwk: { ...(await exportJWK(privateKey)), kid, alg: algorithm, use: 'sig' } };
}

/**
 * A key whose private part is made and kept elsewhere.
 *
 * @param spki its public part, DER (RFC 5280 §4.1.2.7)
 * @throws where this runtime does not have the algorithm
 */
export async function publicPartOf(spki: Uint8Array, algorithm: SigningAlgorithm): Promise<NewKey> {
  const base64 = btoa(Array.from(spki, (byte) => String.fromCharCode(byte)).join(''));
  const pem = `-----BEGIN PUBLIC KEY-----\n${base64}\n-----END PUBLIC KEY-----`;
  return named(await exportJWK(await importSPKI(pem, algorithm, { extractable: true })), algorithm);
}

async function named(bare: JWK, algorithm: SigningAlgorithm): Promise<NewKey> {
  const kid = await calculateJwkThumbprint(bare, 'sha256');
  return { kid, algorithm, publicJwk: { ...bare, kid, alg: algorithm, use: 'sig' } };
}

async function generate(algorithm: SigningAlgorithm): Promise<GenerateKeyPairResult> {
  try {
    return await generateKeyPair(algorithm, { extractable: true, modulusLength: 2048 });
  } catch (cause) {
    throw new ConfigError(
      `algorithm: got ${algorithm}, which this runtime cannot make keys of; allowed: RS256, ES256, EdDSA, PS256 everywhere, ` +
        'ML-DSA on Node.js 24.7 or later (AWS Lambda has it); choose another, or run a newer Node.js',
      { cause },
    );
  }
}
