/** The whole slice over real HTTP: the built bundles, played from the synthesized template by `keyturn local`. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { JwtVerifier } from 'aws-jwt-verify';
import { createLocalJWKSet, type JSONWebKeySet, type JWK, jwtVerify } from 'jose';
import jsonwebtoken from 'jsonwebtoken';
import { createPublicKey } from 'node:crypto';
import * as oauth from 'oauth4webapi';
import { demoClient, type Played, startLocal } from './keyturn.ts';
import { ownKey, signWith } from './own-key.ts';

jest.setTimeout(60_000);

let stack: Played;
/** Everything that must never be printed. */
const canaries: string[] = [];

beforeAll(async () => {
  stack = await startLocal();
  canaries.push(demoClient(stack).secret);
});

afterAll(async () => {
  await stack.end('SIGINT');
});

/** A token of the demo client, as the command line gets it. */
async function newToken(...args: readonly string[]): Promise<string> {
  const { stdout } = await stack.keyturn(['token', ...args]);
  canaries.push(stdout.trim());
  return stdout.trim();
}

function whoami(token: string): Promise<Response> {
  return fetch(`${stack.url}/whoami`, { headers: { authorization: `Bearer ${token}` } });
}

async function jwkSet(): Promise<JSONWebKeySet> {
  return (await (await fetch(`${stack.url}/.well-known/jwks.json`)).json()) as JSONWebKeySet;
}

function kidOf(token: string): string {
  return jsonwebtoken.decode(token, { complete: true })?.header.kid ?? '';
}

/** Reasons in the log since a point of the output. */
function reasonsSince(length: number): readonly string[] {
  return [
    ...stack
      .output()
      .slice(length)
      .matchAll(/"Reason":"(\w+)"/g),
  ].map(([, reason = '']) => reason);
}

describe('independent peers', () => {
  it('oauth4webapi gets a token by discovery alone; /whoami knows its subject and scopes', async () => {
    const issuer = new URL(stack.url);
    const options = { [oauth.allowInsecureRequests]: true };
    const server = await oauth.processDiscoveryResponse(
      issuer,
      await oauth.discoveryRequest(issuer, options),
    );
    const client = { client_id: 'demo' };
    const authentication = oauth.ClientSecretBasic(demoClient(stack).secret);
    const parameters = new URLSearchParams({ scope: 'orders:read' });
    const answer = await oauth.clientCredentialsGrantRequest(
      server,
      client,
      authentication,
      parameters,
      options,
    );
    const tokens = await oauth.processClientCredentialsResponse(server, client, answer);
    canaries.push(tokens.access_token);
    const caller = await whoami(tokens.access_token);
    expect(tokens).toMatchObject({ token_type: 'bearer', expires_in: 900, scope: 'orders:read' });
    expect(caller.status).toBe(200);
    expect(await caller.json()).toMatchObject({ subject: 'demo', clientId: 'demo', scopes: ['orders:read'] });
  });

  it('aws-jwt-verify, jsonwebtoken and jose verify our token by our JWK Set', async () => {
    const token = await newToken();
    const keys = await jwkSet();
    const jwk = keys.keys.find(({ kid }) => kid === kidOf(token)) ?? ({} as JWK);
    const verifier = JwtVerifier.create({
      issuer: stack.url,
      audience: stack.url,
      jwksUri: `${stack.url}/x`,
    });
    verifier.cacheJwks(keys as never);
    const key = createPublicKey({ key: jwk as never, format: 'jwk' });
    const expected = { iss: stack.url, aud: stack.url, sub: 'demo', client_id: 'demo' };
    expect(verifier.verifySync(token)).toMatchObject(expected);
    expect(jsonwebtoken.verify(token, key, { algorithms: ['RS256'] })).toMatchObject(expected);
    expect((await jwtVerify(token, createLocalJWKSet(keys), { typ: 'at+jwt' })).payload).toMatchObject(
      expected,
    );
  });

  it('metadata names the issuer exactly, at both paths', async () => {
    const [openid, oauth2] = await Promise.all(
      ['openid-configuration', 'oauth-authorization-server'].map(async (name) =>
        (await fetch(`${stack.url}/.well-known/${name}`)).json(),
      ),
    );
    expect(openid).toMatchObject({ issuer: stack.url, jwks_uri: `${stack.url}/.well-known/jwks.json` });
    expect(oauth2).toEqual(openid);
  });
});

describe('a revoked token', () => {
  it.each([
    ['by the command line', (token: string) => stack.keyturn(['revoke', '-'], token), 'token_revoked'],
    ['by its client (RFC 7009)', (token: string) => revokeByClient(token), 'token_revoked'],
    [
      'by its jti',
      (token: string) => stack.keyturn(['revoke', '--jti', claimsOf(token).jti ?? '']),
      'token_revoked',
    ],
  ])('is refused on the next call: %s', async (_, revoke, reason) => {
    const token = await newToken();
    expect((await whoami(token)).status).toBe(200);
    await revoke(token);
    const before = stack.output().length;
    const refused = await whoami(token);
    expect(refused.status).toBe(401);
    expect(await refused.json()).toEqual({ message: 'Unauthorized' });
    expect(reasonsSince(before)).toEqual([reason]);
  });

  it('is refused within a second where its client was revoked; a later token passes', async () => {
    const token = await newToken();
    expect((await whoami(token)).status).toBe(200);
    const { stdout } = await stack.keyturn(['revoke', '--client', 'demo', '--reason', 'secret leaked']);
    expect(stdout).toContain('revoked: tokens of client demo');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect((await whoami(token)).status).toBe(401);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect((await whoami(await newToken())).status).toBe(200);
  });

  it('can be asked for by an administrator with the scope, and by nobody without', async () => {
    const token = await newToken();
    const ask = (bearer: string) =>
      fetch(`${stack.url}/admin/revocations`, {
        method: 'POST',
        headers: { authorization: `Bearer ${bearer}` },
        body: JSON.stringify({ jti: claimsOf(token).jti, reason: 'test' }),
      });
    expect((await ask(token)).status).toBe(403);
    const key = await ownKey(stack);
    const admin = await signWith(key, { ...key.claims(), scope: 'keyturn:revoke' });
    canaries.push(admin);
    const answer = await ask(admin);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ kind: 'token', value: claimsOf(token).jti, reason: 'test' });
    expect((await whoami(token)).status).toBe(401);
  });
});

function claimsOf(token: string): jsonwebtoken.JwtPayload {
  return jsonwebtoken.decode(token, { json: true }) ?? {};
}

function revokeByClient(token: string): Promise<Response> {
  const { clientId, secret } = demoClient(stack);
  return fetch(`${stack.url}/oauth2/revoke`, {
    method: 'POST',
    body: new URLSearchParams({
      client_id: clientId,
      client_secret: secret,
      token,
      token_type_hint: 'access_token',
    }),
  });
}

it('keyturn explain says what the authorizer decides, and why', async () => {
  const token = await newToken('--scope', 'orders:read');
  const explain = async (...args: readonly string[]) => {
    const { code, stdout } = await stack.keyturn(['explain', '-', '--json', ...args], token);
    const { outcome, refusal } = JSON.parse(stdout);
    return { code, outcome, reason: refusal?.reason };
  };
  expect(await explain()).toEqual({ code: 0, outcome: 'allow', reason: undefined });
  expect(await explain('--route', 'GET /admin/events')).toEqual({
    code: 1,
    outcome: 'refuse',
    reason: 'scope_insufficient',
  });
  await stack.keyturn(['revoke', '-'], token);
  expect(await explain()).toEqual({ code: 1, outcome: 'refuse', reason: 'token_revoked' });
  expect((await whoami(token)).status).toBe(401);
});

describe('refuses', () => {
  it('a request without a token, before the authorizer is asked', async () => {
    const before = stack.output().length;
    const answer = await fetch(`${stack.url}/whoami`);
    expect(answer.status).toBe(401);
    expect(reasonsSince(before)).toEqual([]);
  });

  it('bad tokens with 401 and a reason in the log', async () => {
    const good = await newToken();
    const key = await ownKey(stack);
    const claims = key.claims();
    const now = claims.iat;
    const [header = '', payload = '', signature = ''] = good.split('.');
    const unsigned = Buffer.from('{"alg":"none","typ":"at+jwt","kid":"x"}').toString('base64url');
    const cases: readonly (readonly [string, string, string])[] = [
      ['malformed', 'not.a.token', 'token_malformed'],
      ['four segments', `${good}.x`, 'token_malformed'],
      [
        'tampered',
        `${header}.${Buffer.from(JSON.stringify({ ...claims, sub: 'eve' })).toString('base64url')}.${signature}`,
        'signature_invalid',
      ],
      ['unsigned', `${unsigned}.${payload}.`, 'key_unknown'],
      [
        'expired',
        await signWith(key, { ...claims, iat: now - 500, nbf: now - 500, exp: now - 100 }),
        'expired',
      ],
      ['not yet valid', await signWith(key, { ...claims, nbf: now + 300 }), 'not_yet_valid'],
      ['foreign', await signWith(key, { ...claims, iss: 'https://issuer.example' }), 'issuer_unknown'],
      [
        'of another audience',
        await signWith(key, { ...claims, aud: 'https://other.example' }),
        'audience_mismatch',
      ],
      ['too long-lived', await signWith(key, { ...claims, exp: now + 90_000 }), 'lifetime_too_long'],
    ];
    for (const [name, token, reason] of cases) {
      canaries.push(token);
      const before = stack.output().length;
      expect([name, (await whoami(token)).status]).toEqual([name, 401]);
      expect([name, ...reasonsSince(before)]).toEqual([name, reason]);
    }
  });
});

describe('the token endpoint', () => {
  const post = (body: string, headers: Record<string, string> = {}) =>
    fetch(`${stack.url}/oauth2/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body,
    });

  it.each([
    ['client_id=demo&client_secret=wrong&grant_type=client_credentials', 401, 'invalid_client'],
    ['client_id=nobody&client_secret=x&grant_type=client_credentials', 401, 'invalid_client'],
    ['grant_type=client_credentials', 401, 'invalid_client'],
    ['client_id=demo&client_secret=SECRET', 400, 'invalid_request'],
    ['client_id=demo&client_secret=SECRET&grant_type=password', 400, 'unsupported_grant_type'],
    ['client_id=demo&client_secret=SECRET&grant_type=client_credentials&scope=admin', 400, 'invalid_scope'],
    [
      'client_id=demo&client_id=demo&client_secret=SECRET&grant_type=client_credentials',
      400,
      'invalid_request',
    ],
    [
      `client_id=demo&client_secret=SECRET&grant_type=client_credentials&x=${'x'.repeat(17_000)}`,
      413,
      'invalid_request',
    ],
  ])('answers %s with %d %s', async (body, status, error) => {
    const answer = await post(
      body.replace('SECRET', demoClient(stack).secret).replace('LONG', 'x'.repeat(17_000)),
    );
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ error });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('www-authenticate')).toBe(status === 401 ? 'Basic realm="oauth2"' : null);
  });
});

describe('rotation', () => {
  it('turns to a key that was published before; the old token still passes, the next key stands ready', async () => {
    const old = await newToken();
    const before = await jwkSet();
    const { stdout } = await stack.keyturn(['rotate']);
    expect(stdout).toContain('signs now');
    const fresh = await until(newToken, (token) => kidOf(token) !== kidOf(old));
    const after = await jwkSet();
    expect(before.keys.map(({ kid }) => kid)).toContain(kidOf(fresh));
    expect(after.keys.map(({ kid }) => kid)).toEqual(expect.arrayContaining([kidOf(old), kidOf(fresh)]));
    expect(after.keys).toHaveLength(3);
    expect([(await whoami(old)).status, (await whoami(fresh)).status]).toEqual([200, 200]);
  });

  it('does not turn to a key that verifiers may not know yet, and says from when', async () => {
    const { stdout, code } = await stack.keyturn(['rotate']);
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(/^not rotated: [\s\S]*may sign from .*\(in [12] h\)/),
    ]);
  });

  it('of a compromised key refuses its tokens within seconds', async () => {
    const token = await newToken();
    const { stdout } = await stack.keyturn(['rotate', '--compromised', kidOf(token)]);
    expect(stdout).toContain('signs now');
    expect(
      await until(
        async () => (await whoami(token)).status,
        (status) => status === 401,
      ),
    ).toBe(401);
    const fresh = await until(newToken, (other) => kidOf(other) !== kidOf(token));
    expect((await whoami(fresh)).status).toBe(200);
    expect((await jwkSet()).keys.map(({ kid }) => kid)).not.toContain(kidOf(token));
  });
});

/** Asks again until the answer is right, for 10 s at most; then returns the last one. */
async function until<T>(ask: () => Promise<T>, isRight: (answer: T) => boolean): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    const answer = await ask();
    if (isRight(answer) || attempt === 40) return answer;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

it('nothing secret was printed', () => {
  const printed = stack.output();
  expect(canaries.length).toBeGreaterThan(10);
  expect(canaries.filter((canary) => canary.length > 12 && printed.includes(canary))).toEqual([]);
});
