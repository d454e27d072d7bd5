import { beforeEach, describe, expect, it } from '@jest/globals';
import { compactVerify } from 'jose';
import { UnavailableError } from '../../../core/ports.ts';
import { grantTypes } from '../../../core/contract/grants.ts';
import { type TokenContext, tokenEndpoint } from '../../../core/oauth/token-endpoint.ts';
import { now } from '../issuer.ts';
import { basic, client, request, type Service, service } from './fixture.ts';

let running: Service;
beforeEach(async () => {
  running = await service(
    await client('short', ['x'], { tokenLifetimeSeconds: 60 }),
    await client('long', ['x'], { tokenLifetimeSeconds: 90_000 }),
    await client('scopeless', ['x'], { scopes: [] }),
    await client('partner', ['x'], { audience: ['a', 'b'] }),
    await client('single', ['x'], { audience: ['a'] }),
  );
});

const good = 'grant_type=client_credentials';
const ask = (body = good, headers = {}, change: Partial<TokenContext> = {}) =>
  tokenEndpoint(request(body, headers), { ...running.context, ...change });
const askAs = (id: string, body = good) => ask(body, { authorization: basic(id, 'x') });

async function opened(token: string) {
  const { payload, protectedHeader } = await compactVerify(token, running.key.publicKey);
  return {
    header: protectedHeader,
    claims: JSON.parse(new TextDecoder().decode(payload)) as Record<string, unknown>,
  };
}

describe('tokenEndpoint', () => {
  it('issues an access token as RFC 9068 has it', async () => {
    const { access_token: token, ...rest } = await ask();
    expect(rest).toEqual({ token_type: 'Bearer', expires_in: 900, scope: 'read write' });
    expect(await opened(token)).toEqual({
      header: { alg: 'ES256', typ: 'at+jwt', kid: 'es' },
      claims: {
        ...{ iss: 'https://issuer.example', sub: 'shop', client_id: 'shop', aud: 'orders', jti: 'jti-1' },
        ...{ iat: now, nbf: now, exp: now + 900, scope: 'read write' },
      },
    });
  });

  it('records what it issued, and no token', async () => {
    await ask();
    expect(running.issuedTokens.stored).toEqual([
      {
        ...{
          jti: 'jti-1',
          issuer: 'https://issuer.example',
          subject: 'shop',
          clientId: 'shop',
          scope: 'read write',
        },
        ...{ kid: 'es', issuedAt: now, expiresAt: now + 900 },
      },
    ]);
  });

  it('hands out no token that was not recorded first', async () => {
    let recorded = false;
    const put = async () => {
      await Promise.resolve();
      recorded = true;
    };
    await ask(good, {}, { issuedTokens: { ...running.issuedTokens, put } as never });
    expect(recorded).toBe(true);
    const failing = { put: () => Promise.reject(new UnavailableError('issued tokens')) };
    await expect(ask(good, {}, { issuedTokens: failing as never })).rejects.toThrow(
      new UnavailableError('issued tokens'),
    );
  });

  it('lets an unavailable signing key through as what it is', async () => {
    const current = () => Promise.reject(new UnavailableError('KMS'));
    await expect(ask(good, {}, { signer: { current } })).rejects.toThrow(new UnavailableError('KMS'));
    expect(running.issuedTokens.stored).toEqual([]);
  });

  it.each([
    ['no scope', good, 'read write'],
    ['an empty scope', `${good}&scope=`, 'read write'],
    ['a subset', `${good}&scope=write`, 'write'],
    ['another order', `${good}&scope=write+read`, 'write read'],
    ['one twice', `${good}&scope=read+read`, 'read'],
    ['spaces around', `${good}&scope=+read++write+`, 'read write'],
    ['spaces alone', `${good}&scope=+`, undefined],
  ])('grants, asked for %s', async (_, body, scope) => {
    const answer = await ask(body);
    expect(answer.scope).toBe(scope);
    expect((await opened(answer.access_token)).claims.scope).toBe(scope);
    expect(running.issuedTokens.stored[0]?.scope).toBe(scope ?? '');
  });

  it.each(['admin', 'read+admin', 'READ', 'rea', 'read%09write', 'read,write', '__proto__', 'constructor'])(
    'refuses the scope %s',
    async (scope) => {
      await expect(ask(`${good}&scope=${scope}`)).rejects.toMatchObject({
        ...{ code: 'invalid_scope', status: 400 },
        message: 'the client is not allowed one of the requested scopes',
      });
      expect(running.issuedTokens.stored).toEqual([]);
    },
  );

  it('leaves scope out for a client that has none', async () => {
    const answer = await askAs('scopeless');
    expect(answer).not.toHaveProperty('scope');
    expect((await opened(answer.access_token)).claims).not.toHaveProperty('scope');
  });

  it.each([
    ['partner', ['a', 'b']],
    ['single', 'a'],
  ])('gives client %s its own audience', async (id, aud) => {
    expect((await opened((await askAs(id)).access_token)).claims.aud).toEqual(aud);
  });

  it.each([
    ['short', 900, 60],
    ['long', 900, 900],
    ['long', 300, 300],
    ['short', 30, 30],
  ])('limits the lifetime of client %s by a key of %d s to %d s', async (id, longest, expected) => {
    const current = async (time: number) => {
      const held = await running.context.signer.current(time);
      return { ...held, signingKey: { ...held.signingKey, maxTokenLifetimeSeconds: longest } };
    };
    const answer = await ask(good, { authorization: basic(id, 'x') }, { signer: { current } });
    expect(answer.expires_in).toBe(expected);
    expect((await opened(answer.access_token)).claims.exp).toBe(now + expected);
  });

  it('limits the lifetime by the service where client and key would allow more', async () => {
    const settings = { ...running.context.settings, tokenLifetimeSeconds: 120 };
    const headers = { authorization: basic('long', 'x') };
    expect(await ask(good, headers, { settings })).toMatchObject({ expires_in: 120 });
  });
});

describe('tokenEndpoint refuses', () => {
  it.each<[string, string, object, string, number, string]>([
    ['no grant_type', 'scope=read', {}, 'invalid_request', 400, 'grant_type is missing'],
    ['an empty grant_type', 'grant_type=', {}, 'invalid_request', 400, 'grant_type is missing'],
    [
      'a parameter given twice',
      `${good}&scope=read&scope=write`,
      {},
      'invalid_request',
      400,
      'a parameter is given twice',
    ],
    [
      'two ways to authenticate',
      `${good}&client_secret=s3cret`,
      {},
      'invalid_request',
      400,
      'two client authentication methods at once; allowed: one',
    ],
    [
      'JSON',
      '{}',
      { 'content-type': 'application/json' },
      'invalid_request',
      415,
      'Content-Type must be application/x-www-form-urlencoded',
    ],
    [
      'a large body',
      `${good}&x=${'x'.repeat(16_384)}`,
      {},
      'invalid_request',
      413,
      'the body may have at most 16384 bytes',
    ],
    [
      'a wrong secret',
      good,
      { authorization: basic('shop', 'wrong') },
      'invalid_client',
      401,
      'client authentication failed: unknown client, wrong secret, or none given',
    ],
    [
      'a disabled client',
      good,
      { authorization: basic('off', 's3cret') },
      'invalid_client',
      401,
      'client authentication failed: unknown client, wrong secret, or none given',
    ],
    [
      'a wrong secret before a wrong grant',
      'grant_type=x',
      { authorization: basic('shop', 'wrong') },
      'invalid_client',
      401,
      'client authentication failed: unknown client, wrong secret, or none given',
    ],
  ])('%s', async (_, body, headers, code, status, message) => {
    await expect(ask(body, headers)).rejects.toMatchObject({ name: 'OAuthError', code, status, message });
    expect(running.issuedTokens.stored).toEqual([]);
  });

  it.each([
    'password',
    'authorization_code',
    'Client_Credentials',
    '__proto__',
    'constructor',
    'toString',
    'valueOf',
  ])('the grant %s', async (grant) => {
    await expect(ask(`grant_type=${grant}`)).rejects.toMatchObject({
      ...{ code: 'unsupported_grant_type', status: 400 },
      message: `grant_type must be ${grantTypes.join(' or ')}`,
    });
  });

  it('in descriptions of the characters that RFC 6749 §5.2 takes', async () => {
    const bodies = [good, '', 'grant_type=x', `${good}&scope=x`, `${good}&client_id=two`, `${good}&a=1&a=1`];
    const denied = bodies.slice(1).map((body) => ask(body).catch((error: Error) => error.message));
    for (const message of await Promise.all(denied))
      expect(message).toMatch(/^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/);
  });
});
