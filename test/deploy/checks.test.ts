import { describe, expect, it } from '@jest/globals';
import { Checks } from '../../tools/ministack/checks.ts';

function recorded(): { readonly checks: Checks; readonly lines: string[] } {
  const lines: string[] = [];
  return { checks: new Checks((line) => lines.push(line)), lines };
}

describe('Checks', () => {
  it('prints a line for each, counts them, and returns what a check returned', async () => {
    const { checks, lines } = recorded();
    expect(await checks.check('one', () => 1)).toBe(1);
    expect(await checks.check('two', () => Promise.reject(new Error('got 1; allowed: 2')))).toBeUndefined();
    checks.skip('three', 'two failed');
    expect(lines).toEqual(['ok   one', 'FAIL two: got 1; allowed: 2', 'skip three: two failed']);
    expect([checks.summary(), checks.hasFailed]).toEqual(['1 passed, 1 failed, 1 skipped', true]);
  });

  it('has not failed where everything passed or was skipped', async () => {
    const { checks } = recorded();
    await checks.check('one', () => undefined);
    checks.skip('two', 'no Python');
    expect([checks.summary(), checks.hasFailed]).toEqual(['1 passed, 0 failed, 1 skipped', false]);
  });

  it.each([
    ['a JWS', 'got eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln!', 'got [token]!'],
    ['a JWS without signature', 'got eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.', 'got [token]'],
    ['a JWE', 'got eyJhbGciOiJkaXIifQ..aXY.Y2lwaGVy.dGFn here', 'got [token] here'],
    ['several lines', 'first\n\n  second\nthird', 'first\n       second\n     third'],
  ])('prints a failure whose message holds %s', async (_, message, printed) => {
    const { checks, lines } = recorded();
    await checks.check('title', () => {
      throw new Error(message);
    });
    expect(lines).toEqual([`FAIL title: ${printed}`]);
  });
});
