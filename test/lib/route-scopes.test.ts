import { describe, expect, it } from '@jest/globals';
import type { Stack } from 'aws-cdk-lib/core';
import { Template } from 'aws-cdk-lib/assertions';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUrlIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { ConfigError, type JwtAuthorizer } from '../../lib/index.ts';
import { addMethod, addRoute, makeAuthorizer, makeHttpApi, makeRestApi, makeWebSocketApi } from './apis.ts';
import { environmentOf, makeStack } from './synth.ts';

function routeScopes(stack: Stack) {
  const variables = environmentOf(Template.fromStack(stack), 'Jwt/Authorizer/Function');
  return JSON.parse(variables?.['KEYTURN_AUTHORIZER'] ?? '').routeScopes;
}

/** Protects one route of each kind of API, and another one with nothing. */
function protect(stack: Stack, authorizer: JwtAuthorizer) {
  const httpApi = makeHttpApi(stack, {
    'GET /http/{id}': authorizer.forHttpApi(),
    'ANY /any': authorizer.forHttpApi(),
  });
  const integration = new HttpUrlIntegration('Url', 'https://backend.example.com');
  httpApi.addRoutes({ path: '/open', methods: [HttpMethod.GET], integration });
  const restApi = makeRestApi(stack, {
    'GET /rest': authorizer.forRestApi(),
    'ANY /rest/{id}': authorizer.forRestApi(),
  });
  addMethod(restApi, 'POST /rest', undefined);
  makeWebSocketApi(stack, authorizer.forWebSocketApi());
}

describe('scopes at the route', () => {
  it('are asked for like those of requireScopes, for every method of the route', () => {
    const stack = makeStack();
    const authorizer = makeAuthorizer(stack);
    const api = new HttpApi(stack, 'Http');
    const integration = new HttpUrlIntegration('Url', 'https://backend.example.com');
    const methods = [HttpMethod.GET, HttpMethod.POST];
    api.addRoutes({ path: '/a', methods, integration, authorizer: authorizer.forHttpApi({ scopes: ['a'] }) });
    addRoute(api, 'GET /b', authorizer.forHttpApi({ scopes: { any: ['b', 'c'] } }));
    makeWebSocketApi(stack, authorizer.forWebSocketApi({ scopes: ['ws'] }));
    expect(routeScopes(stack)).toEqual({
      'GET /a': { all: ['a'] },
      'POST /a': { all: ['a'] },
      'GET /b': { any: ['b', 'c'] },
      $connect: { all: ['ws'] },
    });
  });

  it('can be required of the route itself', () => {
    const stack = makeStack();
    const authorizer = makeAuthorizer(stack);
    const api = new HttpApi(stack, 'Http');
    const [route] = addRoute(api, 'GET /a/{id}', authorizer.forHttpApi());
    const method = addMethod(makeRestApi(stack, {}), 'PUT /b/{id}', authorizer.forRestApi());
    if (route === undefined) throw new Error('no route');
    authorizer.requireScopes(route, ['a']).requireScopes(method, ['b']);
    expect(routeScopes(stack)).toEqual({ 'GET /a/{id}': { all: ['a'] }, 'PUT /b/{id}': { all: ['b'] } });
  });

  it('may be said twice where they are the same', () => {
    const stack = makeStack();
    const authorizer = makeAuthorizer(stack);
    for (const id of ['One', 'Two'])
      makeHttpApi(stack, { 'GET /a': authorizer.forHttpApi({ scopes: ['a'] }) }, id);
    expect(routeScopes(stack)).toEqual({ 'GET /a': { all: ['a'] } });
  });

  it('are refused where two APIs differ in them', () => {
    const stack = makeStack();
    const authorizer = makeAuthorizer(stack);
    makeHttpApi(stack, { 'GET /a': authorizer.forHttpApi({ scopes: ['a'] }) }, 'One');
    makeHttpApi(stack, { 'GET /a': authorizer.forHttpApi({ scopes: ['b'] }) }, 'Two');
    expect(() => Template.fromStack(stack)).toThrow(
      '[Test/Jwt] scopes required of GET /a: got two different requirements; allowed: one a route key, because that is all ' +
        'the authorizer is told of a route; make them the same, or make a JwtAuthorizer for each API',
    );
  });

  it('are refused when malformed, at once', () => {
    const authorizer = makeAuthorizer(makeStack());
    expect(() => authorizer.forHttpApi({ scopes: [] })).toThrow(ConfigError);
    expect(() => authorizer.forHttpApi({ scopes: ['a b'] })).toThrow(
      'requireScopes: all of forHttpApi[0]: got "a b"; allowed: a scope token of RFC 6749 §3.3: printable ASCII without ' +
        'space, quote or backslash; give each scope an entry of its own',
    );
  });

  it('are refused where API Gateway would not look at them', () => {
    const stack = makeStack();
    const authorizer = makeAuthorizer(stack);
    const api = new HttpApi(stack, 'Http', { defaultAuthorizationScopes: ['a'] });
    addRoute(api, 'GET /a', authorizer.forHttpApi());
    expect(() => Template.fromStack(stack)).toThrow(
      '[Test/Jwt] authorizationScopes of GET /a: got some; allowed: none, because API Gateway checks them on its own JWT ' +
        'authorizers alone; use forHttpApi({ scopes }) or requireScopes()',
    );
  });
});

describe('scopes of a route', () => {
  it.each([
    'GET /http/{id}',
    'ANY /http/{id}',
    'ANY /any',
    'GET /rest',
    'ANY /rest',
    'PUT /rest/{id}',
    '$connect',
  ])('can be required of %s', (routeKey) => {
    const stack = makeStack();
    const authorizer = makeAuthorizer(stack).requireScopes(routeKey, ['a']);
    protect(stack, authorizer);
    expect(() => Template.fromStack(stack)).not.toThrow();
  });

  it.each([
    ['that is misspelt', 'GET /htpp/{id}'],
    ['whose parameter has another name', 'GET /http/{key}'],
    ['of another method', 'PUT /http/{id}'],
    ['that an HTTP API knows as ANY', 'GET /any'],
    ['that anybody may call', 'GET /open'],
    ['whose other method is protected', 'POST /rest'],
    ['that is not there', '$default'],
  ])('cannot be required of a route %s', (_, routeKey) => {
    const stack = makeStack();
    const authorizer = makeAuthorizer(stack).requireScopes(routeKey, ['a']);
    protect(stack, authorizer);
    expect(() => Template.fromStack(stack)).toThrow(
      `[Test/Jwt] scopes required of a route: got ${routeKey}, which this authorizer protects in no API of the app; ` +
        `allowed: $connect, ANY /any, ANY /rest/{id}, GET /http/{id}, GET /rest; correct the route key, give the route this ` +
        `authorizer, or say routesElsewhere: true where another app has the route`,
    );
  });

  it('can be required of routes that another app has', () => {
    const stack = makeStack();
    const authorizer = makeAuthorizer(stack, { routesElsewhere: true }).requireScopes('GET /elsewhere', [
      'a',
    ]);
    protect(stack, authorizer);
    expect(routeScopes(stack)).toEqual({ 'GET /elsewhere': { all: ['a'] } });
  });

  it('cannot be required of a WebSocket message: no authorizer sees it', () => {
    expect(() => makeAuthorizer(makeStack()).requireScopes('$disconnect', ['a'])).toThrow(
      'requireScopes: route key: got "$disconnect"; allowed: a route key such as "GET /orders/{id}", "ANY /orders/{proxy+}", ' +
        '"$default" or "$connect"; spell it as the API does: upper-case method, one space, path',
    );
  });
});
