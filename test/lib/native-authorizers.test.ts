import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Aspects, Stack } from 'aws-cdk-lib/core';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnAuthorizer, CfnMethod } from 'aws-cdk-lib/aws-apigateway';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { ConfigError, TrustedIssuer } from '../../lib/index.ts';
import { setJwtConfiguration } from '../../lib/native-rest-authorizer.ts';
import { addMethod, makeAuthorizer, makeHttpApi, makeRestApi, makeTokenService, trusted } from './apis.ts';
import { makeApp, makeStack, resourcesByPath } from './synth.ts';

function propertiesOf(stack: Stack, type: string) {
  return [...resourcesByPath(Template.fromStack(stack), type).values()].map(({ Properties }) => Properties);
}

/** Logical id of the deployment of an API whose method asks for a scope. */
function deployment(scope: string) {
  const stack = makeStack();
  const api = makeRestApi(stack, {});
  addMethod(api, 'GET /a', makeAuthorizer(stack).withoutRevocation.forRestApi({ scopes: [scope] }));
  return Object.keys(Template.fromStack(stack).findResources('AWS::ApiGateway::Deployment'));
}

const cognito = (stack: Stack) => TrustedIssuer.cognito(new UserPool(stack, 'Pool'), { clients: ['app'] });

it('a method is of type JWT before any aspect of the app looks at it', () => {
  const stack = makeStack();
  const seen: unknown[] = [];
  Aspects.of(stack.node.root).add({
    visit: (node) => node instanceof CfnMethod && seen.push(node.authorizationType),
  });
  makeRestApi(stack, { 'GET /a': makeAuthorizer(stack).withoutRevocation.forRestApi() });
  Template.fromStack(stack);
  expect(seen).toEqual(['JWT']);
});

describe('withoutRevocation.forHttpApi', () => {
  it("puts AWS's authorizer beside ours, in one API", () => {
    const stack = makeStack();
    const authorizer = makeAuthorizer(stack);
    const cheap = authorizer.withoutRevocation;
    makeHttpApi(stack, {
      'GET /prices': cheap.forHttpApi(),
      'GET /orders': cheap.forHttpApi({ scopes: ['orders:read', 'orders:admin'] }),
      'POST /orders': authorizer.forHttpApi({ scopes: ['orders:write'] }),
    });
    expect(propertiesOf(stack, 'AWS::ApiGatewayV2::Authorizer')).toEqual([
      expect.objectContaining({
        AuthorizerType: 'JWT',
        IdentitySource: ['$request.header.Authorization'],
        JwtConfiguration: { Issuer: 'https://login.example.com/', Audience: ['orders'] },
      }),
      expect.objectContaining({ AuthorizerType: 'REQUEST' }),
    ]);
    const routes = propertiesOf(stack, 'AWS::ApiGatewayV2::Route').map((route) => [
      route['RouteKey'],
      route['AuthorizationType'],
      route['AuthorizationScopes'],
    ]);
    expect(routes).toEqual([
      ['GET /prices', 'JWT', undefined],
      ['GET /orders', 'JWT', ['orders:read', 'orders:admin']],
      ['POST /orders', 'CUSTOM', undefined],
    ]);
  });

  it('believes the issuer that is named, in every API', () => {
    const stack = makeStack();
    const { withoutRevocation } = makeAuthorizer(stack, {
      tokenService: makeTokenService(stack),
      trustedIssuers: [trusted()],
    });
    for (const id of ['One', 'Two']) {
      const [own, other] = ['https://a.example', 'https://login.example.com/'];
      makeHttpApi(
        stack,
        {
          'GET /a': withoutRevocation.forHttpApi({ issuer: own ?? '' }),
          'GET /b': withoutRevocation.forHttpApi({ issuer: other ?? '' }),
        },
        id,
      );
    }
    const issuers = propertiesOf(stack, 'AWS::ApiGatewayV2::Authorizer').map(
      ({ JwtConfiguration }) => Object(JwtConfiguration).Issuer,
    );
    const each = ['https://a.example', 'https://login.example.com/'];
    expect(issuers).toEqual([...each, ...each]);
  });

  it("lets Cognito's tokens pass where token_use need not be checked", () => {
    const stack = makeStack();
    const { withoutRevocation } = makeAuthorizer(stack, { trustedIssuers: [cognito(stack)] });
    makeHttpApi(stack, { 'GET /a': withoutRevocation.forHttpApi({ uncheckedClaims: ['token_use'] }) });
    expect(propertiesOf(stack, 'AWS::ApiGatewayV2::Authorizer')).toEqual([
      expect.objectContaining({ JwtConfiguration: expect.objectContaining({ Audience: ['app'] }) }),
    ]);
  });

  const second = TrustedIssuer.oidc({
    issuer: 'https://b.example',
    audience: ['b'],
    algorithms: ['RS256', 'ES256'],
  });
  const roles = TrustedIssuer.oidc({
    issuer: 'https://c.example',
    audience: ['c'],
    scopeClaims: ['scp', 'roles'],
  });

  it.each([
    [
      'an issuer that stays open',
      [trusted(), second],
      {},
      "withoutRevocation.forHttpApi: issuer: got none; allowed: one of https://login.example.com/, https://b.example, because AWS's " +
        'JWT authorizer of HTTP APIs trusts one issuer; name it, or use forHttpApi(), which trusts all of them',
    ],
    [
      'an issuer that is not believed',
      [trusted()],
      { issuer: 'https://x.example' },
      "withoutRevocation.forHttpApi: issuer: got https://x.example; allowed: one of https://login.example.com/, because AWS's " +
        'JWT authorizer of HTTP APIs trusts one issuer; name it, or use forHttpApi(), which trusts all of them',
    ],
    [
      'an issuer with other keys than RSA',
      [second],
      {},
      'withoutRevocation.forHttpApi: got https://b.example, which may sign with ES256; allowed: RS256, RS384, RS512, because ' +
        "AWS's JWT authorizer of HTTP APIs takes nothing else; let the issuer sign with RS256, or use the authorizer with revocation",
    ],
    [
      'scopes where AWS does not look for them',
      [roles],
      { scopes: ['a'] },
      'withoutRevocation.forHttpApi: got scopes for https://c.example, which grants them in roles too; allowed: scope and scp, ' +
        "where AWS's JWT authorizer looks for them; leave scopes out, or use the authorizer with revocation",
    ],
    [
      'no scope in a list of them',
      [trusted()],
      { scopes: [] },
      'requireScopes: any of withoutRevocation.forHttpApi: got an empty list; allowed: one or more, each a scope token of RFC 6749 ' +
        '§3.3: printable ASCII without space, quote or backslash; give each scope an entry of its own',
    ],
  ])('refuses %s', (_, trustedIssuers, options, message) => {
    const { withoutRevocation } = makeAuthorizer(makeStack(), { trustedIssuers });
    expect(() => withoutRevocation.forHttpApi(options)).toThrow(new ConfigError(message));
  });

  it('refuses claims that AWS does not check, unless they are waived by name', () => {
    const stack = makeStack();
    const { withoutRevocation } = makeAuthorizer(stack, { trustedIssuers: [cognito(stack)] });
    const message =
      ", which requires the claims token_use; allowed: an issuer without required claims, because AWS's JWT authorizer does not " +
      'check them; name them in uncheckedClaims to do without, or use the authorizer with revocation';
    expect(() => withoutRevocation.forHttpApi()).toThrow(message);
    expect(() => withoutRevocation.forRestApi()).toThrow(message);
  });

  it('refuses our own issuer when it signs with anything but RS256', () => {
    const stack = makeStack();
    const tokenService = makeTokenService(stack, { algorithm: 'ES256' });
    const { withoutRevocation } = makeAuthorizer(stack, { tokenService, trustedIssuers: [] });
    expect(() => withoutRevocation.forHttpApi()).toThrow('got https://a.example, which may sign with ES256');
    expect(() => withoutRevocation.forRestApi()).not.toThrow();
  });
});

describe('withoutRevocation.forRestApi', () => {
  it("puts AWS's authorizer beside ours, in one API", () => {
    const stack = makeStack();
    const authorizer = makeAuthorizer(stack, {
      tokenService: makeTokenService(stack, { algorithm: 'ES256' }),
    });
    const cheap = authorizer.withoutRevocation;
    makeRestApi(stack, {
      'GET /prices': cheap.forRestApi(),
      'GET /news': cheap.forRestApi(),
      'GET /orders': cheap.forRestApi({ scopes: ['orders:read', 'orders:admin'] }),
      'POST /orders': authorizer.forRestApi(),
    });
    const JwtConfiguration = {
      DefaultAlgorithms: ['ES256', 'RS256'],
      Issuers: [
        { Issuer: 'https://a.example', Audiences: ['https://a.example'] },
        { Issuer: 'https://login.example.com/', Audiences: ['orders'] },
      ],
    };
    const jwt = { Type: 'JWT', IdentitySource: 'method.request.header.Authorization', JwtConfiguration };
    expect(propertiesOf(stack, 'AWS::ApiGateway::Authorizer')).toEqual([
      expect.objectContaining(jwt),
      expect.objectContaining(jwt),
      expect.objectContaining({ Type: 'REQUEST' }),
    ]);
    const methods = propertiesOf(stack, 'AWS::ApiGateway::Method').map((method) => [
      method['AuthorizationType'],
      method['AuthorizationScopes'],
    ]);
    expect(methods).toEqual([
      ['JWT', undefined],
      ['JWT', undefined],
      ['JWT', ['orders:read', 'orders:admin']],
      ['CUSTOM', undefined],
    ]);
  });

  it('makes a new deployment of the API when its scopes change', () => {
    expect(deployment('a')).toEqual(deployment('a'));
    expect(deployment('a')).not.toEqual(deployment('b'));
  });

  it("passes CDK's own validation", () => {
    const app = makeApp({ outdir: mkdtempSync(path.join(tmpdir(), 'keyturn-native-')) });
    delete process.env['CDK_VALIDATION'];
    const stack = new Stack(app, 'Test');
    makeRestApi(stack, { 'GET /a': makeAuthorizer(stack).withoutRevocation.forRestApi({ scopes: ['a'] }) });
    expect(() => app.synth()).not.toThrow();
  }, 30_000);

  it("uses CDK's own property once it has one", () => {
    const authorizer = new CfnAuthorizer(makeStack(), 'A', { name: 'a', restApiId: 'b', type: 'JWT' });
    const newer = Object.assign(authorizer, { jwtConfiguration: undefined });
    const configuration = {
      defaultAlgorithms: ['RS256'],
      issuers: [{ issuer: 'https://a.example', audiences: ['a'] }],
    };
    setJwtConfiguration(newer, configuration);
    expect(newer.jwtConfiguration).toEqual(configuration);
    expect(JSON.stringify(authorizer.stack.resolve(authorizer._toCloudFormation()))).not.toContain(
      'JwtConfiguration',
    );
  });
});
