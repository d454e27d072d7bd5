import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type IntrospectionContext,
  introspectionEndpoint,
} from '../../../core/oauth/introspection-endpoint.ts';
import { tokenEndpoint } from '../../../core/oauth/token-endpoint.ts';
import { UnavailableError } from '../../../core/ports.ts';
import type { Client } from '../../../core/issue/client.ts';
import type { RefreshFamily } from '../../../core/refresh/family.ts';
import { revocationId, type RevocationRecord } from '../../../core/revocation/record.ts';
import { now } from '../issuer.ts';
import { foreignClaims, ours, setStage, type Spoilt, type Stage } from '../verify/fixture.ts';
import { basic, client, request, type Service, service, settings } from './fixture.ts';

let stage: Stage;
let running: Service;
let context: IntrospectionContext;
const records = new Map<string, RevocationRecord>();

beforeAll(async () => {
  stage = await setStage();
});

beforeEach(async () => {
  records.clear();
  const more = [
    await client('seer', ['s3cret'], { scopes: ['keyturn:read'] }),
    await client('open', [], { isPublic: true }),
    await client('app', ['x'], { scopes: ['read', 'write', 'offline_access'] }),
  ];
  running = await service(...more);
  context = {
    ...running.context,
    issuer: ours.issuer,
    refresh: { ...running.context, issuer: ours.issuer },
    authorization: stage.contextWith({
      read: (ids) => Promise.resolve(new Map([...records].filter(([id]) => ids.includes(id)))),
    }),
  };
});

const introspect = (token: string, headers = {}, more = '') =>
  introspectionEndpoint(request(`token=${token}${more}`, headers), context);
const asSeer = { authorization: basic('seer', 's3cret') };

describe('introspectionEndpoint', () => {
  it.each(['', '&token_type_hint=access_token', '&token_type_hint=refresh_token', '&token_type_hint=x'])(
    'tells a client of its own token%s',
    async (hint) => {
      expect(await introspect(stage.token(), {}, hint)).toMatchObject({
        active: true,
        iss: ours.issuer,
        sub: expect.any(String),
        client_id: 'shop',
        token_type: 'Bearer',
        jti: 'jti-1',
        exp: now + 800,
      });
    },
  );

  it('tells how a token is bound', async () => {
    const cnf = { jkt: 'A'.repeat(43) };
    expect(await introspect(stage.token({ claims: { cnf } }))).toMatchObject({
      active: true,
      token_type: 'DPoP',
      cnf,
    });
  });

  it.each<[string, Spoilt]>([
    ['an expired token', { claims: { exp: now - 500 } }],
    ['a token that is not valid yet', { claims: { nbf: now + 500 } }],
    ['a token of an unknown issuer', { claims: { iss: 'https://evil.example' } }],
    ['a token with a wrong signature', { sign: () => 'AAAA' }],
    ['a token of another type', { header: { typ: 'JWT' } }],
    ['a token of another client', { claims: { client_id: 'two' } }],
  ])('says of %s that it is not active, and nothing else', async (_, spoilt) => {
    expect(await introspect(stage.token(spoilt))).toEqual({ active: false });
  });

  it('says of nonsense that it is not active', async () => {
    expect(await introspect('nonsense')).toEqual({ active: false });
  });

  it.each(['token', 'client', 'issuer'] as const)(
    'says of a token whose %s is revoked that it is not active',
    async (kind) => {
      const value = { token: 'jti-1', client: 'shop', issuer: '' }[kind];
      const id = revocationId(kind, ours.issuer, value);
      records.set(id, { id, kind, issuer: ours.issuer, value, revokedAt: now, expiresAt: now + 9 });
      expect(await introspect(stage.token())).toEqual({ active: false });
    },
  );

  it("tells a client nothing of another issuer's token, though it was issued to one of the same id", async () => {
    const claims = { ...foreignClaims, client_id: 'shop' };
    const token = stage.token({ header: { kid: 'foreign', typ: 'JWT' }, claims, sign: stage.sign.foreign });
    expect(await introspect(token)).toEqual({ active: false });
    expect(await introspect(token, asSeer)).toMatchObject({ active: true, iss: foreignClaims.iss });
  });

  it("tells whoever may see everything of another client's token", async () => {
    const token = stage.token({ claims: { client_id: 'two' } });
    expect(await introspect(token, asSeer)).toMatchObject({ active: true, client_id: 'two' });
  });

  it.each<[string, string, object, string, string]>([
    ['no token', '', {}, 'invalid_request', 'token is missing'],
    [
      'a wrong secret',
      'x',
      { authorization: basic('shop', 'x') },
      'invalid_client',
      'client authentication failed: unknown client, wrong secret, or none given',
    ],
    [
      'a public client',
      'x&client_id=open',
      { authorization: undefined },
      'invalid_client',
      'a public client cannot introspect: it has no credentials',
    ],
  ])('refuses %s', async (_, token, headers, code, message) => {
    await expect(introspect(token, headers)).rejects.toMatchObject({ name: 'OAuthError', code, message });
  });

  it('lets an unavailable table through as what it is', async () => {
    const read = () => Promise.reject(new UnavailableError('revocations'));
    context = { ...context, authorization: stage.contextWith({ read }) };
    await expect(introspect(stage.token())).rejects.toThrow(new UnavailableError('revocations'));
  });
});

describe('introspection of refresh tokens', () => {
  const asApp = { authorization: basic('app', 'x') };
  const at = (time: number) => ({ ...running.context, issuer: ours.issuer, now: time });
  const post = async (body: string, time = now) =>
    (await tokenEndpoint(request(body, asApp), at(time))).refresh_token ?? '';
  const begin = () => post('grant_type=client_credentials&scope=read+offline_access');
  const use = (token: string, time = now) => post(`grant_type=refresh_token&refresh_token=${token}`, time);
  const askAt = (time: number, token: string, headers: object = asApp) => {
    context = { ...context, refresh: at(time) };
    return introspect(token, headers);
  };
  const family = () => [...running.families.stored.values()][0];

  it.each([{ headers: asApp }, { headers: asSeer }])('tells what it still gives', async ({ headers }) => {
    const token = await begin();
    const { sid } = family() ?? {};
    expect(await askAt(now + 9, token, headers)).toEqual({
      ...{
        active: true,
        iss: ours.issuer,
        sub: 'app',
        client_id: 'app',
        aud: ['orders'],
        scope: 'read offline_access',
        sid,
      },
      ...{ iat: now, exp: now + settings.refreshTokenLifetimeSeconds },
    });
  });

  it('tells what it is bound to', async () => {
    const token = await begin();
    const { sid = '', ...rest } = family() ?? {};
    const jkt = 'A'.repeat(43);
    running.families.stored.set(sid, { ...rest, sid, jkt } as RefreshFamily);
    expect(await askAt(now, token)).toMatchObject({ active: true, cnf: { jkt } });
  });

  it('follows its use: the successor, the last one as long as it gets that again, and no older one', async () => {
    const first = await begin();
    const second = await use(first, now + 10);
    expect(await askAt(now + 39, first)).toMatchObject({ active: true, exp: now + 40 });
    expect(await askAt(now + 40, first)).toEqual({ active: false });
    const third = await use(second, now + 50);
    expect(await askAt(now + 51, first)).toEqual({ active: false });
    expect(await askAt(now + 51, third)).toMatchObject({ active: true, iat: now + 50 });
  });

  it('is no use: nothing is written, whatever is asked about', async () => {
    const first = await begin();
    const second = await use(await use(first));
    const before = JSON.stringify([family(), [...running.revocations.written]]);
    for (const token of [first, second]) await askAt(now + 99, token);
    expect(JSON.stringify([family(), [...running.revocations.written]])).toBe(before);
    expect(await use(second)).toMatch(/^ktr\./);
  });

  it('tells nothing of what its client may not use', async () => {
    const token = await begin();
    const [, sid = '', , proof = '', secret = ''] = token.split('.');
    const other = 'A'.repeat(43);
    expect(await askAt(now, `ktr.${sid}.0.${proof}.${other}`)).toEqual({ active: false });
    expect(await askAt(now, `ktr.${sid}.1.${proof}.${secret}`)).toEqual({ active: false });
    expect(await askAt(now, `ktr.${sid}.0.${other.slice(0, 22)}.${secret}`)).toEqual({ active: false });
    expect(await askAt(now, token, { authorization: basic('shop', 's3cret') })).toEqual({ active: false });
    expect(await askAt(now + settings.refreshTokenLifetimeSeconds, token)).toEqual({ active: false });
  });

  it.each<[string, Partial<Client>]>([
    ['is disabled', { disabled: true }],
    ['may not refresh any more', { grants: ['client_credentials'] }],
    ['is a later one of this id', { createdAt: now + 1 }],
    ['may have tokens for nothing that it was granted', { audience: ['stock'] }],
  ])('tells nothing of a token whose client %s', async (_, change) => {
    const token = await begin();
    const app = await running.clients.get('app');
    if (app === undefined) throw new Error('no client');
    await running.clients.replace({ ...app, ...change, version: app.version + 1 });
    expect(await askAt(now, token, asSeer)).toEqual({ active: false });
  });

  it('leaves out a scope that its client may not have any more', async () => {
    const token = await post('grant_type=client_credentials&scope=read+write+offline_access');
    const app = await running.clients.get('app');
    if (app === undefined) throw new Error('no client');
    await running.clients.replace({ ...app, scopes: ['write'], version: app.version + 1 });
    expect(await askAt(now, token)).toMatchObject({ active: true, scope: 'write' });
  });

  it.each(['session', 'subject', 'client', 'issuer'] as const)(
    'tells nothing once its %s is revoked',
    async (kind) => {
      const token = await begin();
      const value = { session: family()?.sid ?? '', subject: 'app', client: 'app', issuer: '' }[kind];
      const id = revocationId(kind, ours.issuer, value);
      const times = { revokedBefore: now, revokedAt: now, expiresAt: now + 9999 };
      await running.revocations.write({ id, kind, issuer: ours.issuer, value, ...times });
      expect(await askAt(now + 1, token)).toEqual({ active: false });
    },
  );

  it('tells nothing of a family that is revoked, and writes nothing where its access tokens are not', async () => {
    const token = await begin();
    await running.families.revoke(family()?.sid ?? '', now);
    expect(await askAt(now + 1, token)).toEqual({ active: false });
    expect([...running.revocations.written]).toEqual([]);
  });
});
