/** What can happen in the model's world: every event that may come next, and the state after it. */
import type { SealedKeySet } from '../../core/keys/key-set.ts';
import { activeKey, isPublished } from '../../core/keys/key-set.ts';
import type { KeyMaker } from '../../core/keys/key-maker.ts';
import type { RotationContext, Turn } from '../../core/keys/rotation.ts';
import { mayActivateAt } from '../../core/keys/windows.ts';
import type { RevocationRecord } from '../../core/revocation/record.ts';
import { longestCopySeconds, policies, policyOf } from './policies.ts';
import type { Rules } from './rules.ts';
import type { State } from './state.ts';

/** How far each one's clock is ahead of the true time: a rotator's by up to S / 2, for a write may be that late; others' by up to S. */
export interface Clocks {
  readonly rotator: number;
  readonly second: number;
  readonly signer: number;
  readonly verifier: number;
}

/** Events that can be left out, so that fewer kinds of them reach further. */
export type Group = 'tick' | 'old answers' | 'second rotator' | 'settings' | 'emergency';

/** What a run of the model is about. */
export interface Model {
  readonly rules: Rules;
  readonly clocks: Clocks;
  readonly alphabet: readonly Group[];
}

/** An event's name, and the state after it. */
export type Step = readonly [string, State];

export const issuer = 'https://issuer.example';
const start = 1000;

/** What a turn left behind. */
interface Written {
  readonly keySet: SealedKeySet | undefined;
  readonly revoked: readonly RevocationRecord[];
  readonly keysMade: number;
}

class Stopped extends Error {}

/** Runs a turn on a state's stores. Where it crashes it does so before the write of the key set. */
async function run(
  state: State,
  turn: Turn,
  how: { readonly rules: Rules; readonly policy: number; readonly now: number; readonly crashes?: boolean },
): Promise<Written> {
  let keySet: SealedKeySet | undefined;
  let keysMade = state.keysMade;
  const revoked = [...state.revoked];
  const maker: KeyMaker = {
    make(_, algorithm) {
      const kid = `k${(keysMade += 1)}`;
      return Promise.resolve({ key: { kid, algorithm, publicJwk: { kid } }, handle: new Uint8Array() });
    },
  };
  const context: RotationContext = {
    ...{ issuer, settings: policyOf(how.policy), now: how.now, clock: () => how.now, maker },
    keySets: {
      read: () => Promise.resolve(state.stored.version === 0 ? undefined : state.stored),
      readPublic: () => Promise.resolve(state.stored.version === 0 ? undefined : state.stored),
      replace(next) {
        if (how.crashes === true) throw new Stopped();
        keySet = next;
        return Promise.resolve(true);
      },
    },
    revocations: {
      read: (ids) =>
        Promise.resolve(new Map(revoked.filter(({ id }) => ids.includes(id)).map((r) => [r.id, r]))),
      write: (record) => Promise.resolve(void revoked.push(record)),
    },
  };
  await how.rules.turn(turn, context).catch((error: unknown) => {
    if (!(error instanceof Stopped)) throw error;
  });
  return { keySet, revoked, keysMade };
}

/** The world after the first tick. */
export async function firstState({ rules, clocks }: Model): Promise<State> {
  const none: SealedKeySet = { issuer, version: 0, keys: [], sealed: {} };
  const empty: State = {
    ...{ now: start, stored: none, history: [], inHand: undefined, policy: 0, deploying: undefined },
    ...{ held: undefined, expiries: {}, revoked: [], early: {}, keysMade: 0 },
    copy: { kids: [], version: 0, fetchedAt: start, until: start },
  };
  const first = await run(empty, { action: 'tick' }, { rules, policy: 0, now: start + clocks.rotator });
  return fetched(written(empty, first), 0);
}

/** Every event of the alphabet that changes something, with what comes of it. */
export async function steps(state: State, model: Model): Promise<readonly Step[]> {
  const { alphabet, rules, clocks } = model;
  const found: Step[] = [];
  const mayBe = async (group: Group, make: () => Promise<readonly Step[]> | readonly Step[]) => {
    if (alphabet.includes(group)) found.push(...(await make()));
  };
  found.push(['a second passes', later(state)], ['the verifier fetches', fetched(state, 0)]);
  found.push(['a token is issued', issued(state, clocks)]);
  found.push(['rotate', await turned(state, { action: 'rotate' }, model)]);
  await mayBe('tick', async () => [['tick', await turned(state, { action: 'tick' }, model)]]);
  await mayBe('old answers', () => [
    ['the verifier gets an old answer', fetched(state, policyOf(state.policy).propagationSeconds)],
  ]);
  await mayBe('second rotator', async () =>
    state.inHand === undefined
      ? [['the second rotator reads', await taken(state, rules, clocks)]]
      : inHandSteps(state, state.inHand, rules),
  );
  await mayBe('settings', () => configurationSteps(state, model));
  await mayBe('emergency', () => emergencySteps(state, model));
  return found.filter(([, after]) => after !== state);
}

/** A copy that is as old as can be is renewed. */
function later(state: State): State {
  const next = { ...state, now: state.now + 1 };
  return next.now >= state.copy.fetchedAt + longestCopySeconds ? fetched(next, 0) : next;
}

async function emergencySteps(state: State, model: Model): Promise<readonly Step[]> {
  const turn: Turn = { action: 'compromise', kid: activeKey(state.stored)?.kid ?? '' };
  return [
    ['emergency', await turned(state, turn, model)],
    ['emergency, crash between its writes', await turned(state, turn, model, true)],
  ];
}

/** A turn of the first rotator, which has new settings as soon as they are on their way. */
async function turned(state: State, turn: Turn, { rules, clocks }: Model, crashes = false): Promise<State> {
  const policy = state.deploying ?? state.policy;
  return written(state, await run(state, turn, { rules, policy, now: state.now + clocks.rotator, crashes }));
}

/** It has the older configuration while a newer one is on its way. */
async function taken(state: State, rules: Rules, clocks: Clocks): Promise<State> {
  if (state.inHand !== undefined) return state;
  const now = state.now + clocks.second;
  const { keySet, keysMade } = await run(state, { action: 'rotate' }, { rules, policy: state.policy, now });
  return keySet === undefined ? state : { ...state, inHand: { keySet, readAt: state.now }, keysMade };
}

function inHandSteps(
  state: State,
  { keySet, readAt }: NonNullable<State['inHand']>,
  rules: Rules,
): readonly Step[] {
  const idle = { ...state, inHand: undefined };
  if (!rules.isTimely(readAt, state.now, policyOf(state.policy)))
    return [['the second rotator is too late', idle]];
  const wins = rules.writes === 'blind' || keySet.version === state.stored.version + 1;
  const { revoked, keysMade } = state;
  return [
    ['the second rotator writes', wins ? written(idle, { keySet, revoked, keysMade }) : idle],
    ['the second rotator crashes', idle],
  ];
}

async function configurationSteps(state: State, { rules, clocks }: Model): Promise<readonly Step[]> {
  const { deploying } = state;
  const now = state.now + clocks.rotator;
  if (deploying === undefined) {
    const others = policies.map((_, index) => index).filter((index) => index !== state.policy);
    return others.map((index) => [`settings ${index} are deployed`, { ...state, deploying: index }]);
  }
  const settled = { ...state, deploying: undefined };
  try {
    const adopted = await run(state, { action: 'adopt' }, { rules, policy: deploying, now });
    return [['the settings are adopted', inForce(written(settled, adopted), deploying)]];
  } catch (error) {
    if ((error as Error).name !== 'ConfigError') throw error;
    return [['the settings are refused', settled]];
  }
}

/** A verifier that keeps the JWK Set for longer does so with a copy that it has had all along. */
function inForce(state: State, policy: number): State {
  const until = Math.max(state.copy.until, state.copy.fetchedAt + policyOf(policy).jwksCacheSeconds - 1);
  return { ...state, policy, copy: { ...state.copy, until } };
}

/** Signs with a key that it holds for K, or with the one that it reads. */
function issued(state: State, clocks: Clocks): State {
  const told = [policyOf(state.policy), policyOf(state.deploying ?? state.policy)];
  const most = (name: 'signerHoldSeconds' | 'tokenLifetimeSeconds') => Math.max(...told.map((p) => p[name]));
  const active = activeKey(state.stored);
  const isHeld = state.held !== undefined && state.now <= state.held.until;
  const read = active && {
    ...{ kid: active.kid, longest: active.maxTokenLifetimeSeconds },
    until: state.now + most('signerHoldSeconds'),
  };
  const held = isHeld ? state.held : read;
  if (held === undefined) return state;
  const exp = state.now + clocks.signer + Math.min(held.longest, most('tokenLifetimeSeconds'));
  if (isHeld && state.expiries[held.kid] === exp) return state;
  return { ...state, held, expiries: { ...state.expiries, [held.kid]: exp } };
}

/** The JWK Set as it was `age` ago, or a moment more. */
function fetched(state: State, age: number): State {
  const { keySet } = state.history.findLast(({ from }) => from < state.now - age || age === 0) ??
    state.history[0] ?? { keySet: state.stored };
  const kids = keySet.keys.filter(({ state: s }) => isPublished(s)).map(({ kid }) => kid);
  const until = state.now + policyOf(state.policy).jwksCacheSeconds - 1;
  const { copy } = state;
  if (copy.version === keySet.version && copy.until === until && copy.fetchedAt === state.now) return state;
  return { ...state, copy: { kids, version: keySet.version, fetchedAt: state.now, until } };
}

function written(state: State, { keySet, revoked, keysMade }: Written): State {
  if (keySet === undefined) return revoked.length === state.revoked.length ? state : { ...state, revoked };
  const history = [...state.history, { from: state.now, keySet }].filter(
    ({ from }, index, all) => (all[index + 1]?.from ?? Infinity) >= state.now - 1 || from >= state.now - 1,
  );
  return { ...state, stored: keySet, history, revoked, keysMade, early: earlyIn(state, keySet) };
}

/** A key that took the place of a compromised one may sign before its lead: the lesser harm. */
function earlyIn(state: State, next: SealedKeySet): State['early'] {
  const active = activeKey(next);
  const before = activeKey(state.stored);
  const wasCompromised = next.keys.some(({ kid, state: s }) => kid === before?.kid && s === 'compromised');
  if (active === undefined || !wasCompromised || mayActivateAt(active, policyOf(state.policy)) <= state.now)
    return state.early;
  const published = state.history.find(({ keySet }) => keySet.keys.some(({ kid }) => kid === active.kid));
  return { ...state.early, [active.kid]: published?.keySet.version ?? next.version };
}
