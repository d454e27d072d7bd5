/** The explanation of a decision is the decision: over the whole attack table, for every event that can carry it. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { explain as explainCommand } from '../../cli/explain.ts';
import { adminExplain } from '../../core/admin/explain.ts';
import { answerAdmin } from '../../core/admin/routes.ts';
import type { DirectAdminRequest } from '../../core/contract/messages.ts';
import { Outputs } from '../../core/contract/outputs.ts';
import { UnavailableError } from '../../core/ports.ts';
import type { AuthorizationRequest } from '../../core/verify/decide-request.ts';
import { explain, type Explanation } from '../../core/verify/explain.ts';
import { steps } from '../../core/verify/steps.ts';
import type { AuthorizerEvent } from '../../functions/authorizer/event.ts';
import { readEvent } from '../../functions/authorizer/event.ts';
import { type Administration, administration, MemoryRevocationStore } from '../core/admin/fixture.ts';
import { listenOnLoopback } from '../engines.ts';
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

let admin: Administration;
beforeAll(async () => {
  admin = await administration({
    ...{ revocations: new WorldRevocations(), routeScopes: world.settings.routeScopes },
    verification: { ...context, now },
  });
});

/** The cases that one way of asking tells otherwise than the authorizer. */
async function wrongOf(
  cases: typeof asked,
  explanationOf: (body: (typeof asked)[number]['body']) => Promise<Explanation>,
) {
  const wrong: string[] = [];
  for (const { title, expected, shape, body } of cases) {
    const verdict = verdictOf(await explanationOf(body));
    if (verdict !== expected) wrong.push(`${title} (${shape}): ${verdict}, not ${expected}`);
  }
  return wrong;
}

describe('says what the authorizer decides of every token of the table that comes alone:', () => {
  it('POST /admin/explain', async () => {
    expect(asked.length).toBeGreaterThan(3000);
    expect(
      await wrongOf(asked, async (body) => (await admin.ask(adminExplain, { body })) as Explanation),
    ).toEqual([]);
  }, 300_000);

  it('keyturn explain', async () => {
    // White space around a token is the shell's, and is dropped; a hyphen is standard input.
    const cases = asked.filter(({ body: { token } }) => token === token.trim() && !['', '-'].includes(token));
    expect(cases.length).toBeGreaterThan(3000);
    const lambda = await startLambda();
    const write = jest.spyOn(console, 'log').mockImplementation(() => undefined);
    try {
      const wrong = await wrongOf(cases, async ({ token, route }) => {
        write.mockClear();
        await explainCommand.run([token], { data: lambda.folder, route, json: true });
        return JSON.parse(String(write.mock.lastCall?.[0])) as Explanation;
      });
      expect(wrong).toEqual([]);
    } finally {
      write.mockRestore();
      process.exitCode = undefined;
      await lambda.close();
    }
  }, 300_000);
});

/** What the command asks: the admin function's answers, where a local stack would have them. */
async function startLambda() {
  const server = createServer((request, response) => {
    void text(request)
      .then((event) => {
        const { route, actor, body } = JSON.parse(event) as DirectAdminRequest;
        const asking = { actor, query: new URLSearchParams(), body: JSON.stringify(body) };
        return answerAdmin(route, asking, admin.context);
      })
      .then(({ status, body }) => response.end(JSON.stringify({ status, body: JSON.parse(body) as object })));
  });
  const endpoint = `http://127.0.0.1:${await listenOnLoopback(server)}`;
  const folder = mkdtempSync(path.join(tmpdir(), 'keyturn-test-'));
  const running = {
    pid: process.pid,
    endpoints: { dynamodb: endpoint, lambda: endpoint },
    outputs: { [Outputs.adminFunction]: 'admin' },
  };
  writeFileSync(path.join(folder, 'running.json'), JSON.stringify(running));
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
    rmSync(folder, { recursive: true });
  };
  return { folder, close };
}

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
