import { afterEach, describe, expect, it } from '@jest/globals';
import { backend, kinds, policyAnswer, type Kind } from './authorizer-kinds.ts';
import type { Handler } from './function-double.ts';
import { start, type Running } from './http-fixture.ts';

let running: Running | undefined;
afterEach(async () => {
  await running?.gateway.close();
  running = undefined;
});

async function started(kind: Kind, auth: Handler, ttlSeconds = 300): Promise<Running> {
  running = await start(kind.resources(ttlSeconds), { auth, echo: backend });
  return running;
}

function throwing(message: string): Handler {
  return () => {
    throw new Error(message);
  };
}

const cached = kinds.filter(({ name }) => name !== 'WebSocket');
const withPolicies = kinds.filter(({ name }) => name !== 'HTTP 2.0 simple');
const policyCached = cached.filter(({ name }) => name !== 'HTTP 2.0 simple');

describe.each(kinds)('$name authorizer', (kind) => {
  it('lets an allowed caller in', async () => {
    const run = await started(kind, (event) => kind.allow(event));
    expect(await kind.call(run, 'one', 'token')).toEqual({ status: 200, body: 'in' });
    expect(run.functions.eventsOf('auth')).toHaveLength(1);
  });

  it('answers 401 without a call when the identity source is missing', async () => {
    const run = await started(kind, (event) => kind.allow(event));
    expect(await kind.call(run, 'one')).toEqual({ status: 401, body: kind.bodies.unauthorized });
    expect(run.functions.events).toEqual([]);
  });

  it('answers 401 without a call when the identity source is empty', async () => {
    const run = await started(kind, (event) => kind.allow(event));
    expect((await kind.call(run, 'one', '')).status).toBe(401);
    expect(run.functions.events).toEqual([]);
  });

  it('answers 401 when the function throws exactly Unauthorized', async () => {
    const run = await started(kind, throwing('Unauthorized'));
    expect(await kind.call(run, 'one', 'token')).toEqual({
      status: 401,
      body: kind.bodies.unauthorized,
    });
    expect(run.functions.eventsOf('echo')).toEqual([]);
  });

  it('answers 403 when the function denies', async () => {
    const run = await started(kind, () => kind.deny);
    expect(await kind.call(run, 'one', 'token')).toEqual({ status: 403, body: kind.bodies.denied });
    expect(run.functions.eventsOf('echo')).toEqual([]);
  });

  it.each<[string, Handler]>([
    ['throws anything else', throwing('unauthorized')],
    ['is throttled', throwing('throttled')],
    ['answers nothing', () => null],
    ['answers a string', () => 'Allow'],
    ['answers an empty object', () => ({})],
    ['answers a policy without statements', () => ({ principalId: 'ann', policyDocument: {} })],
    ['answers an unknown effect', () => policyAnswer('allow', '*')],
    ['answers an isAuthorized that is no boolean', () => ({ isAuthorized: 'true' })],
    ['answers a context that is no object', (event) => ({ ...kind.allow(event), context: 'text' })],
  ])('answers 500 when the function %s', async (_what, auth) => {
    const run = await started(kind, auth);
    expect(await kind.call(run, 'one', 'token')).toEqual({ status: 500, body: kind.bodies.broken });
    expect(run.functions.eventsOf('echo')).toEqual([]);
  });

  it('never writes what the caller sent into a log line', async () => {
    const run = await started(kind, throwing('no good: secret-token'));
    await kind.call(run, 'one', 'secret-token');
    expect(run.lines).toEqual(['Auth: the authorizer could not decide: it threw Error']);
  });
});

describe.each(kinds)('$name authorizer context', (kind) => {
  const structured = kind.name.startsWith('HTTP 2.0');

  it(`${structured ? 'takes' : 'answers 500 to'} a key "claims"`, async () => {
    const run = await started(kind, (event) => ({ ...kind.allow(event), context: { claims: 'x' } }));
    expect((await kind.call(run, 'one', 'token')).status).toBe(structured ? 200 : 500);
  });

  it(`${structured ? 'takes' : 'answers 500 to'} objects and arrays`, async () => {
    const run = await started(kind, (event) => ({ ...kind.allow(event), context: { roles: ['a'] } }));
    expect((await kind.call(run, 'one', 'token')).status).toBe(structured ? 200 : 500);
  });
});

describe.each(withPolicies)('$name authorizer policy', (kind) => {
  it(`${kind.name.startsWith('HTTP') ? 'needs no' : 'needs a'} principal`, async () => {
    const run = await started(kind, (event) => ({ ...kind.allow(event), principalId: undefined }));
    expect((await kind.call(run, 'one', 'token')).status).toBe(kind.name.startsWith('HTTP') ? 200 : 500);
  });

  it('answers 403 when no statement matches', async () => {
    const run = await started(kind, (event) =>
      kind.allow(event, 'arn:aws:execute-api:us-east-1:000000000000:other/*'),
    );
    expect((await kind.call(run, 'one', 'token')).status).toBe(403);
  });
});

describe.each(cached)('$name authorizer result cache', (kind) => {
  it('calls once for one token and again for another', async () => {
    const run = await started(kind, (event) => kind.allow(event, '*'));
    for (const token of ['a', 'a', 'b', 'a']) expect((await kind.call(run, 'one', token)).status).toBe(200);
    expect(run.functions.eventsOf('auth')).toHaveLength(2);
    expect(run.functions.eventsOf('echo')).toHaveLength(4);
  });

  it('keeps an answer for the second route too', async () => {
    const run = await started(kind, (event) => kind.allow(event, '*'));
    expect((await kind.call(run, 'one', 'token')).status).toBe(200);
    expect((await kind.call(run, 'two', 'token')).status).toBe(200);
    expect(run.functions.eventsOf('auth')).toHaveLength(1);
  });

  it('keeps a denial', async () => {
    const run = await started(kind, () => kind.deny);
    for (const route of ['one', 'two'] as const)
      expect((await kind.call(run, route, 'token')).status).toBe(403);
    expect(run.functions.eventsOf('auth')).toHaveLength(1);
  });

  it.each(['Unauthorized', 'boom'])('keeps no throw of %s', async (message) => {
    const run = await started(kind, throwing(message));
    for (const route of ['one', 'one'] as const) await kind.call(run, route, 'token');
    expect(run.functions.eventsOf('auth')).toHaveLength(2);
  });

  it('keeps nothing with a TTL of 0', async () => {
    const run = await started(kind, (event) => kind.allow(event, '*'), 0);
    for (const route of ['one', 'one'] as const)
      expect((await kind.call(run, route, 'token')).status).toBe(200);
    expect(run.functions.eventsOf('auth')).toHaveLength(2);
  });

  it.each([1, 3600])('keeps an answer for a TTL of %d s, and no longer', async (ttlSeconds) => {
    let seconds = 1_000_000;
    const handlers = { auth: (event: Record<string, unknown>) => kind.allow(event, '*'), echo: backend };
    running = await start(kind.resources(ttlSeconds), handlers, () => seconds * 1000);
    for (const passed of [0, ttlSeconds - 1, 1, 0]) {
      seconds += passed;
      expect((await kind.call(running, 'one', 'token')).status).toBe(200);
    }
    expect(running.functions.eventsOf('auth')).toHaveLength(2);
  });

  it.each([3601, -1, 1.5])('refuses a TTL of %d s at the start', async (ttlSeconds) => {
    await expect(start(kind.resources(ttlSeconds), { echo: backend })).rejects.toMatchObject({
      code: 'TEMPLATE_INVALID',
      message: expect.stringContaining(
        `Auth has AuthorizerResultTtlInSeconds ${ttlSeconds}; allowed are whole`,
      ),
    });
  });

  it('refuses to keep answers without an identity source', async () => {
    const resources = kind.resources(300).map((resource) => ({
      ...resource,
      properties: { ...resource.properties, IdentitySource: undefined },
    }));
    await expect(start(resources, { echo: backend })).rejects.toMatchObject({
      code: 'TEMPLATE_INVALID',
      message: expect.stringContaining('Auth keeps its answers for 300 s'),
    });
  });

  it('forgets a stage that is flushed', async () => {
    const run = await started(kind, (event) => kind.allow(event, '*'));
    await kind.call(run, 'one', 'token');
    const stage = kind.name.startsWith('REST') ? 'prod' : '$default';
    const api = kind.name.startsWith('REST') ? ('rest' as const) : ('http' as const);
    const { id: apiId = '' } =
      /execute-api:[^:]*:\d+:(?<id>[^/]+)\//.exec(JSON.stringify(run.functions.eventsOf('auth')[0]))
        ?.groups ?? {};
    const other = api === 'rest' ? 'http' : 'rest';
    expect(run.gateway.flushAuthorizerCache({ kind: api, apiId, stage: 'other' })).toBe(false);
    expect(run.gateway.flushAuthorizerCache({ kind: other, apiId, stage })).toBe(false);
    await kind.call(run, 'one', 'token');
    expect(run.functions.eventsOf('auth')).toHaveLength(1);
    expect(run.gateway.flushAuthorizerCache({ kind: api, apiId, stage })).toBe(true);
    await kind.call(run, 'one', 'token');
    expect(run.functions.eventsOf('auth')).toHaveLength(2);
  });
});

it.each(kinds)('$name delivers context as AWS does', async (kind) => {
  const context = { n: 1, b: true, s: 'x' };
  const run = await started(kind, (event) => ({ ...kind.allow(event), context }));
  await kind.call(run, 'one', 'token');
  const { authorizer } = Object(run.functions.eventsOf('echo')[0]?.['requestContext']);
  const delivered: unknown = authorizer.lambda ?? authorizer;
  const texts = { n: '1', b: 'true', s: 'x' };
  expect(delivered).toMatchObject(kind.name.startsWith('HTTP 2.0') ? context : texts);
});

describe('an authorizer that takes too long', () => {
  it.each(kinds.map(({ name }) => ({ name, limitMs: name.startsWith('HTTP') ? 10_000 : 29_000 })))(
    'is waited for $limitMs ms by $name, and means 500',
    async ({ name, limitMs }) => {
      const kind = kinds.find((one) => one.name === name);
      if (kind === undefined) throw new Error(name);
      const run = await started(kind, () => new Promise(() => undefined));
      const limits: unknown[] = [];
      const { setTimeout: original } = globalThis;
      globalThis.setTimeout = Object.assign((callback: () => void, ms?: number) => {
        if (ms !== limitMs) return original(callback, ms);
        limits.push(ms);
        return original(callback, 1);
      }, original);
      const seen = await kind.call(run, 'one', 'token').finally(() => {
        globalThis.setTimeout = original;
      });
      expect([seen, limits]).toEqual([{ status: 500, body: kind.bodies.broken }, [limitMs]]);
    },
  );
});

describe.each(policyCached)('$name authorizer cached policy', (kind) => {
  it('is evaluated again: one that names only the first route denies the second', async () => {
    const run = await started(kind, (event) => kind.allow(event));
    expect((await kind.call(run, 'one', 'token')).status).toBe(200);
    expect((await kind.call(run, 'two', 'token')).status).toBe(403);
    expect(run.functions.eventsOf('auth')).toHaveLength(1);
  });
});
