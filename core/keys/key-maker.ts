import type { SigningAlgorithm } from '../contract/settings.ts';
import type { KeySealer } from '../ports.ts';
import type { NewKey } from './advance.ts';
import { generateSigningKey } from './generate.ts';

/** A key that was made: what is published, and a handle, safe to store, by which a signer opens it again. */
export interface MadeKey {
  readonly key: NewKey;
  readonly handle: Uint8Array;
}

/** Makes signing keys. The private part is never seen outside. */
export interface KeyMaker {
  /**
   * @throws UnavailableError where custody cannot be reached: no key is then in use
   * @throws ConfigError where the algorithm cannot be had
   */
  make(issuer: string, algorithm: SigningAlgorithm): Promise<MadeKey>;
  /**
   * Whether a handle leads to a key in another custody, which who signs by these settings may not use. Absent where signers
   * may use every key.
   */
  readonly isElsewhere?: (handle: Uint8Array) => boolean;
  /** Ends a key for good, once or again. Absent where a dropped handle is the end of it. */
  readonly end?: (handle: Uint8Array) => Promise<void>;
}

/**
 * Keys made here and sealed at once, bound to issuer and `kid`: the handle is the sealed private JWK.
 *
 * @param isElsewhere knows the handles of other makers
 */
export function sealedKeyMaker(
  sealer: KeySealer,
  isElsewhere: (handle: Uint8Array) => boolean = () => false,
): KeyMaker {
  return {
    isElsewhere,
    async make(issuer, algorithm) {
      const { publicPart: key, privateJwk } = await generateSigningKey(algorithm);
      const plaintext = new TextEncoder().encode(JSON.stringify(privateJwk));
      return { key, handle: await sealer.seal({ issuer, kid: key.kid }, plaintext) };
    },
  };
}
