import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { rotationPeriodFault } from '../../../core/contract/index.ts';
import { type KeyPolicy } from '../../../core/keys/windows.ts';
import { play, realRules, type Rules, type Turn, type World } from './simulation.ts';

/** Small numbers, so that a world of many rotations is short. */
const policies = fc
  .record({
    tokenLifetimeSeconds: fc.integer({ min: 1, max: 24 }),
    rotationPeriodSeconds: fc.integer({ min: 1, max: 24 }),
    jwksCacheSeconds: fc.integer({ min: 1, max: 10 }),
    clockSkewSeconds: fc.constantFrom(0, 1, 4, 8),
    propagationSeconds: fc.integer({ min: 0, max: 4 }),
    signerHoldSeconds: fc.integer({ min: 0, max: 6 }),
  })
  .map((times): KeyPolicy => ({ algorithm: 'RS256', ...times }))
  .filter((policy) => rotationPeriodFault(policy) === undefined);

/** Every clock is within S/2 of the true time, so that no two differ by more than S. */
const worlds: fc.Arbitrary<World> = policies.chain((policy) => {
  const half = policy.clockSkewSeconds / 2;
  const turn = fc.constantFrom<Turn>('missed', 'tick', 'tick', 'twice', 'race', 'rotate');
  const turns = fc.oneof(
    fc.constant<Turn[]>(['tick']),
    fc.array(turn, { minLength: 1, maxLength: 90, size: 'max' }),
  );
  const offset = fc.constantFrom(-half, half);
  const offsets = fc.array(offset, { minLength: 7, maxLength: 7 });
  return fc.record({ policy: fc.constant(policy), offsets, turns, seconds: fc.constant(120) });
});

/** The first fault that is found in so many worlds. */
function faultIn(rules: Rules): string | undefined {
  const finds = fc.property(worlds, (world) => play(world, rules) === undefined);
  const { counterexample } = fc.check(finds, { numRuns: 3000, endOnFailure: true });
  return counterexample === null ? undefined : play(counterexample[0], rules);
}

/** Rules of a rotator that takes the times of the policy to be other than they are. */
function mistaken(change: (policy: KeyPolicy) => Partial<KeyPolicy>): Rules {
  return {
    advance: (keySet, policy, now) => realRules.advance(keySet, { ...policy, ...change(policy) }, now),
    rotate: (keySet, policy, now) => realRules.rotate(keySet, { ...policy, ...change(policy) }, now),
  };
}

describe('advance and rotate, over random worlds', () => {
  it('refuse no valid token, and keep one key that signs and one ahead of it', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        expect(play(world)).toBeUndefined();
      }),
      { numRuns: 4000 },
    );
  });

  it.each<[string, (policy: KeyPolicy) => Partial<KeyPolicy>]>([
    ['the lead is 1 s shorter', (p) => ({ jwksCacheSeconds: p.jwksCacheSeconds - 1 })],
    ['P is left out', () => ({ propagationSeconds: 0 })],
    ['M is left out', () => ({ jwksCacheSeconds: 0 })],
    ['keys go 1 s too early', (p) => ({ signerHoldSeconds: p.signerHoldSeconds - 1 })],
    ['S counts once', (p) => ({ signerHoldSeconds: p.signerHoldSeconds - p.clockSkewSeconds })],
    ['S is left out', () => ({ clockSkewSeconds: 0 })],
  ])('are found out where %s', (_, change) => {
    expect(faultIn(mistaken(change))).toMatch(/^verifier \d lacks key-\d+/);
  });
});
