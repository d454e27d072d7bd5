/** Everything that can be revoked, of our own issuer and of a foreign one, over real HTTP through `keyturn local`. */
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { decodeJwt } from 'jose';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { audience, type RunningProvider, startProvider } from '../../tools/foreign-issuer.ts';
import { listenOnLoopback } from '../engines.ts';
import { demoClient, type Played, startLocal, temporaryFolder } from './keyturn.ts';
import { compact, forgeKey } from '../attack/forge.ts';
import { type OwnKey, ownKey, signWith } from './own-key.ts';

jest.setTimeout(120_000);

let provider: RunningProvider;
/** An issuer that gives its tokens no `jti`. */
let plain: Server;
let plainIssuer: string;
const plainKey = forgeKey('ES256', 'plain');
let stack: Played;
let key: OwnKey;

const configOf = (more: object = {}) => ({
  trustedIssuers: [
    { issuer: provider.issuer, jwksUri: provider.jwksUri, audience: [audience] },
    { issuer: plainIssuer, jwksUri: `${plainIssuer}/jwks`, audience: ['orders'], algorithms: ['ES256'] },
  ],
  ...more,
});

beforeAll(async () => {
  provider = await startProvider();
  plain = createServer((_, response) => response.end(JSON.stringify({ keys: [plainKey.publicJwk] })));
  plainIssuer = `http://127.0.0.1:${await listenOnLoopback(plain)}`;
  stack = await startLocal({ config: configOf() });
  key = await ownKey(stack);
});

afterAll(async () => {
  await stack.end('SIGINT');
  provider.close();
  plain.closeAllConnections();
  plain.close();
});

const whoami = async (token: string, at = stack): Promise<number> =>
  (await fetch(`${at.url}/whoami`, { headers: { authorization: `Bearer ${token}` } })).status;

/** How long until a request is answered so, in milliseconds; fails after 15 s. */
async function until(status: number, token: string, at = stack): Promise<number> {
  const begin = performance.now();
  while ((await whoami(token, at)) !== status) {
    if (performance.now() - begin > 15_000) throw new Error(`not ${status} after 15 s`);
    await sleep(50);
  }
  return performance.now() - begin;
}

/** A token of a subject, client and session of its own. */
const ownToken = () => {
  const names = { sub: randomUUID(), client_id: randomUUID(), sid: randomUUID() };
  return signWith(key, { ...key.claims(), ...names });
};
const foreignToken = () => provider.token('orders:read');
const plainToken = (sub: string) => {
  const iat = Math.floor(Date.now() / 1000);
  const claims = { iss: plainIssuer, aud: 'orders', sub, iat, exp: iat + 600 };
  return compact({ alg: 'ES256', typ: 'at+jwt', kid: 'plain' }, claims, plainKey);
};

async function keyturn(...args: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await stack.keyturn([...args, '--json']);
  if (code !== 0) throw new Error(stderr || stdout);
  return JSON.parse(stdout);
}

type Named = (claims: ReturnType<typeof decodeJwt>, token: string) => readonly string[];
const foreign = (...args: readonly string[]): readonly string[] => [...args, '--issuer', provider.issuer];

it('takes no token of another issuer for an administrator, whatever scopes that issuer gave it', async () => {
  const iat = Math.floor(Date.now() / 1000);
  const claims = { iss: plainIssuer, aud: 'orders', sub: 'mallory', iat, exp: iat + 600 };
  const admin = { ...claims, scope: 'keyturn:read keyturn:issue' };
  const token = compact({ alg: 'ES256', typ: 'at+jwt', kid: 'plain' }, admin, plainKey);
  const headers = { authorization: `Bearer ${token}` };
  const asked = [
    await fetch(`${stack.url}/admin/clients`, { headers }),
    await fetch(`${stack.url}/admin/tokens`, { method: 'POST', headers, body: '{"clientId":"demo"}' }),
  ];
  expect(asked.map(({ status }) => status)).toEqual([403, 403]);
  expect(await asked[0]?.json()).toMatchObject({ error: 'insufficient_scope' });
  expect(await whoami(token)).toBe(200);
});

it('lists a deed in one line, whatever its reason would do to a terminal', async () => {
  await keyturn('revoke', '--jti', 'line\nbreak', '--reason', 'why\n\u001b[2K\u001b[1A\u009b8m');
  const { stdout } = await stack.keyturn(['events', '--limit', '1']);
  expect(stdout).toContain('line\\u000abreak');
  const [list = ''] = stdout.split('\n\n');
  expect(list.split('\n')).toHaveLength(2);
  expect(stdout).not.toMatch(/[^\P{Cc}\n]/u);
});

describe('revokes, and lifts again', () => {
  it.each<[string, () => Promise<string>, Named]>([
    ['a token of ours', ownToken, ({ jti = '' }) => ['--jti', jti]],
    ['a subject of ours', ownToken, ({ sub = '' }) => ['--subject', sub]],
    ['a client of ours', ownToken, (claims) => ['--client', String(claims['client_id'])]],
    ['a session of ours', ownToken, (claims) => ['--session', String(claims['sid'])]],
    ['all of ours', ownToken, () => ['--all']],
    ['a foreign token', foreignToken, ({ jti = '' }) => foreign('--jti', jti)],
    ['a foreign subject', foreignToken, ({ sub = '' }) => foreign('--subject', sub)],
    ['a foreign client', foreignToken, (claims) => foreign('--client', String(claims['client_id']))],
    ['all of a foreign issuer', foreignToken, () => foreign('--all')],
  ])('%s', async (_, newToken, named) => {
    const token = await newToken();
    const other = await (newToken === ownToken ? foreignToken() : ownToken());
    expect([await whoami(token), await whoami(other)]).toEqual([200, 200]);
    const args = named(decodeJwt(token), token);
    await keyturn('revoke', ...args, '--reason', 'test');
    expect(await until(401, token)).toBeLessThan(5000);
    expect(await whoami(other)).toBe(200);
    await keyturn('unrevoke', ...args, '--reason', 'test is over');
    expect(await until(200, token)).toBeLessThan(5000);
  });

  it('a foreign token by itself', async () => {
    const [token, other] = [await foreignToken(), await foreignToken()];
    expect((await stack.keyturn(['revoke', '-'], token)).code).toBe(0);
    expect([(await until(401, token)) < 5000, await whoami(other)]).toEqual([true, 200]);
  });

  it('a foreign token without jti, by its digest', async () => {
    const [token, other] = [plainToken('ann'), plainToken('bob')];
    expect([await whoami(token), await whoami(other)]).toEqual([200, 200]);
    const { code, stdout } = await stack.keyturn(['revoke', '-', '--json'], token);
    const { value } = JSON.parse(stdout) as { readonly value: string };
    expect([code, value]).toEqual([0, expect.stringMatching(/^sha-256:[\w-]{43}$/)]);
    expect([(await until(401, token)) < 5000, await whoami(other)]).toEqual([true, 200]);
    await keyturn('unrevoke', '--jti', value, '--issuer', plainIssuer);
    expect(await until(200, token)).toBeLessThan(5000);
  });

  it('nothing of a token that was issued after', async () => {
    const before = String(Math.floor(Date.now() / 1000) - 60);
    const token = await ownToken();
    const { sub = '' } = decodeJwt(token);
    await keyturn('revoke', '--subject', sub, '--before', before);
    await sleep(700);
    expect(await whoami(token)).toBe(200);
  });

  it('a foreign signing key, for good', async () => {
    const token = await foreignToken();
    await keyturn('revoke', ...foreign('--key', 'provider-key'), '--dry-run');
    expect(await whoami(token)).toBe(200);
    await keyturn('revoke', ...foreign('--key', 'provider-key'));
    expect(await until(401, token)).toBeLessThan(5000);
    await expect(keyturn('unrevoke', ...foreign('--key', 'provider-key'))).rejects.toThrow(
      /^a key stays revoked/,
    );
    await expect(keyturn('revoke', '--key', key.kid)).rejects.toThrow(
      /^a key of our own has to be taken out of use/,
    );
  });
});

it('lets no request pass that begins after the revocation was answered', async () => {
  const token = await ownToken();
  let revokedAt = Infinity;
  const passed: number[] = [];
  const load = async () => {
    for (const end = performance.now() + 4000; performance.now() < end;) {
      const begin = performance.now();
      if ((await whoami(token)) === 200) passed.push(begin);
    }
  };
  const loads = Promise.all([load(), load(), load()]);
  await sleep(500);
  await keyturn('revoke', '--jti', decodeJwt(token).jti ?? '');
  revokedAt = performance.now();
  await loads;
  expect(passed.length).toBeGreaterThan(0);
  expect(passed.filter((begin) => begin > revokedAt)).toEqual([]);
});

describe('revokes many', () => {
  const newToken = async (): Promise<string> => (await stack.keyturn(['token'])).stdout.trim();

  it('by a file with bad lines, which are listed; a second run does only the rest', async () => {
    const tokens = [await ownToken(), await ownToken()];
    const jtis = tokens.map((token) => decodeJwt(token).jti ?? '');
    const file = path.join(temporaryFolder(), 'list.txt');
    const lines = ['# stolen', jtis[0], '', '{"subject":""}', '{nonsense', `{"jti":"${jtis[1]}"}`];
    writeFileSync(file, lines.join('\n'));
    const first = await stack.keyturn(['revoke', '--file', file, '--json']);
    expect([first.code, JSON.parse(first.stdout)]).toMatchObject([
      1,
      { revoked: 2, skipped: 0, faults: [{ at: 'line 4' }, { at: 'line 5' }] },
    ]);
    for (const token of tokens) expect(await until(401, token)).toBeLessThan(5000);
    writeFileSync(
      file,
      lines
        .slice(0, 3)
        .concat(lines[5] ?? '')
        .join('\n'),
    );
    expect(await keyturn('revoke', '--file', file)).toEqual({ revoked: 0, skipped: 2, faults: [] });
    expect(readFileSync(`${file}.done`, 'utf8')).not.toContain(jtis[0]);
  });

  it('by a file of tokens, access and refresh, which nothing repeats', async () => {
    const own = await ownToken();
    const asked = ['token', '--subject', 'ada', '--scope', 'orders:read offline_access'];
    const granted = (await keyturn(...asked)) as { access_token: string; refresh_token: string };
    const file = path.join(temporaryFolder(), 'tokens.txt');
    writeFileSync(file, `${own}\n${granted.refresh_token}\n`);
    expect(await keyturn('revoke', '--file', file)).toEqual({ revoked: 2, skipped: 0, faults: [] });
    for (const token of [own, granted.access_token]) expect(await until(401, token)).toBeLessThan(5000);
    const { stdout } = await stack.keyturn(['introspect', '-'], granted.refresh_token);
    expect(JSON.parse(stdout)).toEqual({ active: false });
    const written = readFileSync(`${file}.done`, 'utf8') + JSON.stringify(await keyturn('events'));
    for (const token of [own, granted.refresh_token]) expect(written).not.toContain(token);
  });

  it('by a query over what was issued, of which a dry run counts', async () => {
    const tokens = [await newToken(), await newToken()];
    const { items } = (await keyturn('tokens', '--client', 'demo')) as { items: readonly { jti: string }[] };
    const jtis = items.map(({ jti }) => jti);
    expect(jtis).toEqual(expect.arrayContaining(tokens.map((token) => decodeJwt(token).jti)));
    const count = { liveTokens: { count: jtis.length, isComplete: true } };
    expect(await keyturn('revoke', '--client', 'demo', '--dry-run')).toMatchObject(count);
    expect(await whoami(tokens[0] ?? '')).toBe(200);
    const query = ['--query', 'clientId=demo&scope=orders:read'];
    expect(await keyturn('revoke', ...query)).toMatchObject({ revoked: jtis.length, faults: [] });
    for (const token of tokens) expect(await until(401, token)).toBeLessThan(5000);
    expect(await whoami(await newToken())).toBe(200);
  });

  it('records who did what', async () => {
    const { items } = (await keyturn('events', '--limit', '500')) as { items: readonly { action: string }[] };
    expect(new Set(items.map(({ action }) => action))).toEqual(new Set(['revoked', 'unrevoked']));
    expect(items[0]).toMatchObject({ actor: 'keyturn command line' });
  });

  it('shows when and why a token was last refused', async () => {
    const token = await newToken();
    const { jti = '' } = decodeJwt(token);
    await keyturn('revoke', '--jti', jti);
    await until(401, token);
    const { items } = (await keyturn('tokens', '--jti', jti)) as { items: readonly object[] };
    expect(items).toMatchObject([{ jti, lastRefusal: { reason: 'token_revoked' } }]);
    expect((await stack.keyturn(['tokens', '--jti', jti])).stdout).toContain('token_revoked');
    const reader = await signWith(key, { ...key.claims(), scope: 'keyturn:read' });
    const headers = { authorization: `Bearer ${reader}` };
    const overview = await fetch(`${stack.url}/admin/overview`, { headers });
    expect(await overview.json()).toMatchObject({
      lastRefusals: { byReason: { token_revoked: expect.any(Number) } },
    });
  });

  it('refuses what was issued before a restore, on trial', async () => {
    const [ours, theirs] = (await keyturn(
      'restore',
      '--issued-before',
      '2026-01-01',
      '--dry-run',
    )) as object[];
    expect(ours).toMatchObject({ dryRun: true, record: { kind: 'issuer', revokedBefore: 1_767_225_600 } });
    expect(theirs).toMatchObject({ record: { issuer: provider.issuer } });
  });
});

it('refuses what was issued before a restore, of every issuer, until it is lifted', async () => {
  const earlier = [await ownToken(), plainToken('carl')];
  const restored = Math.floor(Date.now() / 1000);
  const written = (await keyturn('restore', '--issued-before', String(restored))) as object[];
  expect(written).toMatchObject(
    [stack.url, provider.issuer, plainIssuer].map((issuer) => ({ issuer, revokedBefore: restored })),
  );
  for (const token of earlier) expect(await until(401, token)).toBeLessThan(5000);
  await sleep(1000);
  for (const token of [await ownToken(), plainToken('carl')]) expect(await whoami(token)).toBe(200);
  await keyturn('unrevoke', '--all');
  for (const issuer of [provider.issuer, plainIssuer]) await keyturn('unrevoke', '--all', '--issuer', issuer);
  for (const token of earlier) expect(await until(200, token)).toBeLessThan(5000);
});

describe('introspection', () => {
  const insecure = { [oauth.allowInsecureRequests]: true };

  it('answers oauth4webapi and openid-client, found by discovery', async () => {
    const { stdout } = await stack.keyturn(['token']);
    const token = stdout.trim();
    const { clientId, secret } = demoClient(stack);
    const issuer = new URL(stack.url);
    const found = await oauth.discoveryRequest(issuer, insecure);
    const server = await oauth.processDiscoveryResponse(issuer, found);
    const [client, basic] = [{ client_id: clientId }, oauth.ClientSecretBasic(secret)];
    const ask = async () => {
      const answer = await oauth.introspectionRequest(server, client, basic, token, insecure);
      return oauth.processIntrospectionResponse(server, client, answer);
    };
    expect(await ask()).toMatchObject({ active: true, client_id: clientId, iss: stack.url });
    const execute = [openid.allowInsecureRequests];
    const configuration = await openid.discovery(issuer, clientId, secret, undefined, { execute });
    expect(await openid.tokenIntrospection(configuration, token)).toMatchObject({ active: true });
    await openid.tokenRevocation(configuration, token);
    expect(await ask()).toEqual({ active: false });
    expect(await openid.tokenIntrospection(configuration, 'nonsense')).toEqual({ active: false });
  });

  it('tells a client nothing of the tokens of others', async () => {
    const { code, stdout } = await stack.keyturn(['introspect', '-'], await ownToken());
    expect([code, JSON.parse(stdout)]).toEqual([1, { active: false }]);
  });
});

describe('with answers kept for 300 s', () => {
  let caching: Played;
  beforeAll(async () => {
    caching = await startLocal({ config: configOf({ resultsCacheSeconds: 300 }) });
    key = await ownKey(caching);
  });
  afterAll(async () => {
    await caching.end('SIGINT');
  });

  it.each<[string, Named]>([
    ['a token', ({ jti = '' }) => ['--jti', jti]],
    ['a subject', ({ sub = '' }) => ['--subject', sub]],
  ])('a kept answer is flushed within seconds once %s is revoked', async (_, named) => {
    const [token, other] = [await ownToken(), await ownToken()];
    expect([await whoami(token, caching), await whoami(other, caching)]).toEqual([200, 200]);
    expect((await caching.keyturn(['revoke', ...named(decodeJwt(token), token)])).code).toBe(0);
    const seenMs = await until(401, token, caching);
    process.stderr.write(`revocation seen with the cache on after ${Math.round(seenMs)} ms\n`);
    expect(seenMs).toBeLessThan(12_000);
    expect(await whoami(other, caching)).toBe(200);
  });

  it('makes a handful of flushes of 300 revocations', async () => {
    const flushes = () => caching.output().split('"CacheFlushes":1').length - 1;
    await sleep(9000);
    const before = flushes();
    const file = path.join(temporaryFolder(), 'many.txt');
    writeFileSync(file, Array.from({ length: 300 }, () => randomUUID()).join('\n'));
    expect((await caching.keyturn(['revoke', '--file', file])).code).toBe(0);
    await sleep(10_000);
    process.stderr.write(`${flushes() - before} batches of flushes for 300 revocations\n`);
    expect(flushes() - before).toBeGreaterThan(0);
    expect(flushes() - before).toBeLessThanOrEqual(6);
  });
});
