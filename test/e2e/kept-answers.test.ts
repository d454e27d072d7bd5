/** Answers that API Gateway keeps for 300 s are right for each route that they serve: over real HTTP, by `keyturn local --app`. */
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Played, running, startLocal } from './keyturn.ts';

jest.setTimeout(120_000);

let stack: Played;

beforeAll(async () => {
  const file = path.join('test', 'e2e', 'kept-answers-app.ts');
  stack = await startLocal({ source: ['--app', `npx tsx ${file}`] });
});

afterAll(async () => {
  await stack.end('SIGINT');
});

async function newToken(scope: string): Promise<string> {
  const { code, stdout, stderr } = await stack.keyturn(['token', '--scope', scope]);
  expect([code, stderr]).toEqual([0, '']);
  return stdout.trim();
}

async function revoke(token: string): Promise<void> {
  expect(await stack.keyturn(['revoke', '-'], token)).toMatchObject({ code: 0 });
}

/** Statuses of routes such as `GET /orders`, called one after the other. */
async function statuses(api: string, token: string, ...routes: readonly string[]): Promise<unknown[]> {
  const url = (running(stack).outputs[`${api}Url`] ?? '').replace(/\/$/, '');
  const seen: number[] = [];
  for (const route of routes) {
    const [method = '', resource = ''] = route.split(' ');
    const { status } = await fetch(url + resource, { method, headers: { authorization: `Bearer ${token}` } });
    seen.push(status);
  }
  return seen;
}

const both = 'orders:read orders:write';

describe.each(['Http', 'Rest'])('%s: an answer counts for its route alone', (api) => {
  it.each([
    ['the allowed route first', ['GET /orders', 'POST /orders', 'GET /orders'], [200, 403, 200]],
    ['the denied route first', ['POST /orders', 'GET /orders', 'POST /orders'], [403, 200, 403]],
  ])('%s', async (_, routes, expected) => {
    expect(await statuses(api, await newToken('orders:read'), ...routes)).toEqual(expected);
  });

  it('a second route, and a second path of a route, is allowed after the first; what was asked before is kept', async () => {
    const token = await newToken(both);
    expect(await statuses(api, token, 'GET /orders', 'POST /orders')).toEqual([200, 200]);
    await revoke(token);
    expect(await statuses(api, token, 'GET /orders', 'POST /orders', 'GET /orders/7')).toEqual([
      200, 200, 401,
    ]);
    const other = await newToken(both);
    expect(await statuses(api, other, 'GET /orders/7')).toEqual([200]);
    await revoke(other);
    expect(await statuses(api, other, 'GET /orders/8', 'GET /orders')).toEqual([200, 401]);
  });
});

it('REST, type TOKEN: one answer counts for every route of the stage', async () => {
  const token = await newToken(both);
  expect(await statuses('TokenRest', token, 'GET /orders')).toEqual([200]);
  await revoke(token);
  expect(await statuses('TokenRest', token, 'POST /orders', 'GET /orders/7')).toEqual([200, 200]);
});
