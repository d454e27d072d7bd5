import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type IntrospectionContext,
  introspectionEndpoint,
} from '../../../core/oauth/introspection-endpoint.ts';
import { UnavailableError } from '../../../core/ports.ts';
import { revocationId, type RevocationRecord } from '../../../core/revocation/record.ts';
import { now } from '../issuer.ts';
import { ours, setStage, type Spoilt, type Stage } from '../verify/fixture.ts';
import { basic, client, request, service } from './fixture.ts';

let stage: Stage;
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
  ];
  context = {
    ...(await service(...more)).context,
    issuer: ours.issuer,
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
      'a public client cannot introspect: it has nothing to prove itself with',
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
