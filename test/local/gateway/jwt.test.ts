import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Resource } from '../../../local/types.ts';
import { ref, resource } from './function-double.ts';
import { send } from './http-client.ts';
import { httpApi, lambdaRoute, start, type Running } from './http-fixture.ts';
import { lambdaIntegration, restApi, restMethod } from './rest-fixture.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const otherRsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const seconds = 1_700_000_000;

let server: Server;
let issuer = '';
let fetches = 0;
let published: unknown[] = [];
let running: Running | undefined;

beforeAll(async () => {
  server = createServer((request, response) => {
    fetches += 1;
    const metadata = { issuer, jwks_uri: `${issuer}/keys` };
    response.end(JSON.stringify(request.url === '/keys' ? { keys: published } : metadata));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  issuer = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

afterEach(async () => {
  await running?.gateway.close();
  running = undefined;
});

function jwk(key: KeyObject, kid: string): object {
  return { ...key.export({ format: 'jwk' }), kid, use: 'sig' };
}

interface Parts {
  readonly header?: object;
  readonly claims?: object;
  readonly key?: KeyObject;
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function token({ header = {}, claims = {}, key = rsa.privateKey }: Parts = {}): string {
  const all = { iss: issuer, aud: 'api', exp: seconds + 60, iat: seconds, sub: 'ann', ...claims };
  const signed = `${part({ alg: 'RS256', kid: 'one', ...header })}.${part(all)}`;
  const input = key.asymmetricKeyType === 'ec' ? { key, dsaEncoding: 'ieee-p1363' as const } : key;
  return `${signed}.${sign('sha256', Buffer.from(signed), input).toString('base64url')}`;
}

const echo = () => ({ statusCode: 200, body: 'in' });

async function startHttp(scopes: string[] = [], now = () => seconds * 1000): Promise<Running> {
  published = [jwk(rsa.publicKey, 'one'), jwk(ec.publicKey, 'ec')];
  fetches = 0;
  const authorizer = resource('Auth', 'AWS::ApiGatewayV2::Authorizer', {
    ApiId: ref('Api'),
    AuthorizerType: 'JWT',
    IdentitySource: ['$request.header.Authorization'],
    JwtConfiguration: { Audience: ['api', 'other'], Issuer: issuer },
    Name: 'Auth',
  });
  const route = { AuthorizationType: 'JWT', AuthorizerId: ref('Auth'), AuthorizationScopes: scopes };
  running = await start([...httpApi(), authorizer, ...lambdaRoute('GET /', { route })], { echo }, now);
  return running;
}

async function call(run: Running, credentials?: string, path = '/') {
  const headers = credentials === undefined ? [] : ['authorization', credentials];
  const { status, headers: got, body } = await send(run.url + path, { headers });
  return { status, body, challenge: got['www-authenticate'] };
}

const unauthorized = '{"message":"Unauthorized"}';

describe('JWT authorizer of an HTTP API', () => {
  it.each([['Bearer '], ['bearer '], ['']])('lets a valid token in, after "%s"', async (prefix) => {
    const run = await startHttp();
    const claims = { roles: ['a', 'b'], n: 1, ok: true };
    expect((await call(run, prefix + token({ claims }))).status).toBe(200);
    expect(run.functions.eventsOf('echo')[0]?.['requestContext']).toMatchObject({
      authorizer: {
        jwt: {
          claims: { sub: 'ann', aud: 'api', exp: String(seconds + 60), roles: '[a b]', n: '1', ok: 'true' },
          scopes: null,
        },
      },
    });
  });

  it.each<[string, Parts]>([
    ['a list of audiences', { claims: { aud: ['x', 'other'] } }],
    ['client_id in place of aud', { claims: { aud: undefined, client_id: 'api' } }],
  ])('takes %s', async (_what, parts) => {
    expect((await call(await startHttp(), token(parts))).status).toBe(200);
  });

  it.each<[string, Parts, string]>([
    ['a foreign issuer', { claims: { iss: 'https://evil.example' } }, 'the token has an invalid issuer'],
    [
      'a foreign audience',
      { claims: { aud: 'x', client_id: 'api' } },
      'the token does not have a valid audience',
    ],
    ['no audience', { claims: { aud: undefined } }, 'the token does not have a valid audience'],
    ['an expired token', { claims: { exp: seconds } }, 'the token has expired'],
    ['no exp', { claims: { exp: undefined } }, 'the token has expired'],
    ['an exp that is text', { claims: { exp: String(seconds + 60) } }, 'the token has expired'],
    ['nbf in the future', { claims: { nbf: seconds + 1 } }, 'the token is not valid yet'],
    ['iat in the future', { claims: { iat: seconds + 1 } }, 'the token is used before it was issued'],
    ['an unknown kid', { header: { kid: 'two' } }, 'unable to find an appropriate verification key'],
    ['no kid', { header: { kid: undefined } }, 'the token has no key id'],
    ['alg none', { header: { alg: 'none' } }, 'the signing method is invalid'],
    ['HS256', { header: { alg: 'HS256' } }, 'the signing method is invalid'],
    [
      'an elliptic curve',
      { header: { alg: 'ES256', kid: 'ec' }, key: ec.privateKey },
      'the signing method is invalid',
    ],
    ['a foreign key', { key: otherRsa.privateKey }, 'the signature is invalid'],
    ['an algorithm of another hash', { header: { alg: 'RS512' } }, 'the signature is invalid'],
  ])('refuses %s', async (_what, parts, description) => {
    const challenge = `Bearer scope="" error="invalid_token" error_description="${description}"`;
    expect(await call(await startHttp(), token(parts))).toEqual({
      status: 401,
      body: unauthorized,
      challenge,
    });
  });

  it.each(['x', 'a.b', 'a.b.c', '..', 'Basic abc'])('refuses what is no token: %s', async (credentials) => {
    const { status, challenge } = await call(await startHttp(), credentials);
    expect([status, challenge]).toEqual([401, expect.stringContaining('the token is malformed')]);
  });

  it('asks for a token when there is none', async () => {
    expect(await call(await startHttp())).toEqual({ status: 401, body: unauthorized, challenge: 'Bearer' });
  });

  it.each([
    [{ scope: 'read write' }, 200],
    [{ scp: ['admin', 'x'] }, 200],
    [{ scope: 'reader' }, 403],
    [{}, 403],
  ])('wants one of the route scopes: %j', async (claims, status) => {
    const run = await startHttp(['admin', 'write']);
    const got = await call(run, token({ claims }));
    expect(got.status).toBe(status);
    if (status === 403)
      expect(got).toMatchObject({
        body: '{"message":"Forbidden"}',
        challenge: expect.stringMatching(/^Bearer scope="admin write" error="insufficient_scope"/),
      });
  });

  it.each([
    ['for encryption', { use: 'enc' }],
    ['for another algorithm', { alg: 'RS384' }],
    ['of another type', { kty: 'EC' }],
  ])('refuses a key %s', async (_what, more) => {
    const run = await startHttp();
    published = [{ ...jwk(rsa.publicKey, 'one'), ...more }];
    expect((await call(run, token())).challenge).toContain('the signature is invalid');
  });

  it('keeps keys for two hours, whatever kid comes', async () => {
    let clock = seconds;
    const run = await startHttp([], () => clock * 1000);
    for (const kid of ['one', 'one', 'two']) await call(run, token({ header: { kid } }));
    expect(fetches).toBe(2);
    published = [jwk(otherRsa.publicKey, 'two')];
    const next = { header: { kid: 'two' }, key: otherRsa.privateKey, claims: { exp: seconds + 9000 } };
    clock = seconds + 7199;
    expect((await call(run, token(next))).status).toBe(401);
    clock = seconds + 7200;
    expect((await call(run, token(next))).status).toBe(200);
  });

  it('refuses tokens while the issuer cannot be reached, and says why in the log', async () => {
    const run = await startHttp();
    published = Array.from({ length: 3000 }, (_none, index) => jwk(rsa.publicKey, String(index)));
    expect(await call(run, token())).toMatchObject({
      status: 401,
      challenge: expect.stringContaining('OIDC discovery endpoint communication error'),
    });
    expect(run.lines).toEqual([
      `Auth: cannot read the keys of the issuer ${issuer}: ${issuer}/keys is larger than 150000 bytes`,
    ]);
    published = [jwk(rsa.publicKey, 'one')];
    expect((await call(run, token())).status).toBe(200);
  });
});

describe('JWT authorizer of a REST API', () => {
  async function startRest(): Promise<Running> {
    published = [jwk(ec.publicKey, 'ec')];
    const authorizer: Resource = resource('Auth', 'AWS::ApiGateway::Authorizer', {
      IdentitySource: 'method.request.header.Authorization',
      JwtConfiguration: {
        DefaultAlgorithms: ['ES256'],
        Issuers: [
          { Issuer: 'https://other.example', Audiences: ['api'] },
          {
            Issuer: issuer,
            Audiences: ['api'],
            AdditionalClaims: [
              { ClaimName: 'tenant', Format: 'SINGLE_STRING', ExpectedValues: ['a', 'b'], Required: true },
              { ClaimName: 'roles', Format: 'STRING_ARRAY', ExpectedValues: ['admin'], Required: false },
              {
                ClaimName: 'groups',
                Format: 'SPACE_SEPARATED_VALUES',
                ExpectedValues: ['x'],
                Required: false,
              },
              { ClaimName: 'device', Format: 'SINGLE_STRING', Required: false },
            ],
          },
        ],
      },
      RestApiId: ref('Api'),
      Type: 'JWT',
    });
    const method = { AuthorizationType: 'JWT', AuthorizerId: ref('Auth'), AuthorizationScopes: ['read'] };
    const get = restMethod('GET', undefined, { ...lambdaIntegration(), ...method });
    running = await start([...restApi(), authorizer, get], { echo }, () => seconds * 1000);
    return running;
  }
  const good = { header: { alg: 'ES256', kid: 'ec' }, key: ec.privateKey };

  it.each<[string, Parts, number]>([
    ['a valid token', { ...good, claims: { tenant: 'b', scope: 'read' } }, 200],
    ['a required claim missing', { ...good, claims: { scope: 'read' } }, 401],
    ['a required claim of another value', { ...good, claims: { tenant: 'c', scope: 'read' } }, 401],
    [
      'a claim that is a list',
      { ...good, claims: { tenant: 'b', scope: 'read', roles: ['x', 'admin'] } },
      200,
    ],
    ['a list without the value', { ...good, claims: { tenant: 'b', scope: 'read', roles: ['x'] } }, 401],
    ['a text in place of a list', { ...good, claims: { tenant: 'b', scope: 'read', roles: 'admin' } }, 401],
    ['a list in place of a text', { ...good, claims: { tenant: ['b'], scope: 'read' } }, 401],
    ['values between spaces', { ...good, claims: { tenant: 'b', scope: 'read', groups: 'w x' } }, 200],
    ['other values between spaces', { ...good, claims: { tenant: 'b', scope: 'read', groups: 'w xy' } }, 401],
    ['any value', { ...good, claims: { tenant: 'b', scope: 'read', device: 'd' } }, 200],
    ['a missing scope', { ...good, claims: { tenant: 'b' } }, 403],
    ['an algorithm that is not listed', { claims: { tenant: 'b', scope: 'read' } }, 401],
  ])('decides %s', async (_what, parts, status) => {
    expect((await call(await startRest(), token(parts), '/prod')).status).toBe(status);
  });

  it('fetches the keys again for an unknown kid', async () => {
    const run = await startRest();
    await call(run, token({ ...good, claims: { tenant: 'b', scope: 'read' } }), '/prod');
    published = [jwk(ec.publicKey, 'new')];
    const rotated = {
      header: { alg: 'ES256', kid: 'new' },
      key: ec.privateKey,
      claims: { tenant: 'b', scope: 'read' },
    };
    expect((await call(run, token(rotated), '/prod')).status).toBe(200);
    expect(run.functions.eventsOf('echo')[1]?.['requestContext']).toMatchObject({
      authorizer: { claims: { tenant: 'b' }, scopes: ['read'] },
    });
  });
});
