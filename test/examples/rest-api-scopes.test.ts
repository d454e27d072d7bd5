import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { call, type Example, startExample } from './example.ts';

jest.setTimeout(120_000);

let example: Example;
const tokens = { none: undefined, read: '', write: '', both: '' } as Record<string, string | undefined>;

beforeAll(async () => {
  example = await startExample('rest-api-scopes', { by: { template: 'Orders' } });
  tokens['read'] = await example.token('orders:read');
  tokens['write'] = await example.token('orders:write');
  tokens['both'] = await example.token();
});

afterAll(async () => {
  await example.end('SIGINT');
});

const statusOf = async (route: string, of: string) =>
  (await call(example, route, { ...(tokens[of] !== undefined && { token: tokens[of] }) })).status;

describe('each route asks for its scopes', () => {
  it.each([
    ['GET /orders', { none: 401, read: 200, write: 200, both: 200 }],
    ['POST /orders', { none: 401, read: 403, write: 200, both: 200 }],
    ['GET /orders/7', { none: 401, read: 200, write: 200, both: 200 }],
    ['DELETE /orders/7', { none: 401, read: 403, write: 403, both: 200 }],
  ])('%s', async (route, statuses) => {
    const seen = await Promise.all(
      Object.keys(statuses).map(async (of) => [of, await statusOf(route, of)] as const),
    );
    expect(Object.fromEntries(seen)).toEqual(statuses);
  });
});

it('tells the handler who is calling', async () => {
  const answer = await call(example, 'DELETE /orders/7', { token: tokens['both'] ?? '' });
  expect(await answer.json()).toEqual({
    route: 'DELETE /orders/{id}',
    subject: 'demo',
    scope: 'orders:read orders:write',
  });
});

it('says why it refuses', async () => {
  const answer = await call(example, 'POST /orders', { token: tokens['read'] ?? '' });
  expect(answer.headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope"');
  expect(answer.headers.get('access-control-allow-origin')).toBe('https://shop.example.com');
  expect(await answer.json()).toMatchObject({ error: 'insufficient_scope', reason: 'scope_insufficient' });
});

it('refuses a token once it is revoked', async () => {
  const token = await example.token();
  expect((await call(example, 'GET /orders', { token })).status).toBe(200);
  await example.revoke(token);
  const answer = await call(example, 'GET /orders', { token });
  expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
    401,
    expect.stringContaining('error="invalid_token"'),
  ]);
});
