/** One state of the model's world, and the one name that all states have which differ in nothing that matters. */
import type { SealedKeySet, SigningKey } from '../../core/keys/key-set.ts';
import type { RevocationRecord } from '../../core/revocation/record.ts';

/** A verifier's copy of the JWK Set. */
export interface Copy {
  readonly kids: readonly string[];
  /** Version of the key set that it shows. */
  readonly version: number;
  readonly fetchedAt: number;
  /** Last second in which the settings in force, or earlier ones, let the verifier go by it. */
  readonly until: number;
}

/** A signer's key. */
export interface Held {
  readonly kid: string;
  readonly longest: number;
  readonly until: number;
}

export interface State {
  /** True time. */
  readonly now: number;
  readonly stored: SealedKeySet;
  /** Key sets with the true time of their writing, newest last; as far back as P reaches. */
  readonly history: readonly { readonly from: number; readonly keySet: SealedKeySet }[];
  /** What the second rotator has read and worked out, and not yet written. */
  readonly inHand: { readonly keySet: SealedKeySet; readonly readAt: number } | undefined;
  /** The configuration in force, by number. */
  readonly policy: number;
  /** One that new functions have already and that was not adopted yet. */
  readonly deploying: number | undefined;
  readonly held: Held | undefined;
  readonly copy: Copy;
  /** The last `exp` that was signed under a `kid`. */
  readonly expiries: Readonly<Record<string, number>>;
  readonly revoked: readonly RevocationRecord[];
  /** Keys that an emergency let sign before their lead, with the version in which they were published. */
  readonly early: Readonly<Record<string, number>>;
  readonly keysMade: number;
}

/** Times further back than any window reaches are alike. */
const longAgo = -15;

/** Two states of one name have the same future: times count from now, keys and versions have no names of their own. */
export function nameOf(state: State): string {
  const { now, stored } = state;
  const names = new Map<string, number>();
  const kid = (name: string) => {
    if (!names.has(name)) names.set(name, names.size);
    return names.get(name);
  };
  const at = (time: number | undefined) => (time === undefined ? '' : Math.max(longAgo, time - now));
  const version = (number: number) => Math.max(longAgo, number - stored.version);
  const key = (k: SigningKey) =>
    [
      ...[kid(k.kid), k.state, k.algorithm, k.original, k.maxTokenLifetimeSeconds],
      ...[at(k.publishedAt), at(k.activatedAt), at(k.deactivatedAt), at(k.removedAt)],
    ].join();
  const set = ({ keys, windows, version: number, sealed }: SealedKeySet) =>
    [
      ...[version(number), keys.map(key).join('/'), Object.keys(sealed).map(kid).join()],
      ...[JSON.stringify(windows?.current), JSON.stringify(windows?.older), at(windows?.olderUntil)],
    ].join('|');
  return [
    ...[set(stored), state.inHand === undefined ? '' : set(state.inHand.keySet) + at(state.inHand.readAt)],
    state.history.map(({ from, keySet }) => `${at(from)}${version(keySet.version)}`).join(),
    ...[state.policy, state.deploying],
    state.held === undefined ? '' : [kid(state.held.kid), state.held.longest, at(state.held.until)].join(),
    [
      state.copy.kids.map(kid).join('/'),
      version(state.copy.version),
      at(state.copy.until),
      at(state.copy.fetchedAt),
    ].join(),
    Object.entries(state.expiries)
      .map(([name, exp]) => `${kid(name)}:${exp - now}`)
      .toSorted(ascending)
      .join(),
    state.revoked
      .map(({ value }) => String(kid(value)))
      .toSorted(ascending)
      .join(),
    Object.entries(state.early)
      .map(([name, from]) => `${kid(name)}:${version(from)}`)
      .toSorted(ascending)
      .join(),
  ].join(';');
}

function ascending(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
