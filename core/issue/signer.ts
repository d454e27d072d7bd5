import { type CryptoKey, importJWK, type JWK } from 'jose';
import { activeKey, type SigningKey } from '../keys/key-set.ts';
import { type KeySealer, type KeySetStore, UnavailableError } from '../ports.ts';

/** The key that signs now, unsealed. */
export interface UnsealedKey {
  readonly signingKey: SigningKey;
  readonly privateKey: CryptoKey;
}

/** Hands out the key that signs. */
export interface Signer {
  /**
   * @param now NumericDate
   * @throws UnavailableError where the key set or KMS cannot be reached, or no key was made yet
   */
  current(now: number): Promise<UnsealedKey>;
}

/** What a {@link heldSigner} works with. */
export interface SignerContext {
  readonly issuer: string;
  readonly keySets: KeySetStore;
  readonly sealer: KeySealer;
  /** K: how long a key is kept without asking again, in seconds. Key removal counts on it. */
  readonly signerHoldSeconds: number;
}

/**
 * A signer that asks the key-set table at most every K seconds and unseals a key once. It never signs with a key
 * that it has not seen active within K.
 */
export function heldSigner(context: SignerContext): Signer {
  let held: (UnsealedKey & { readonly seenAt: number }) | undefined;
  return {
    async current(now) {
      if (held !== undefined && now >= held.seenAt && now - held.seenAt < context.signerHoldSeconds)
        return held;
      const keySet = await context.keySets.read(context.issuer);
      const signingKey = keySet && activeKey(keySet);
      const sealed = signingKey && keySet.sealed[signingKey.kid];
      if (signingKey === undefined || sealed === undefined) {
        throw new UnavailableError('there is no active signing key yet; key-rotation makes the first one');
      }
      const known = held?.signingKey.kid === signingKey.kid ? held.privateKey : undefined;
      const privateKey = known ?? (await unseal(context, signingKey, sealed));
      held = { signingKey, privateKey, seenAt: now };
      return held;
    },
  };
}

async function unseal(context: SignerContext, key: SigningKey, sealed: Uint8Array): Promise<CryptoKey> {
  const plaintext = await context.sealer.unseal({ issuer: context.issuer, kid: key.kid }, sealed);
  const imported = await importJWK(JSON.parse(new TextDecoder().decode(plaintext)) as JWK, key.algorithm);
  if (imported instanceof Uint8Array) throw new Error(`the sealed key ${key.kid} is not a private key`);
  return imported;
}
