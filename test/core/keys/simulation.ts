/**
 * A world of rotators, signers and verifiers, each with a clock of its own, around one key set, second by second. It
 * knows nothing of the formulas by which keys live: it makes tokens and looks whether who should take them can.
 */
import type { JWK } from 'jose';
import { advance, emptyKeySet, keysWanted, publish, rotate } from '../../../core/keys/advance.ts';
import type { KeyPolicy } from '../../../core/keys/windows.ts';
import { activeKey, isPublished, type KeySet } from '../../../core/keys/key-set.ts';

/** What rotators do to a key set; a test puts a broken one in its place. */
export interface Rules {
  advance(keySet: KeySet, policy: KeyPolicy, now: number): KeySet;
  rotate(keySet: KeySet, policy: KeyPolicy, now: number): KeySet;
}

export const realRules: Rules = { advance, rotate };

/** What rotators do in one second. `twice`: again, a moment later. `race`: two read the same version, one write wins. */
export type Turn = 'missed' | 'tick' | 'twice' | 'rotate' | 'race';

export interface World {
  readonly policy: KeyPolicy;
  /** How far clocks are off the true time, in seconds: of two rotators, two signers, three verifiers. */
  readonly offsets: readonly number[];
  /** One turn a second, over and over. */
  readonly turns: readonly Turn[];
  readonly seconds: number;
}

interface Version {
  /** True time of the write. */
  readonly from: number;
  readonly keySet: KeySet;
}

const start = 1_000_000;

/** Plays a world and says what first went wrong in it; `undefined` where all was well. */
export function play(world: World, rules: Rules = realRules): string | undefined {
  const run = new Run(world, rules);
  run.turn('tick', start);
  for (let time = start; time < start + world.seconds && run.fault === undefined; time += 1) {
    for (const who of [2, 3]) run.sign(who, time);
    run.turn(world.turns[(time - start) % world.turns.length] ?? 'tick', time);
    for (const who of [2, 3]) run.sign(who, time);
    for (const who of [4, 5, 6]) run.verify(who, time);
  }
  return run.fault;
}

class Run {
  fault: string | undefined;
  private readonly versions: Version[] = [];
  /** The last `exp` that was signed under a kid. */
  private readonly expiries = new Map<string, number>();
  private readonly held = new Map<number, { kid: string; longest: number; since: number }>();
  private readonly copies = new Map<number, { kids: ReadonlySet<string>; since: number }>();
  private keysMade = 0;
  private readonly world: World;
  private readonly rules: Rules;

  constructor(world: World, rules: Rules) {
    this.world = world;
    this.rules = rules;
  }

  turn(what: Turn, time: number): void {
    if (what === 'missed') return;
    const [one, other] = time % 2 === 0 ? [0, 1] : [1, 0];
    const read = this.latest();
    this.write(read, this.turned(read, what, this.clock(one, time)), time);
    if (what === 'race') this.write(read, this.turned(read, 'tick', this.clock(other, time)), time);
    if (what === 'twice') this.turn('tick', time + 0.5);
  }

  /** Signs with a key that it holds for at most K. */
  sign(who: number, time: number): void {
    const { signerHoldSeconds, tokenLifetimeSeconds } = this.world.policy;
    const held = this.held.get(who);
    const isHeld = held !== undefined && time - held.since < signerHoldSeconds;
    const active = activeKey(this.latest());
    const read = active && { kid: active.kid, longest: active.maxTokenLifetimeSeconds, since: time };
    const key = isHeld ? held : read;
    if (key === undefined) return;
    this.held.set(who, key);
    const exp = Math.floor(this.clock(who, time)) + Math.min(key.longest, tokenLifetimeSeconds);
    this.expiries.set(key.kid, Math.max(exp, this.expiries.get(key.kid) ?? 0));
  }

  /** Looks at every token that has not expired by its clock, with a copy at most M old that no kid makes it renew. */
  verify(who: number, time: number): void {
    const { since = -Infinity } = this.copies.get(who) ?? {};
    if (time - since > this.world.policy.jwksCacheSeconds) this.copies.set(who, this.fetched(who, time));
    const kids = this.copies.get(who)?.kids;
    for (const [kid, exp] of this.expiries) {
      if (this.clock(who, time) < exp && kids?.has(kid) !== true) {
        this.fault ??= `verifier ${who} lacks ${kid} ${time - start} s after the start, of a token up to ${exp - start} s`;
      }
    }
  }

  /** The newest JWK Set, or for one of the verifiers one as old as P lets it be. */
  private fetched(who: number, time: number): { kids: ReadonlySet<string>; since: number } {
    const age = who === 4 ? this.world.policy.propagationSeconds : 0;
    const { keySet } = this.versions.findLast(({ from }) => from <= time - age) ??
      this.versions[0] ?? { keySet: none };
    const keys = keySet.keys.filter(({ state }) => isPublished(state));
    return { kids: new Set(keys.map(({ kid }) => kid)), since: time };
  }

  private turned(stored: KeySet, what: Turn, now: number): KeySet {
    const { policy } = this.world;
    const due = this.rules.advance(stored, policy, now);
    const moved = what === 'rotate' || what === 'race' ? this.rules.rotate(due, policy, now) : due;
    const fresh = Array.from({ length: keysWanted(moved) }, () => this.newKey());
    return publish(stored, moved, { fresh, policy, now });
  }

  /** One conditional write: the version must be the one after what is stored. */
  private write(read: KeySet, next: KeySet, time: number): void {
    if (next === read || next.version !== this.latest().version + 1) return;
    this.versions.push({ from: time, keySet: next });
    const count = (...states: readonly string[]) =>
      next.keys.filter(({ state }) => states.includes(state)).length;
    const counts = [count('active'), count('pending'), count('pending', 'active', 'retiring')];
    if (counts[0] !== 1 || counts[1] !== 1 || (counts[2] ?? 0) > 10) {
      this.fault ??= `there are ${counts[0]} active, ${counts[1]} pending, ${counts[2]} published keys`;
    }
  }

  private newKey(): { kid: string; algorithm: 'RS256'; publicJwk: JWK } {
    this.keysMade += 1;
    const kid = `key-${this.keysMade}`;
    return { kid, algorithm: 'RS256', publicJwk: { kty: 'RSA', kid } };
  }

  private latest(): KeySet {
    return this.versions.at(-1)?.keySet ?? none;
  }

  private clock(who: number, time: number): number {
    return time + (this.world.offsets[who] ?? 0);
  }
}

const none = emptyKeySet('https://issuer.example');
