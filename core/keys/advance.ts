import { activeKey, isPublished, type KeySet, pendingKey, type SigningKey } from './key-set.ts';
import { windowFaults } from './window-faults.ts';
import { type KeyPolicy, mayActivateAt, mayRemoveAt, noteWindows, safePolicy } from './windows.ts';

/** A key that was made and is in no key set yet. */
export type NewKey = Pick<SigningKey, 'kid' | 'algorithm' | 'publicJwk'>;

/** An Application Load Balancer takes a JWK Set of at most 10 keys. */
const maxPublishedKeys = 10;

/** Retired and compromised keys that stay in a key set for the record. */
const keptForTheRecord = 5;

/** The key set before any key was made. */
export function emptyKeySet(issuer: string): KeySet {
  return { issuer, version: 0, keys: [] };
}

/**
 * The key set as the policy wants it at this time, but for keys that have to be made: {@link keysWanted} counts
 * these and {@link publish} adds them. Pure; where nothing is due the same object comes back, so a tick that is
 * missed, doubled or late does no harm.
 *
 * - The active key gives way once its period is over, or its algorithm is no longer the policy's, and the pending
 *   key has had its lead.
 * - A key that stopped signing stays in the JWK Set until its last token has expired.
 * - A pending key of another algorithm than the policy's leaves: it never signed.
 * - Windows that the policy made shorter keep their older length until nothing that was made under it is left; a policy
 *   that breaks a window ({@link windowFaults}) is not noted as the key set's own, though the longer of both is kept to.
 *
 * @param now NumericDate
 */
export function advance(keySet: KeySet, policy: KeyPolicy, now: number): KeySet {
  const isRefused = windowFaults(keySet, policy, now).length > 0;
  const noted = isRefused ? keySet : noteWindows(keySet, policy, now);
  const safe = safePolicy(noted, policy, now);
  const kept = update(noted, (key) => withLifetime(settled(key, safe, now), safe));
  return isRotationDue(kept, safe, now) ? rotate(kept, safe, now) : kept;
}

/**
 * Lets the pending key sign now, where it has had its lead; otherwise the key set comes back unchanged.
 *
 * @param now NumericDate
 */
export function rotate(keySet: KeySet, policy: KeyPolicy, now: number): KeySet {
  const next = pendingKey(keySet);
  const isFull = keySet.keys.filter((key) => isPublished(key.state)).length >= maxPublishedKeys;
  if (next === undefined || now < mayActivateAt(next, safePolicy(keySet, policy, now)) || isFull)
    return keySet;
  return activate(keySet, next, now);
}

/**
 * Takes a key out of use at once: it leaves the JWK Set, and where it was signing the pending key takes over
 * without waiting for its lead, because a verifier with an old copy of the JWK Set is the lesser harm.
 *
 * @param now NumericDate
 * @throws RangeError where the key set has no such key
 */
export function compromise(keySet: KeySet, kid: string, now: number): KeySet {
  const key = keySet.keys.find((candidate) => candidate.kid === kid);
  if (key === undefined) {
    throw new RangeError(
      `no key of kid ${kid}; there are ${keySet.keys.map((candidate) => candidate.kid).join(', ')}`,
    );
  }
  if (key.state === 'compromised') return keySet;
  const without = update(keySet, (each) =>
    each === key ? { ...each, state: 'compromised', removedAt: now } : each,
  );
  const next = pendingKey(without);
  return key.state === 'active' && next !== undefined ? activate(without, next, now) : without;
}

/** How many keys have to be made: there is always one that signs and one ahead of it. */
export function keysWanted(keySet: KeySet): number {
  return Number(activeKey(keySet) === undefined) + Number(pendingKey(keySet) === undefined);
}

/**
 * Adds new keys where they are wanted and counts the version, once, if anything differs from `stored`.
 *
 * @param stored the key set as it was read
 * @param fresh {@link keysWanted} new keys
 * @param now NumericDate
 */
export function publish(
  stored: KeySet,
  next: KeySet,
  added: { readonly fresh: readonly NewKey[]; readonly policy: KeyPolicy; readonly now: number },
): KeySet {
  const { fresh, policy, now } = added;
  const keys: SigningKey[] = fresh.map((key) => ({
    ...key,
    state: 'pending',
    publishedAt: now,
    original: stored.version === 0,
    maxTokenLifetimeSeconds: policy.tokenLifetimeSeconds,
  }));
  const [first, ...rest] = keys;
  const opened =
    activeKey(next) === undefined && first
      ? [{ ...first, state: 'active' as const, activatedAt: now }, ...rest]
      : keys;
  if (next === stored && opened.length === 0) return stored;
  return { ...next, version: stored.version + 1, keys: forTheRecord([...next.keys, ...opened]) };
}

function isRotationDue(keySet: KeySet, policy: KeyPolicy, now: number): boolean {
  const active = activeKey(keySet);
  if (active === undefined) return true;
  return (
    active.algorithm !== policy.algorithm || now >= (active.activatedAt ?? now) + policy.rotationPeriodSeconds
  );
}

function activate(keySet: KeySet, next: SigningKey, now: number): KeySet {
  return update(keySet, (key) => {
    if (key === next) return { ...key, state: 'active', activatedAt: now };
    return key.state === 'active' ? { ...key, state: 'retiring', deactivatedAt: now } : key;
  });
}

function settled(key: SigningKey, policy: KeyPolicy, now: number): SigningKey {
  const isSpent = key.state === 'retiring' && now >= mayRemoveAt(key, policy);
  const isUnwanted = key.state === 'pending' && key.algorithm !== policy.algorithm;
  return isSpent || isUnwanted ? { ...key, state: 'retired', removedAt: now } : key;
}

/** A key may be told to sign longer tokens as long as it has not stopped signing; never to forget longer ones. */
function withLifetime(key: SigningKey, policy: KeyPolicy): SigningKey {
  const signs = key.state === 'pending' || key.state === 'active';
  if (!signs || key.maxTokenLifetimeSeconds >= policy.tokenLifetimeSeconds) return key;
  return { ...key, maxTokenLifetimeSeconds: policy.tokenLifetimeSeconds };
}

function update(keySet: KeySet, change: (key: SigningKey) => SigningKey): KeySet {
  const keys = keySet.keys.map(change);
  return keys.every((key, index) => key === keySet.keys[index]) ? keySet : { ...keySet, keys };
}

/** Drops the oldest of the keys that are no longer published. */
function forTheRecord(keys: readonly SigningKey[]): readonly SigningKey[] {
  const gone = keys.filter((key) => !isPublished(key.state));
  const dropped = new Set(gone.slice(0, Math.max(0, gone.length - keptForTheRecord)));
  return keys.filter((key) => !dropped.has(key));
}
