import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
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
  const bare = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(bare, 'sha256');
  const named = { kid, alg: algorithm, use: 'sig' };
  return {
    publicPart: { kid, algorithm, publicJwk: { ...bare, ...named } },
    privateJwk: { ...(await exportJWK(privateKey)), ...named },
  };
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
