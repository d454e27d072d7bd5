import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { call, type Example, startExample } from './example.ts';
import { type RunningProvider, startProvider } from '../../tools/foreign-issuer.ts';

jest.setTimeout(120_000);

let provider: RunningProvider;
let example: Example;

beforeAll(async () => {
  provider = await startProvider();
  const { issuer, jwksUri } = provider;
  example = await startExample('http-api-foreign-issuer', { env: { ISSUER: issuer, JWKS_URI: jwksUri } });
});

afterAll(async () => {
  await example.end('SIGINT');
  provider.close();
});

it('takes the provider’s tokens: no token 401, good token 200, scope missing 403', async () => {
  const token = await provider.token('orders:read');
  expect((await call(example, 'GET /orders')).status).toBe(401);
  const answer = await call(example, 'GET /orders', { token });
  expect([answer.status, await answer.json()]).toEqual([
    200,
    { route: 'GET /orders', subject: 'partner', scope: 'orders:read', issuer: provider.issuer },
  ]);
  expect((await call(example, 'POST /orders', { token })).status).toBe(403);
});

it('refuses a token that the provider issued for another API', async () => {
  const token = await provider.token('orders:read', 'https://other.example.com');
  expect((await call(example, 'GET /orders', { token })).status).toBe(401);
});

it('refuses a token of the provider once it is revoked here, and no other', async () => {
  const [token, other] = [await provider.token('orders:read'), await provider.token('orders:read')];
  expect((await call(example, 'GET /orders', { token })).status).toBe(200);
  await example.revoke(token);
  expect((await call(example, 'GET /orders', { token })).status).toBe(401);
  expect((await call(example, 'GET /orders', { token: other })).status).toBe(200);
});

it('refuses a token that a function of the app has revoked, and no other', async () => {
  const [token, other] = [await provider.token('orders:read'), await provider.token('orders:read')];
  expect((await call(example, 'GET /orders', { token })).status).toBe(200);
  expect((await call(example, 'POST /logout', { token })).status).toBe(204);
  expect((await call(example, 'GET /orders', { token })).status).toBe(401);
  expect((await call(example, 'GET /orders', { token: other })).status).toBe(200);
});

/** The authorizer holds what it read of a subject for a second. */
it('refuses everything that the provider issued to a subject so far', async () => {
  const token = await provider.token('orders:read');
  const args = ['revoke', '--subject', 'partner', '--issuer', provider.issuer];
  expect((await example.keyturn(args)).code).toBe(0);
  let status = 200;
  for (const end = Date.now() + 10_000; status === 200 && Date.now() < end;) {
    ({ status } = await call(example, 'GET /orders', { token }));
  }
  expect(status).toBe(401);
});

it('takes and ends tokens of our own token service as well', async () => {
  const token = await example.token();
  const answer = await call(example, 'GET /orders', { token });
  expect([answer.status, await answer.json()]).toMatchObject([200, { issuer: example.url }]);
  expect((await call(example, 'POST /logout', { token })).status).toBe(204);
  expect((await call(example, 'GET /orders', { token })).status).toBe(401);
});
