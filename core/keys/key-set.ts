import type { JWK } from 'jose';
import type { SigningAlgorithm, TokenServiceSettings } from '../contract/settings.ts';

/**
 * Life of a signing key. `pending`: published, not signing. `active`: signing. `retiring`: verifies only.
 * `retired`: gone from the JWK Set. `compromised`: gone, and its tokens are refused everywhere.
 */
export type KeyState = 'pending' | 'active' | 'retiring' | 'retired' | 'compromised';

/** One signing key as every role may see it. Times are NumericDates (RFC 7519 §2). */
export interface SigningKey {
  /** RFC 7638 SHA-256 thumbprint, base64url. */
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly state: KeyState;
  /** Public members only, with `kid`, `alg` and `use`. */
  readonly publicJwk: JWK;
  /** When it was first in a written key set. */
  readonly publishedAt: number;
  /**
   * Whether it was in the first key set ever written. No verifier can hold an older copy of the JWK Set than
   * the first, so such a key needs no lead before it signs.
   */
  readonly original: boolean;
  /** Longest lifetime of a token that it may sign, in seconds; a promise that token-issue keeps. */
  readonly maxTokenLifetimeSeconds: number;
  readonly activatedAt?: number;
  /** When it stopped being the active key. */
  readonly deactivatedAt?: number;
  /** When it left the JWK Set. */
  readonly removedAt?: number;
}

/** The times that decide how long a key is published before it signs and after it has signed; in seconds. */
export type KeyWindows = Pick<
  TokenServiceSettings,
  'jwksCacheSeconds' | 'clockSkewSeconds' | 'propagationSeconds' | 'signerHoldSeconds'
>;

/** The windows of a key set, and longer ones from before while these still matter. */
export interface WindowRecord {
  readonly current: KeyWindows;
  /** Longer windows that were configured before: copies and tokens made under them may be out there. */
  readonly older?: KeyWindows;
  /** NumericDate from which `older` says nothing any more. */
  readonly olderUntil?: number;
}

/**
 * All keys of one issuer: one item, changed only by a conditional write on `version`. Newest key last; retired
 * and compromised keys stay for the record, the last few of them.
 */
export interface KeySet {
  readonly issuer: string;
  /** Counts writes; the first written set has 1. */
  readonly version: number;
  readonly keys: readonly SigningKey[];
  /** Absent only before a first tick noted them. */
  readonly windows?: WindowRecord;
}

/** A key set with the sealed private JWKs beside it: kid → KMS ciphertext. */
export interface SealedKeySet extends KeySet {
  readonly sealed: Readonly<Record<string, Uint8Array>>;
}

/** The key that signs now, if there is one. */
export function activeKey(keySet: KeySet): SigningKey | undefined {
  return keySet.keys.find((key) => key.state === 'active');
}

/** The published key that signs next, if there is one. */
export function pendingKey(keySet: KeySet): SigningKey | undefined {
  return keySet.keys.find((key) => key.state === 'pending');
}

/** Whether a key of this state belongs in the JWK Set. */
export function isPublished(state: KeyState): boolean {
  return state === 'pending' || state === 'active' || state === 'retiring';
}
