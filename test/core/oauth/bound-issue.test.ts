/** DPoP-bound issue (RFC 9449 §5) and resource indicators (RFC 8707 §2) at the token endpoint. */
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { calculateJwkThumbprint, decodeJwt } from 'jose';
import { issueDirectly } from '../../../core/oauth/direct-issue.ts';
import { tokenEndpoint } from '../../../core/oauth/token-endpoint.ts';
import { compact, makeKey, now, signer, type TestKey } from '../issuer.ts';
import { basic, client, issuer, request, type Service, service } from './fixture.ts';

const scopes = ['read', 'offline_access'];
const audience = ['https://api.example/a', 'https://api.example/b', 'orders'];

let key: TestKey;
let other: TestKey;
let running: Service;
beforeAll(async () => {
  [key, other] = await Promise.all([makeKey('ES256', 'p'), makeKey('ES256', 'q')]);
});
beforeEach(async () => {
  running = await service(
    await client('app', ['x'], { scopes, audience }),
    await client('spa', [], { scopes, isPublic: true }),
  );
});

let serial = 0;
function proof(claims: object = {}, by: TestKey = key, header: object = {}): string {
  const { kid: _, alg: __, use: ___, ...jwk } = by.publicJwk;
  const signed = { jti: `p-${++serial}`, htm: 'POST', htu: `${issuer}/oauth2/token`, iat: now, ...claims };
  return compact({ typ: 'dpop+jwt', alg: 'ES256', jwk, ...header }, signed, signer(by));
}

const post = (body: string, dpop?: string) =>
  tokenEndpoint(request(body, { authorization: basic('app', 'x'), dpop }), running.context);
const thumbprint = (by: TestKey) => calculateJwkThumbprint(by.publicJwk, 'sha256');
const own = 'grant_type=client_credentials&scope=read+offline_access';
const refreshBy = (token = '') => `grant_type=refresh_token&refresh_token=${token}`;

describe('a token request with a DPoP proof', () => {
  it('gets a token that is bound to its key', async () => {
    const answer = await post(own, proof());
    expect(answer.token_type).toBe('DPoP');
    expect(decodeJwt(answer.access_token).cnf).toEqual({ jkt: await thumbprint(key) });
  });

  it('of a confidential client binds the access token alone', async () => {
    const { refresh_token: token } = await post(own, proof());
    const answer = await post(refreshBy(token), proof({}, other));
    expect(decodeJwt(answer.access_token).cnf).toEqual({ jkt: await thumbprint(other) });
    expect((await post(refreshBy(answer.refresh_token))).token_type).toBe('Bearer');
  });

  it.each<[string, () => string, string]>([
    ['another method', () => proof({ htm: 'GET' }), 'htm must be POST'],
    ['another URL', () => proof({ htu: `${issuer}/whoami` }), 'htu must be the URL of the request'],
    ['an old time', () => proof({ iat: now - 61 }), 'iat 1799999939, time'],
    ['no jti', () => proof({ jti: undefined }), 'jti must be a string'],
    ['another typ', () => proof({}, key, { typ: 'JWT' }), 'typ must be dpop+jwt'],
    ['another signature', () => proof({}, other, { jwk: key.publicJwk }), 'the signature is not valid'],
    ['two proofs in one', () => `${proof()},${proof()}`, 'not three segments'],
    ['nothing', () => '', 'not three segments'],
  ])('of %s is refused', async (_, make, message) => {
    await expect(post(own, make())).rejects.toMatchObject({
      ...{ code: 'invalid_dpop_proof', status: 400, message: expect.stringContaining(message) },
    });
    expect(running.issuedTokens.stored).toEqual([]);
  });

  it('is refused the second time', async () => {
    const once = proof();
    await post(own, once);
    await expect(post(own, once)).rejects.toMatchObject({
      ...{ code: 'invalid_dpop_proof', message: 'the proof was used before' },
    });
  });
});

describe('tokens that a backend gets for an app', () => {
  const begin = async (more: object = {}) =>
    issueDirectly(
      { action: 'issue', clientId: 'spa', subject: 'alice', scope: 'read offline_access', ...more },
      running.context,
    );
  const asSpa = (token = '', dpop?: string) =>
    tokenEndpoint(
      request(`client_id=spa&${refreshBy(token)}`, { authorization: undefined, dpop }),
      running.context,
    );

  it('speak for the subject, access and refresh tokens alike', async () => {
    const first = await begin();
    const next = await asSpa(first.refresh_token);
    for (const { access_token: token } of [first, next]) {
      expect(decodeJwt(token)).toMatchObject({ sub: 'alice', client_id: 'spa', scope: 'read' });
    }
  });

  it('are bound to the key that the backend names, refresh tokens too', async () => {
    const first = await begin({ jkt: await thumbprint(key) });
    expect(first.token_type).toBe('DPoP');
    for (const dpop of [undefined, proof({}, other)]) {
      await expect(asSpa(first.refresh_token, dpop)).rejects.toMatchObject({ code: 'invalid_dpop_proof' });
    }
    expect((await asSpa(first.refresh_token, proof())).token_type).toBe('DPoP');
  });

  it.each<[string, object, string]>([
    ['no subject', { subject: '' }, 'subject must be a string of 1 to 400 characters'],
    ['a subject that is none', { subject: 7 }, 'subject must be a string of 1 to 400 characters'],
    ['a long client id', { clientId: 'x'.repeat(401) }, 'clientId must be a string of 1 to 400 characters'],
    ['scopes in a list', { scope: ['read'] }, 'scope must be a string'],
    ['a resource by itself', { resource: 'x' }, 'resource must be an array of one or more strings'],
    ['no resource', { resource: [] }, 'resource must be an array of one or more strings'],
    ['a key by name', { jkt: 'mine' }, 'jkt must be the RFC 7638 thumbprint'],
    ['an unknown client', { clientId: 'nobody' }, 'there is no enabled client with this client_id'],
    ['a disabled client', { clientId: 'off' }, 'there is no enabled client with this client_id'],
    ['a scope beyond', { scope: 'admin' }, 'the client is not allowed one of the requested scopes'],
  ])('are refused for %s', async (_, more, message) => {
    await expect(begin(more)).rejects.toMatchObject({
      ...{ name: 'OAuthError', message: expect.stringContaining(message) },
    });
  });
});

describe('resource', () => {
  it.each<[string, string, unknown]>([
    ['none', '', audience],
    ['one', '&resource=https://api.example/a', 'https://api.example/a'],
    ['two', '&resource=https://api.example/b&resource=https://api.example/a', audience.slice(0, 2).reverse()],
    ['one twice', '&resource=https://api.example/a&resource=https://api.example/a', 'https://api.example/a'],
  ])('%s gives the token its audience', async (_, resource, aud) => {
    expect(decodeJwt((await post(own + resource)).access_token).aud).toEqual(aud);
  });

  it.each([
    [
      'another resource',
      'https://api.example/c',
      'the client is not allowed a token for one of the resources',
    ],
    ['one of two', 'https://api.example/a&resource=https://x.example', 'the client is not allowed a token'],
    ['no URI', 'orders', 'resource must be an absolute URI without a fragment'],
    ['a fragment', 'https://api.example/a%23x', 'resource must be an absolute URI without a fragment'],
  ])('is refused for %s', async (_, resource, message) => {
    await expect(post(`${own}&resource=${resource}`)).rejects.toMatchObject({
      ...{ code: 'invalid_target', status: 400, message: expect.stringContaining(message) },
    });
  });

  it('narrows a refreshed token, and not the family', async () => {
    const { refresh_token: first } = await post(own);
    const narrow = await post(`${refreshBy(first)}&resource=https://api.example/a`);
    expect(decodeJwt(narrow.access_token).aud).toBe('https://api.example/a');
    expect(decodeJwt((await post(refreshBy(narrow.refresh_token))).access_token).aud).toEqual(audience);
  });
});
