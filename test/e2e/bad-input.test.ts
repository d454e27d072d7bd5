/** Bad input to the OAuth endpoints, over raw sockets: the RFCs' errors, and nothing secret in any answer or in the log. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Routes } from '../../core/contract/routes.ts';
import { makeCanaries } from '../attack/canaries.ts';
import { forgeKey, proof, secretsOf } from '../attack/forge.ts';
import { assertion, badCredentials } from './bad-credentials.ts';
import { badForms, oddForms } from './bad-forms.ts';
import { atIntrospection, atRevocation, atToken } from './bad-grants.ts';
import { type BadRequest, basic, type Change, formType, type Holdings } from './bad-requests.ts';
import { type Played, startLocal } from './keyturn.ts';
import { type RawAnswer, type RawRequest, sendRaw } from './raw-http.ts';
import { register } from './registered.ts';

jest.setTimeout(60_000);

const canaries = makeCanaries();
let stack: Played;
let held: Holdings;

beforeAll(async () => {
  stack = await startLocal();
  const [secret, othersSecret] = [randomBytes(32), randomBytes(32)].map((bytes) =>
    bytes.toString('base64url'),
  );
  if (secret === undefined || othersSecret === undefined) throw new Error('no secrets');
  const [key, stranger] = [forgeKey('ES256', 'one'), forgeKey('ES256', 'stranger')];
  await register(stack, [
    { clientId: 'shop', secret },
    { clientId: 'other', secret: othersSecret },
    { clientId: 'disabled', secret, disabled: true },
    { clientId: 'refresher', secret, grants: ['refresh_token'] },
    { clientId: 'spa', isPublic: true },
    { clientId: 'signer', jwks: { keys: [{ ...key.publicJwk }] } },
  ]);
  const others = await tokensOf('other', othersSecret);
  const tokens = { othersAccessToken: others.access_token, othersRefreshToken: others.refresh_token };
  held = { issuer: stack.url, secret, key, stranger, ...tokens };
  for (const each of [secret, othersSecret, others.refresh_token]) canaries.secret(each);
  for (const each of [...secretsOf(key), ...secretsOf(stranger)]) canaries.secret(each);
  canaries.token(others.access_token);
});

afterAll(async () => {
  await stack.end('SIGINT');
});

async function tokensOf(
  id: string,
  secret: string,
): Promise<{ access_token: string; refresh_token: string }> {
  const body = 'grant_type=client_credentials&scope=orders:read+offline_access';
  const headers = [formType, basic(id, secret)];
  const answer = await send({ target: Routes.token, headers, body: Buffer.from(body) });
  return JSON.parse(answer.body) as { access_token: string; refresh_token: string };
}

function send(request: RawRequest): Promise<RawAnswer> {
  return sendRaw(Number(new URL(stack.url).port), request);
}

/** Sends a good request, changed; notes what of it must be seen nowhere. */
async function ask(target: string, own: string, change: Change): Promise<RawAnswer> {
  const { query = '', body = own, ...more } = change(held, own);
  const headers = [formType, basic('shop', held.secret)];
  const request = { headers, ...more, target: target + query, body: Buffer.from(body) };
  noteTokens(request);
  return send(request);
}

/** Assertions and proofs of a request. */
function noteTokens({ headers, body }: RawRequest): void {
  const text = [...headers.map(([, value]) => value), body.length < 20_000 ? body.toString() : ''].join('\n');
  for (const [token] of text.matchAll(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g)) canaries.token(token);
}

/** An answer of an OAuth endpoint (RFC 6749 §5.2); what was asked for wrongly is not repeated in it. */
function expectError({ headers, body }: RawAnswer, status: number, error: string): void {
  const { error: code, error_description: description, ...rest } = JSON.parse(body) as Record<string, string>;
  expect([code, rest]).toEqual([error, {}]);
  expect(description).toMatch(/^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/);
  expect(headers['content-type']).toBe('application/json');
  expect(headers['www-authenticate']).toBe(status === 401 ? 'Basic realm="oauth2"' : undefined);
}

const endpoints: readonly (readonly [target: string, own: string, cases: readonly BadRequest[]])[] = [
  [Routes.token, 'grant_type=client_credentials', atToken],
  [Routes.revoke, 'token=nonsense', atRevocation],
  [Routes.introspect, 'token=nonsense', atIntrospection],
];

describe.each(endpoints)('POST %s', (target, own, cases) => {
  it.each(oddForms)('takes a request %s', async (_, status, __, change) => {
    const answer = await ask(target, own, change);
    expect([answer.status, answer.headers['cache-control']]).toEqual([status, 'no-store']);
    expect(answer.body).not.toContain('"error"');
  });

  it.each([...badForms, ...badCredentials, ...cases])(
    'answers %s with %d %s',
    async (_, status, error, change) => {
      const answer = await ask(target, own, change);
      canaries.out(answer);
      expect(answer.status).toBe(status);
      if (error !== undefined) expectError(answer, status, error);
      if (error !== undefined || status === 200) expect(answer.headers['cache-control']).toBe('no-store');
      else expect(answer.body).not.toMatch(/error|stack/i);
      if (status === 200) expect(answer.body).toBe(target === Routes.revoke ? '{}' : '{"active":false}');
    },
  );

  it('takes an assertion once', async () => {
    const made = `client_assertion=${assertion(held)}`;
    const type = 'client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
    const twice = () => ask(target, own, () => ({ headers: [formType], body: `${own}&${type}&${made}` }));
    expect((await twice()).status).toBe(200);
    const second = await twice();
    canaries.out(second);
    expect(second.status).toBe(401);
    expectError(second, 401, 'invalid_client');
  });
});

it('takes a proof once (RFC 9449 §11.1)', async () => {
  const claims = { htm: 'POST', htu: stack.url + Routes.token, iat: Math.floor(Date.now() / 1000) };
  const headers = [formType, basic('shop', held.secret), ['DPoP', proof(held.stranger, claims)]] as const;
  const twice = () => ask(Routes.token, 'grant_type=client_credentials', () => ({ headers }));
  expect((await twice()).status).toBe(200);
  const second = await twice();
  canaries.out(second);
  expect(second.status).toBe(400);
  expectError(second, 400, 'invalid_dpop_proof');
});

it('leaves the tokens of the other client as they are', async () => {
  const authorization = `Bearer ${held.othersAccessToken}`;
  expect((await fetch(`${stack.url}${Routes.whoami}`, { headers: { authorization } })).status).toBe(200);
});

it('nothing secret was printed or answered', () => {
  canaries.out(stack.output());
  expect(canaries.found()).toEqual([]);
});
