import { describe, expect, it } from '@jest/globals';
import { Duration, type Stack } from 'aws-cdk-lib/core';
import { Template } from 'aws-cdk-lib/assertions';
import { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { HttpUrlIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { signingAlgorithms } from '../../core/contract/index.ts';
import { ConfigError, JwtAuthorizer, type JwtAuthorizerProps, type RequiredScopes } from '../../lib/index.ts';
import { RevocationTable, TokenService, TrustedIssuer } from '../../lib/index.ts';
import { addRoute } from './apis.ts';
import { environmentOf, makeStack, resourcesByPath } from './synth.ts';

const trusted = (issuer = 'https://login.example.com/') =>
  TrustedIssuer.of({ issuer, audience: ['orders'], jwksUri: 'https://login.example.com/jwks' });

function makeAuthorizer(props: Partial<JwtAuthorizerProps> = {}, stack: Stack = makeStack()) {
  const revocations = RevocationTable.fromTableAttributes(stack, 'Revocations', { tableName: 'revocations' });
  return new JwtAuthorizer(stack, 'Jwt', { revocations, trustedIssuers: [trusted()], ...props });
}

function addHttpApi(stack: Stack, id: string, authorizer: JwtAuthorizer): HttpApi {
  const integration = new HttpUrlIntegration('Url', 'https://backend.example.com');
  const api = new HttpApi(stack, id);
  for (const path of ['/a', '/b']) {
    api.addRoutes({ path, methods: [HttpMethod.GET], integration, authorizer: authorizer.forHttpApi() });
  }
  return api;
}

function addRestApi(stack: Stack, authorizer: JwtAuthorizer, type?: 'REQUEST' | 'TOKEN'): void {
  const options = { authorizer: authorizer.forRestApi(type && { type }) };
  const api = new RestApi(stack, 'Rest');
  api.root.addMethod('GET', undefined, options);
  api.root.addMethod('POST', undefined, { authorizer: authorizer.forRestApi(type && { type }) });
}

function authorizers(stack: Stack, type: string): readonly Readonly<Record<string, unknown>>[] {
  return [...resourcesByPath(Template.fromStack(stack), type).values()].map(({ Properties }) => Properties);
}

function told(stack: Stack) {
  const variables = environmentOf(Template.fromStack(stack), 'Jwt/Authorizer/Function');
  return JSON.parse(variables?.['KEYTURN_AUTHORIZER'] ?? '');
}

describe('JwtAuthorizer.forHttpApi', () => {
  it.each([
    [undefined, 0, ['$request.header.Authorization']],
    [Duration.seconds(0), 0, ['$request.header.Authorization']],
    [Duration.minutes(5), 300, ['$request.header.Authorization', '$context.routeKey']],
  ])('caches for %s: TTL %d, identity sources %j', (resultsCacheTtl, ttl, identitySource) => {
    const stack = makeStack();
    addHttpApi(stack, 'Api', makeAuthorizer(resultsCacheTtl && { resultsCacheTtl }, stack));
    expect(authorizers(stack, 'AWS::ApiGatewayV2::Authorizer')).toEqual([
      expect.objectContaining({
        AuthorizerType: 'REQUEST',
        AuthorizerPayloadFormatVersion: '2.0',
        EnableSimpleResponses: true,
        AuthorizerResultTtlInSeconds: ttl,
        IdentitySource: identitySource,
      }),
    ]);
  });

  it('serves several APIs, one authorizer each', () => {
    const stack = makeStack();
    const authorizer = makeAuthorizer({}, stack);
    addHttpApi(stack, 'One', authorizer);
    addHttpApi(stack, 'Two', authorizer);
    expect(authorizers(stack, 'AWS::ApiGatewayV2::Authorizer')).toHaveLength(2);
  });
});

describe('JwtAuthorizer.forRestApi', () => {
  const header = 'method.request.header.Authorization';
  const cached = Duration.minutes(1);

  it.each([
    [undefined, undefined, 'REQUEST', 0, header],
    ['REQUEST', cached, 'REQUEST', 60, `${header},context.httpMethod,context.resourcePath`],
    ['TOKEN', undefined, 'TOKEN', 0, header],
    ['TOKEN', cached, 'TOKEN', 60, header],
  ] as const)('of type %s, cached for %s', (type, resultsCacheTtl, Type, ttl, IdentitySource) => {
    const stack = makeStack();
    addRestApi(stack, makeAuthorizer(resultsCacheTtl && { resultsCacheTtl }, stack), type);
    expect(authorizers(stack, 'AWS::ApiGateway::Authorizer')).toEqual([
      expect.objectContaining({ Type, AuthorizerResultTtlInSeconds: ttl, IdentitySource }),
    ]);
  });

  it('refuses TOKEN with a cache and scopes: an answer would count for every route', () => {
    const stack = makeStack();
    const authorizer = makeAuthorizer({ resultsCacheTtl: cached }, stack);
    addRestApi(stack, authorizer, 'TOKEN');
    authorizer.requireScopes('GET /', ['read']);
    expect(() => Template.fromStack(stack)).toThrow(
      'a TOKEN authorizer with required scopes: got a resultsCacheTtl; allowed: Duration.seconds(0)',
    );
  });
});

describe('JwtAuthorizer settings', () => {
  it('hold scopes that are required after the routes were made', () => {
    const stack = makeStack();
    const authorizer = makeAuthorizer({}, stack);
    const api = addHttpApi(stack, 'Api', authorizer);
    addRoute(api, 'ANY /b/{proxy+}', authorizer.forHttpApi());
    addRoute(api, '$default', authorizer.forHttpApi());
    authorizer
      .requireScopes('GET /a', ['read', 'list'])
      .requireScopes('ANY /b/{proxy+}', { any: ['write', 'admin'], all: ['read'] })
      .requireScopes('$default', { any: ['read'] });
    expect(told(stack).routeScopes).toEqual({
      'GET /a': { all: ['read', 'list'] },
      'ANY /b/{proxy+}': { any: ['write', 'admin'], all: ['read'] },
      $default: { any: ['read'] },
    });
  });

  it('believe our own issuer by its table: no jwksUri, every algorithm, the longest lifetime there can be', () => {
    const stack = makeStack();
    const revocations = new RevocationTable(stack, 'Table');
    const tokenService = new TokenService(stack, 'Tokens', { issuer: 'https://a.example', revocations });
    makeAuthorizer({ tokenService, clockTolerance: Duration.seconds(5) }, stack);
    expect(told(stack)).toMatchObject({
      issuers: [
        {
          issuer: 'https://a.example',
          audience: ['https://a.example'],
          typ: ['at+jwt'],
          algorithms: [...signingAlgorithms],
          maxLifetimeSeconds: 86_400,
        },
        { issuer: 'https://login.example.com/' },
      ],
      clockToleranceSeconds: 5,
    });
    expect(told(stack).issuers[0]).not.toHaveProperty('jwksUri');
  });

  it.each([
    ['fit', 3700, false],
    ['do not fit', 4000, true],
  ])('%s into 4,096 bytes with a scope of %d characters', (_, length, isRefused) => {
    const stack = makeStack();
    makeAuthorizer({}, stack).requireScopes('GET /a', ['x'.repeat(length)]);
    const synthesis = () => Template.fromStack(stack);
    if (!isRefused) expect(synthesis).not.toThrow();
    else {
      expect(synthesis).toThrow(
        /\[Test\/Jwt\/Authorizer\/Function\] environment variables: got 4\d{3} bytes .*; allowed: 4096 bytes, by Lambda; require fewer/,
      );
    }
  });

  it('count a quote twice, as Lambda does, which measures the JSON of the variables', () => {
    const stack = makeStack();
    const authorizer = makeAuthorizer({}, stack);
    const keys = Array.from({ length: 92 }, (_, i) => `GET /${i}`);
    for (const key of keys) authorizer.requireScopes(key, ['read:orders', 'x']);
    const bare = JSON.stringify(Object.fromEntries(keys.map((key) => [key, { all: ['read:orders', 'x'] }])));
    expect(bare.length).toBeLessThan(3600);
    expect(() => Template.fromStack(stack)).toThrow(/environment variables: got 4\d{3} bytes/);
  });
});

describe('JwtAuthorizer refuses', () => {
  it.each<[string, Partial<JwtAuthorizerProps>, string]>([
    ['no issuer', { trustedIssuers: [] }, 'JwtAuthorizer: got no issuer; allowed: one or more'],
    [
      'an issuer twice',
      { trustedIssuers: [trusted(), trusted()] },
      'JwtAuthorizer.trustedIssuers: got https://login.example.com/ twice; allowed: once',
    ],
    [
      'refusals of another kind',
      JSON.parse('{"refusals":"Deny"}'),
      'JwtAuthorizer.refusals: got "Deny"; allowed: one of unauthorized, deny',
    ],
    [
      'a long cache',
      { resultsCacheTtl: Duration.hours(2) },
      'JwtAuthorizer.resultsCacheTtl: got 7200 seconds; allowed: 0 to 3600',
    ],
    [
      'a wide tolerance',
      { clockTolerance: Duration.hours(1) },
      'JwtAuthorizer.clockTolerance: got 3600 seconds; allowed: 0 to 600',
    ],
  ])('%s', (_, props, message) => {
    expect(() => makeAuthorizer(props)).toThrow(ConfigError);
    expect(() => makeAuthorizer(props)).toThrow(message);
  });

  it('one user pool twice, whose issuer only the deployment knows', () => {
    const stack = makeStack();
    const pool = new UserPool(stack, 'Pool');
    const trustedIssuers = ['web', 'app'].map((client) => TrustedIssuer.cognito(pool, { clients: [client] }));
    expect(() => makeAuthorizer({ trustedIssuers }, stack)).toThrow(
      /^JwtAuthorizer\.trustedIssuers: got https:.* twice; allowed: once; merge the two/,
    );
  });

  it.each<[string, RequiredScopes, string]>([
    [
      '/orders',
      ['read'],
      'requireScopes: route key: got "/orders"; allowed: a route key such as "GET /orders/{id}"',
    ],
    ['get /orders', ['read'], 'got "get /orders"'],
    ['GET orders', ['read'], 'got "GET orders"'],
    ['GET /a', [], 'requireScopes: all of GET /a: got an empty list'],
    ['GET /a', { any: [] }, 'requireScopes: any of GET /a: got an empty list'],
    ['GET /a', {}, 'requireScopes: got no scopes for GET /a'],
    [
      'GET /a',
      ['read write'],
      'requireScopes: all of GET /a[0]: got "read write"; allowed: a scope token of RFC 6749 §3.3',
    ],
    ['GET /a', { any: ['a', 'b"'] }, 'requireScopes: any of GET /a[1]: got "b\\""'],
  ])('scopes of %s: %j', (routeKey, scopes, message) => {
    const authorizer = makeAuthorizer();
    expect(() => authorizer.requireScopes(routeKey, scopes)).toThrow(ConfigError);
    expect(() => authorizer.requireScopes(routeKey, scopes)).toThrow(message);
  });

  it('scopes of one route twice', () => {
    const authorizer = makeAuthorizer().requireScopes('GET /a', ['read']);
    expect(() => authorizer.requireScopes('GET /a', ['write'])).toThrow(
      'requireScopes: got GET /a a second time; allowed: once a route',
    );
  });
});
