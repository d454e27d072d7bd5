/** The explanation of a decision is the decision: over the whole attack table, for every event that can carry it. */
import { describe, expect, it } from '@jest/globals';
import { explain, type Explanation } from '../../core/verify/explain.ts';
import { steps } from '../../core/verify/steps.ts';
import type { AuthorizerEvent } from '../../functions/authorizer/event.ts';
import { readEvent } from '../../functions/authorizer/event.ts';
import { makeContext, startAuthorizer } from './authorizer.ts';
import { makeForge } from './case.ts';
import { eventsOf, table } from './table.ts';
import { makeKeys, makeWorld, now } from './world.ts';

const keys = makeKeys();
const forge = makeForge(keys);
const world = makeWorld(keys);

/** Each has stores of its own: a ticket and a proof are good once. */
const authorizer = startAuthorizer(world);
const context = { ...makeContext(world, [], []), now };

function verdictOf({ outcome, refusal }: Explanation): string {
  if (outcome === 'unknown') return 'unavailable';
  return outcome === 'refuse' ? (refusal?.reason ?? 'none') : 'allow';
}

describe('explains what the authorizer decides:', () => {
  it.each(table.map((attack) => [attack.expected, attack.title, attack] as const))(
    '%s: %s',
    async (expected, _, attack) => {
      for (const { shape, event } of eventsOf(attack, forge)) {
        const explained = await explain(readEvent(event as unknown as AuthorizerEvent), context);
        const decided = await authorizer(event);
        expect({ shape, verdict: verdictOf(explained) }).toEqual({ shape, verdict: expected });
        expect(verdictOf(explained)).toBe(decided.verdict);
        expectOneStory(explained);
      }
    },
  );
});

/** One step fails where the request is refused, none where it is not; nothing is told of what comes after. */
function expectOneStory({ outcome, refusal, steps: told }: Explanation): void {
  expect(told.map(({ step }) => step)).toEqual(steps);
  const failed = told.filter(({ status }) => status === 'failed');
  expect(failed.map(({ reason }) => reason)).toEqual(refusal === undefined ? [] : [refusal.reason]);
  expect(told.some(({ status }) => status === 'unknown')).toBe(outcome === 'unknown');
  const stop = told.findIndex(({ status }) => status === 'failed');
  if (stop >= 0) expect(told.slice(stop + 1).filter(({ status }) => status === 'passed')).toEqual([]);
  for (const { status, allowed } of told.filter(
    (step) => step.status === 'passed' || step.status === 'failed',
  ))
    expect({ status, allowed }).toEqual({ status, allowed: expect.stringMatching(/./) });
}
