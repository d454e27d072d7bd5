import { CompactSign, type CompactJWSHeaderParameters, type CryptoKey, importJWK, type JWK } from 'jose';
import { activeKey, type SigningKey } from '../keys/key-set.ts';
import { type KeySealer, type KeySetStore, type SealContext, UnavailableError } from '../ports.ts';

/** Signs a payload as a compact JWS (RFC 7515 §3.1) under this header. */
export type JwsSigner = (header: CompactJWSHeaderParameters, payload: Uint8Array) => Promise<string>;

/** The key that signs now, opened. */
export interface OpenedKey {
  readonly signingKey: SigningKey;
  readonly sign: JwsSigner;
}

/** Opens a key by the handle that its maker left. */
export interface KeyOpener {
  /** @throws UnavailableError where custody cannot be reached */
  open(context: SealContext, key: SigningKey, handle: Uint8Array): Promise<JwsSigner>;
}

/** Hands out the key that signs. */
export interface Signer {
  /**
   * @param now NumericDate
   * @throws UnavailableError where the key set or KMS cannot be reached, or no key was made yet
   */
  current(now: number): Promise<OpenedKey>;
}

/** What a {@link heldSigner} works with. */
export interface SignerContext {
  readonly issuer: string;
  readonly keySets: KeySetStore;
  readonly opener: KeyOpener;
  /** K: how long a key is kept without asking again, in seconds. Key removal counts on it. */
  readonly signerHoldSeconds: number;
}

/**
 * A signer that asks the key-set table at most every K seconds and opens a key once. It never signs with a key
 * that it has not seen active within K.
 */
export function heldSigner(context: SignerContext): Signer {
  let held: (OpenedKey & { readonly seenAt: number }) | undefined;

  /** A key that does not sign is no longer held: it may have been taken out of use. */
  function droppedOnFailure(sign: JwsSigner): JwsSigner {
    return (header, payload) =>
      sign(header, payload).catch((error: unknown) => {
        held = undefined;
        throw error;
      });
  }

  return {
    async current(now) {
      if (held !== undefined && now >= held.seenAt && now - held.seenAt < context.signerHoldSeconds)
        return held;
      const keySet = await context.keySets.read(context.issuer);
      const signingKey = keySet && activeKey(keySet);
      const handle = signingKey && keySet.sealed[signingKey.kid];
      if (signingKey === undefined || handle === undefined) {
        throw new UnavailableError('there is no active signing key yet; key-rotation makes the first one');
      }
      const { issuer, opener } = context;
      const known = held?.signingKey.kid === signingKey.kid ? held.sign : undefined;
      const sign =
        known ?? droppedOnFailure(await opener.open({ issuer, kid: signingKey.kid }, signingKey, handle));
      held = { signingKey, sign, seenAt: now };
      return held;
    },
  };
}

/** Opens sealed private JWKs and signs in process. */
export function sealedKeyOpener(sealer: KeySealer): KeyOpener {
  return {
    async open(context, { kid, algorithm }, handle) {
      const plaintext = await sealer.unseal(context, handle);
      const key = await importJWK(JSON.parse(new TextDecoder().decode(plaintext)) as JWK, algorithm);
      if (key instanceof Uint8Array) throw new Error(`the sealed key ${kid} is not a private key`);
      return signerOf(key);
    },
  };
}

/** Signs in process with a private key. */
export function signerOf(key: CryptoKey): JwsSigner {
  return (header, payload) => new CompactSign(payload).setProtectedHeader(header).sign(key);
}
