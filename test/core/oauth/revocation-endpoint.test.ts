import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type RevocationContext, revocationEndpoint } from '../../../core/oauth/revocation-endpoint.ts';
import { UnavailableError } from '../../../core/ports.ts';
import { contextOf, now } from '../issuer.ts';
import { MemoryRevocations } from '../stores.ts';
import { foreignClaims, ours, setStage, type Spoilt, type Stage } from '../verify/fixture.ts';
import { basic, request, service } from './fixture.ts';

let stage: Stage;
let revocations: MemoryRevocations;
let context: RevocationContext;

beforeAll(async () => {
  stage = await setStage();
});

beforeEach(async () => {
  revocations = new MemoryRevocations();
  context = {
    ...(await service()).context,
    revocations,
    verification: stage.contextWith({ read: () => Promise.resolve(new Map()) }),
  };
});

const revoke = (body: string, headers = {}) => revocationEndpoint(request(body, headers), context);

describe('revocationEndpoint', () => {
  it.each(['', '&token_type_hint=access_token', '&token_type_hint=refresh_token', '&token_type_hint=x'])(
    'revokes a token of its client%s',
    async (hint) => {
      expect(await revoke(`token=${stage.token()}${hint}`)).toBeUndefined();
      expect(revocations.written).toEqual([
        {
          ...{ id: `token:22:${ours.issuer}:jti-1`, kind: 'token', issuer: ours.issuer, value: 'jti-1' },
          ...{
            revokedAt: now,
            expiresAt: now + 800 + 60 + 3600,
            reason: 'revoked by its client',
            actor: 'shop',
          },
        },
      ]);
    },
  );

  it.each<[string, Spoilt]>([
    ['an expired token', { claims: { exp: now - 500 } }],
    ['a token of an unknown issuer', { claims: { iss: 'https://evil.example' } }],
    ['a token with a wrong signature', { sign: () => 'AAAA' }],
    ['a token of another type', { header: { typ: 'JWT' } }],
  ])('answers for %s as for one that it revoked, and writes nothing', async (_, spoilt) => {
    expect(await revoke(`token=${stage.token(spoilt)}`)).toBeUndefined();
    expect(await revoke('token=nonsense')).toBeUndefined();
    expect(revocations.written).toEqual([]);
  });

  it.each<[string, object]>([
    ['another client', { client_id: 'two' }],
    ['a client whose name begins alike', { client_id: 'shop2' }],
  ])('refuses the token of %s', async (_, claims) => {
    await expect(revoke(`token=${stage.token({ claims })}`)).rejects.toMatchObject({
      ...{ code: 'unauthorized_client', status: 400, message: 'the token was issued to another client' },
    });
    expect(revocations.written).toEqual([]);
  });

  it('refuses the token of another issuer, though its client has the name of ours', async () => {
    const claims = { ...foreignClaims, client_id: 'shop' };
    const token = stage.token({ header: { kid: 'foreign' }, claims, sign: stage.sign.foreign });
    await expect(revoke(`token=${token}`)).rejects.toMatchObject({
      ...{ code: 'unauthorized_client', message: 'the token was issued to another client' },
    });
    expect(revocations.written).toEqual([]);
  });

  it.each<[string, string, object, string, string]>([
    ['no token', 'token_type_hint=access_token', {}, 'invalid_request', 'token is missing'],
    ['an empty token', 'token=', {}, 'invalid_request', 'token is missing'],
    ['two tokens', 'token=a&token=b', {}, 'invalid_request', 'a parameter is given twice'],
    [
      'a wrong secret',
      'token=a',
      { authorization: basic('shop', 'x') },
      'invalid_client',
      'client authentication failed: unknown client, wrong secret, or none given',
    ],
    [
      'nobody',
      'token=a',
      { authorization: undefined },
      'invalid_client',
      'client authentication failed: unknown client, wrong secret, or none given',
    ],
    [
      'JSON',
      '{}',
      { 'content-type': 'application/json' },
      'invalid_request',
      'Content-Type must be application/x-www-form-urlencoded',
    ],
  ])('refuses %s', async (_, body, headers, code, message) => {
    await expect(revoke(body, headers)).rejects.toMatchObject({ name: 'OAuthError', code, message });
  });

  it('lets an unavailable table, and unavailable keys, through as what they are', async () => {
    const write = () => Promise.reject(new UnavailableError('revocations'));
    context = { ...context, revocations: { write } };
    await expect(revoke(`token=${stage.token()}`)).rejects.toThrow(new UnavailableError('revocations'));
    const keys = { find: () => Promise.reject(new UnavailableError('keys')) };
    context = { ...context, verification: contextOf([{ settings: ours, keys }]) };
    await expect(revoke(`token=${stage.token()}`)).rejects.toThrow(new UnavailableError('keys'));
  });
});
