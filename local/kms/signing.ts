import { constants, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { signDigest } from './digest-signing.ts';

/** How a message is signed. */
export interface SigningInput {
  /** For example `RSASSA_PSS_SHA_256`. */
  readonly algorithm: string;
  readonly message: Buffer;
  /** Whether the message is a digest already. */
  readonly isDigest: boolean;
}

/** The hash of a signing algorithm, and its length in bytes; undefined for those that hash by themselves. */
export function hashOf(algorithm: string): { readonly name: string; readonly bytes: number } | undefined {
  const bits = /^(?:RSASSA_.*|ECDSA)_SHA_(\d+)$/.exec(algorithm)?.[1];
  return bits === undefined ? undefined : { name: `sha${bits}`, bytes: Number(bits) / 8 };
}

/** Signs with a private key. ECDSA signatures are DER. */
export function signMessage(key: KeyObject, { algorithm, message, isDigest }: SigningInput): Buffer {
  const hash = hashOf(algorithm);
  if (isDigest && hash !== undefined)
    return signDigest(key, { hash: hash.name, digest: message, isPss: algorithm.startsWith('RSASSA_PSS') });
  return sign(hash?.name, message, { key, ...paddingOf(algorithm) });
}

/** Verifies a signature over a message (not over a digest). */
export function verifyMessage(
  key: KeyObject,
  { algorithm, message }: SigningInput,
  signature: Buffer,
): boolean {
  const by = { key: createPublicKey(key), ...paddingOf(algorithm) };
  return verify(hashOf(algorithm)?.name, message, by, signature);
}

function paddingOf(algorithm: string): { readonly padding?: number; readonly saltLength?: number } {
  if (!algorithm.startsWith('RSASSA_PSS')) return {};
  return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
}
