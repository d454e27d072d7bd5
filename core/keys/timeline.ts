import { activeKey, type KeySet, type KeyState, pendingKey, type SigningKey } from './key-set.ts';
import { type KeyPolicy, mayActivateAt, mayRemoveAt, safePolicy } from './windows.ts';

/** A stretch of a key's life. Times are NumericDates. */
export interface KeySpan {
  readonly state: Extract<KeyState, 'pending' | 'active' | 'retiring'>;
  readonly from: number;
  /** When it ended, or is expected to. */
  readonly to: number;
  /** Whether `to` is a forecast: of the schedule, with no rotation by command and no change of settings. */
  readonly isForecast: boolean;
}

/** What happened to one key and what is to come. */
export interface KeyTimeline {
  readonly kid: string;
  readonly algorithm: string;
  readonly state: KeyState;
  readonly spans: readonly KeySpan[];
}

/** The lives of all keys of a set. */
export interface Timeline {
  readonly issuer: string;
  /** NumericDate at which it was drawn up. */
  readonly now: number;
  /** Oldest first. */
  readonly keys: readonly KeyTimeline[];
}

/**
 * Past and coming transitions of a key set. What is to come happens at the first tick after its time.
 *
 * @param now NumericDate
 */
export function timelineOf(keySet: KeySet, policy: KeyPolicy, now: number): Timeline {
  const safe = safePolicy(keySet, policy, now);
  const change = changeAt(keySet, safe, now);
  const keys = keySet.keys.map((key) => ({
    ...{ kid: key.kid, algorithm: key.algorithm, state: key.state },
    spans: spansOf(key, safe, change),
  }));
  return { issuer: keySet.issuer, now, keys };
}

/** When the next key is expected to take over: once the period is over or the algorithm has changed, and it has its lead. */
function changeAt(keySet: KeySet, policy: KeyPolicy, now: number): number {
  const [active, next] = [activeKey(keySet), pendingKey(keySet)];
  const isOther = active !== undefined && active.algorithm !== policy.algorithm;
  const due = isOther ? now : (active?.activatedAt ?? now) + policy.rotationPeriodSeconds;
  return next === undefined ? due : Math.max(due, mayActivateAt(next, policy));
}

function spansOf(key: SigningKey, policy: KeyPolicy, change: number): readonly KeySpan[] {
  const { publishedAt, activatedAt, deactivatedAt, removedAt } = key;
  const isGone = key.state === 'retired' || key.state === 'compromised';
  const spans = [
    span('pending', publishedAt, activatedAt ?? removedAt, change),
    activatedAt === undefined && isGone
      ? undefined
      : span('active', activatedAt ?? change, deactivatedAt ?? removedAt, endOf(key, policy, change)),
    deactivatedAt !== undefined
      ? span('retiring', deactivatedAt, removedAt, mayRemoveAt(key, policy))
      : undefined,
  ];
  return spans.filter((each) => each !== undefined && each.to > each.from) as readonly KeySpan[];
}

function endOf(key: SigningKey, policy: KeyPolicy, change: number): number {
  return key.state === 'active' ? change : change + policy.rotationPeriodSeconds;
}

function span(state: KeySpan['state'], from: number, to: number | undefined, forecast: number): KeySpan {
  return { state, from, to: to ?? Math.max(from, forecast), isForecast: to === undefined };
}
