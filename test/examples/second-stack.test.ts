import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { call, type Example, startExample } from './example.ts';

jest.setTimeout(120_000);

let example: Example;

beforeAll(async () => {
  example = await startExample('second-stack');
});

afterAll(async () => {
  await example.end('SIGINT');
});

it('knows of the first stack an export, and makes no authorizer function of its own', () => {
  const template = example.template('Orders');
  expect(template).toContain('{"Fn::ImportValue":"keyturn-shared-authorizer"}');
  expect(template.match(/"AWS::Lambda::Function"/g)).toHaveLength(1);
});

it('asks the first stack’s authorizer: no token 401, good token 200, scope missing 403, revoked 401', async () => {
  const [token, narrow] = [await example.token(), await example.token('orders:read')];
  expect((await call(example, 'POST /orders')).status).toBe(401);
  const answer = await call(example, 'POST /orders', { token });
  expect([answer.status, await answer.json()]).toEqual([
    200,
    { route: 'POST /orders', subject: 'demo', scope: 'orders:read orders:write' },
  ]);
  expect((await call(example, 'GET /orders', { token: narrow })).status).toBe(200);
  expect((await call(example, 'POST /orders', { token: narrow })).status).toBe(403);
  await example.revoke(token);
  expect((await call(example, 'POST /orders', { token })).status).toBe(401);
});
