import { compactVerify, errors } from 'jose';
import type { UnverifiedJws } from '../jws/parse.ts';
import type { VerificationKey } from '../keys/verification-key.ts';

/**
 * Whether the signature of a JWS holds under a key, by the key's algorithm alone. The caller has seen that the header
 * names that algorithm, and that an RSA signature is as long as the modulus.
 */
export type SignatureVerifier = (jws: UnverifiedJws, key: VerificationKey) => boolean | Promise<boolean>;

/** Verifies with jose, which runs wherever WebCrypto does. */
export async function verifyWithJose(jws: UnverifiedJws, key: VerificationKey): Promise<boolean> {
  try {
    await compactVerify(jws.compact, key.key, { algorithms: [key.alg] });
    return true;
  } catch (error) {
    if (error instanceof errors.JOSEError) return false;
    throw error;
  }
}
