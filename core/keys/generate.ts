import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import type { SigningAlgorithm } from '../contract/settings.ts';
import type { NewKey } from './advance.ts';

/** A new key pair: the public part for the key set, the private part to be sealed at once. */
export interface GeneratedKey {
  readonly publicPart: NewKey;
  readonly privateJwk: JWK;
}

/** Makes a signing key; RSA keys have 2,048 bits. Its `kid` is its RFC 7638 SHA-256 thumbprint. */
export async function generateSigningKey(algorithm: SigningAlgorithm): Promise<GeneratedKey> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, {
    extractable: true,
    modulusLength: 2048,
  });
  const bare = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(bare, 'sha256');
  const named = { kid, alg: algorithm, use: 'sig' };
  return {
    publicPart: { kid, algorithm, publicJwk: { ...bare, ...named } },
    privateJwk: { ...(await exportJWK(privateKey)), ...named },
  };
}
