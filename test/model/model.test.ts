/** The model sees what it is for: every guard that is taken out turns it red, and what ships stays green where they do. */
import { describe, expect, it, jest } from '@jest/globals';
import { explore } from './explore.ts';
import { broken, shipped } from './rules.ts';
import { subjects } from './subjects.ts';

jest.setTimeout(120_000);

/** Clocks at their furthest in the direction that hurts: who dates is behind, who acts on the date is ahead. */
const clocks = { rotator: 1, second: 0, signer: 2, verifier: 0 };

const refused = /^a valid token of k\d+ is refused$/;
const accepted = /^a token of the compromised k1 is accepted$/;

const found: readonly (readonly [keyof typeof broken, keyof typeof subjects, RegExp])[] = [
  ['the lead is a second shorter', 'windows and races', refused],
  ['the overlap is a second shorter', 'overlap', refused],
  ['clocks are taken to agree', 'windows and races', refused],
  ['windows are not noted', 'shorter windows', refused],
  ['settings are adopted unguarded', 'longer windows', refused],
  ['writes are unconditional', 'windows and races', /^a write was lost/],
  ['a late write is let through', 'slow writes', refused],
  ['an emergency leaves no revocation', 'emergencies', accepted],
  ['revocations are not looked at', 'emergencies', accepted],
];

describe('the model', () => {
  it.each(found)('finds out that %s', async (variant, subject, what) => {
    const rules = broken[variant] ?? shipped;
    const { fault } = await explore({ rules, clocks }, subjects[subject]);
    expect(fault?.what).toMatch(what);
  });

  it('leaves no variant out', () => {
    expect(found.map(([variant]) => variant)).toEqual(Object.keys(broken));
  });

  it.each(Object.keys(subjects) as (keyof typeof subjects)[])(
    'finds nothing in %s as it ships',
    async (name) => {
      const { fault, interleavings } = await explore({ rules: shipped, clocks }, subjects[name]);
      expect(fault).toBeUndefined();
      expect(interleavings).toBeGreaterThan(1000n);
    },
  );
});
