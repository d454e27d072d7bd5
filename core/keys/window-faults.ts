import { isPublished, type KeySet, type SigningKey } from './key-set.ts';
import { type KeyPolicy, leadSeconds, mayActivateAt, mayRemoveAt, safePolicy } from './windows.ts';

/** A key whose life so far does not fit a new policy. */
export interface WindowFault {
  readonly kid: string;
  /** What is broken, and by how much. */
  readonly reason: string;
  /** NumericDate from which the policy does no harm. */
  readonly safeFrom: number;
}

/**
 * What a new policy breaks for keys that exist. Windows that become shorter break nothing: {@link safePolicy} keeps the
 * older ones. A window that becomes longer comes too late for a key that went on under the shorter one: it signs already,
 * although a verifier that keeps the JWK Set for the new time may not know it; or it has left the JWK Set, although a
 * verifier whose clock may differ by the new skew still takes its tokens.
 *
 * @param policy the new policy
 * @param now NumericDate
 * @returns empty where the policy is safe now
 */
export function windowFaults(keySet: KeySet, policy: KeyPolicy, now: number): readonly WindowFault[] {
  if (keySet.windows === undefined) return [];
  const before = { ...policy, ...safePolicy({ windows: keySet.windows }, shortest(policy), now) };
  return keySet.keys
    .flatMap((key) => [...leadFault(key, before, policy), ...overlapFault(key, before, policy)])
    .filter(({ safeFrom }) => now < safeFrom);
}

/** A sentence for whoever deploys: what breaks, and from when it would not. */
export function describeFaults(faults: readonly WindowFault[]): string {
  const safeFrom = Math.max(...faults.map((fault) => fault.safeFrom));
  const reasons = faults.map(({ kid, reason }) => `key ${kid} ${reason}`);
  return (
    `the new times break a window of keys that exist: ${reasons.join('; ')}; safe from ` +
    `${new Date(Math.ceil(safeFrom) * 1000).toISOString()}: deploy them then, and until then keep the older times`
  );
}

function leadFault(key: SigningKey, before: KeyPolicy, policy: KeyPolicy): readonly WindowFault[] {
  const { kid, activatedAt } = key;
  const safeFrom = mayActivateAt(key, policy);
  if (activatedAt === undefined || !isPublished(key.state)) return [];
  if (safeFrom <= mayActivateAt(key, before) || activatedAt >= safeFrom) return [];
  const had = Math.round(activatedAt - key.publishedAt);
  const reason = `began to sign ${had} s after it was published, and would have to wait ${leadSeconds(policy)} s`;
  return [{ kid, reason, safeFrom }];
}

/** How long a signer holds a key is about signers to come: those of the past held it as they were told then. */
function overlapFault(key: SigningKey, before: KeyPolicy, policy: KeyPolicy): readonly WindowFault[] {
  const { kid, removedAt, deactivatedAt } = key;
  if (key.state !== 'retired' || removedAt === undefined || deactivatedAt === undefined) return [];
  const after = { ...policy, signerHoldSeconds: before.signerHoldSeconds };
  const safeFrom = mayRemoveAt(key, after);
  if (safeFrom <= mayRemoveAt(key, before) || removedAt >= safeFrom) return [];
  const had = Math.round(removedAt - deactivatedAt);
  const reason = `left the JWK Set ${had} s after it stopped signing, and would have to stay ${Math.round(safeFrom - deactivatedAt)} s`;
  return [{ kid, reason, safeFrom }];
}

/** No windows of its own: what remains are those of the key set. */
function shortest(policy: KeyPolicy): KeyPolicy {
  return {
    ...policy,
    jwksCacheSeconds: 0,
    clockSkewSeconds: 0,
    propagationSeconds: 0,
    signerHoldSeconds: 0,
  };
}
