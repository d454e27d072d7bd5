/** The explanation of a decision is the decision: over the whole attack table, for every event that can carry it. */
import { describe, expect, it } from '@jest/globals';
import { adminExplain } from '../../core/admin/explain.ts';
import { UnavailableError } from '../../core/ports.ts';
import type { AuthorizationRequest } from '../../core/verify/decide-request.ts';
import { explain, type Explanation } from '../../core/verify/explain.ts';
import { steps } from '../../core/verify/steps.ts';
import type { AuthorizerEvent } from '../../functions/authorizer/event.ts';
import { readEvent } from '../../functions/authorizer/event.ts';
import { administration, MemoryRevocationStore } from '../core/admin/fixture.ts';
import { makeContext, startAuthorizer } from './authorizer.ts';
import { makeForge } from './case.ts';
import { eventsOf, table } from './table.ts';
import { makeKeys, makeWorld, now, unreachable } from './world.ts';

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

/** The world's revocations, as the admin API reads them. */
class WorldRevocations extends MemoryRevocationStore {
  override get(id: string) {
    if (id.endsWith(`:${unreachable}`)) throw new UnavailableError('the table cannot be reached');
    return Promise.resolve(world.revocations.find((record) => record.id === id));
  }
}

/** What `POST /admin/explain` can be asked: a token presented as Bearer, with nothing about its sender, at a route that there can be. */
function explainableOf({ authorization, tickets, sender, route }: AuthorizationRequest) {
  const [header = ''] = authorization;
  const isToken = authorization.length === 1 && header.startsWith('Bearer ') && header !== 'Bearer ';
  if (!isToken || tickets.length > 0 || sender.proofs.length > 0 || sender.certificate !== undefined)
    return undefined;
  const asked = 'routeKey' in route ? route.routeKey : `${route.method} ${route.path}`;
  if (!/^\$| \//.test(asked)) return undefined;
  return { token: header.slice('Bearer '.length), route: asked };
}

const asked = table.flatMap((attack) =>
  eventsOf(attack, forge).flatMap(({ shape, event }) => {
    const body = explainableOf(readEvent(event as unknown as AuthorizerEvent));
    return body === undefined ? [] : [{ title: attack.title, expected: attack.expected, shape, body }];
  }),
);

describe('POST /admin/explain says what the authorizer decides:', () => {
  it('of every token of the table that comes alone', async () => {
    const { ask } = await administration({
      ...{ revocations: new WorldRevocations(), routeScopes: world.settings.routeScopes },
      verification: { ...context, now },
    });
    const wrong: string[] = [];
    for (const { title, expected, shape, body } of asked) {
      const verdict = verdictOf((await ask(adminExplain, { body })) as Explanation);
      if (verdict !== expected) wrong.push(`${title} (${shape}): ${verdict}, not ${expected}`);
    }
    expect(asked.length).toBeGreaterThan(3000);
    expect(wrong).toEqual([]);
  }, 300_000);
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
