import type { TokenServiceSettings } from '../contract/settings.ts';
import type { KeySet, KeyWindows, SigningKey } from './key-set.ts';

/** What the life of a key goes by. Times in seconds. */
export type KeyPolicy = Pick<
  TokenServiceSettings,
  | 'algorithm'
  | 'tokenLifetimeSeconds'
  | 'rotationPeriodSeconds'
  | 'jwksCacheSeconds'
  | 'clockSkewSeconds'
  | 'propagationSeconds'
  | 'signerHoldSeconds'
>;

const names = ['jwksCacheSeconds', 'clockSkewSeconds', 'propagationSeconds', 'signerHoldSeconds'] as const;

/** How long a key is published before it may sign: until no verifier's copy of the JWK Set lacks it. */
export function leadSeconds(windows: KeyWindows): number {
  return windows.jwksCacheSeconds + windows.propagationSeconds + windows.clockSkewSeconds;
}

/** NumericDate from which a pending key may sign. */
export function mayActivateAt(key: SigningKey, windows: KeyWindows): number {
  return key.original ? key.publishedAt : key.publishedAt + leadSeconds(windows);
}

/**
 * NumericDate from which no valid token of a key that stopped signing is left. The clock skew counts twice: between the
 * rotator that noted the time and the one that compares it, and between the signer that dates a token and its verifier.
 */
export function mayRemoveAt(key: SigningKey, windows: KeyWindows): number {
  const { signerHoldSeconds, clockSkewSeconds } = windows;
  return (
    (key.deactivatedAt ?? Infinity) + signerHoldSeconds + key.maxTokenLifetimeSeconds + 2 * clockSkewSeconds
  );
}

/**
 * The policy with windows that are safe for every key there is: a window that was made shorter keeps its older length
 * until nothing that was made under it is left.
 *
 * @param now NumericDate
 */
export function safePolicy(keySet: Pick<KeySet, 'windows'>, policy: KeyPolicy, now: number): KeyPolicy {
  const { current = policy, older, olderUntil = 0 } = keySet.windows ?? {};
  return { ...policy, ...longest(policy, current, older !== undefined && now < olderUntil ? older : policy) };
}

/**
 * The key set with the policy's windows noted as its own; the same object where they are already. A window may become
 * longer at once; of a shorter one the older length is kept beside it for as long as it matters.
 *
 * @param now NumericDate
 */
export function noteWindows(keySet: KeySet, policy: KeyPolicy, now: number): KeySet {
  const current = windowsOf(policy);
  const known = keySet.windows;
  if (known !== undefined && names.every((name) => known.current[name] === current[name])) return keySet;
  const older = windowsOf(safePolicy(keySet, policy, now));
  if (names.every((name) => older[name] === current[name])) return { ...keySet, windows: { current } };
  const olderUntil = Math.max(known?.olderUntil ?? 0, now + memorySeconds(keySet, older));
  return { ...keySet, windows: { current, older, olderUntil } };
}

/** How long copies of the JWK Set, held keys and tokens from before a change are about. */
function memorySeconds(keySet: KeySet, older: KeyWindows): number {
  const lifetime = Math.max(0, ...keySet.keys.map((key) => key.maxTokenLifetimeSeconds));
  const overlap = older.signerHoldSeconds + lifetime + 2 * older.clockSkewSeconds;
  return Math.max(leadSeconds(older), overlap) + older.clockSkewSeconds;
}

function windowsOf({
  jwksCacheSeconds,
  clockSkewSeconds,
  propagationSeconds,
  signerHoldSeconds,
}: KeyWindows) {
  return { jwksCacheSeconds, clockSkewSeconds, propagationSeconds, signerHoldSeconds };
}

function longest(...all: readonly KeyWindows[]): KeyWindows {
  const most = (name: keyof KeyWindows) => Math.max(...all.map((windows) => windows[name]));
  return {
    jwksCacheSeconds: most('jwksCacheSeconds'),
    clockSkewSeconds: most('clockSkewSeconds'),
    propagationSeconds: most('propagationSeconds'),
    signerHoldSeconds: most('signerHoldSeconds'),
  };
}
