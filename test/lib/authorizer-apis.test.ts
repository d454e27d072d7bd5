import { describe, expect, it } from '@jest/globals';
import { Duration, Lazy, Stack } from 'aws-cdk-lib/core';
import { Template } from 'aws-cdk-lib/assertions';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUrlIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { ConfigError } from '../../lib/index.ts';
import { makeAuthorizer, makeHttpApi, makeRestApi, makeWebSocketApi } from './apis.ts';
import { makeApp, makeKeyturnStack, makeStack, readable, resourcesByPath } from './synth.ts';

function propertiesOf(stack: Stack, type: string) {
  const template = Template.fromStack(stack);
  return [...resourcesByPath(template, type).values()].map(
    ({ Properties }): Readonly<Record<string, unknown>> => Object(readable(template, Properties)),
  );
}

const authorizerTypes = ['AWS::ApiGateway::Authorizer', 'AWS::ApiGatewayV2::Authorizer'];

describe('JwtAuthorizer.forWebSocketApi', () => {
  it('protects $connect, without a cache', () => {
    const stack = makeStack();
    makeWebSocketApi(
      stack,
      makeAuthorizer(stack, { resultsCacheTtl: Duration.minutes(5) }).forWebSocketApi(),
    );
    const [authorizer, ...more] = propertiesOf(stack, 'AWS::ApiGatewayV2::Authorizer');
    expect(more).toEqual([]);
    expect(authorizer).toMatchObject({
      AuthorizerType: 'REQUEST',
      IdentitySource: ['route.request.header.Authorization'],
    });
    expect(authorizer).not.toHaveProperty('AuthorizerResultTtlInSeconds');
    expect(propertiesOf(stack, 'AWS::ApiGatewayV2::Route')).toEqual([
      expect.objectContaining({ RouteKey: '$connect', AuthorizationType: 'CUSTOM' }),
    ]);
  });
});

describe('one JwtAuthorizer', () => {
  it('serves two APIs of every kind, an authorizer for each', () => {
    const stack = makeStack();
    const authorizer = makeAuthorizer(stack);
    for (const id of ['One', 'Two']) {
      makeHttpApi(
        stack,
        { 'GET /a': authorizer.forHttpApi(), 'GET /b': authorizer.forHttpApi() },
        `Http${id}`,
      );
      makeRestApi(
        stack,
        { 'GET /a': authorizer.forRestApi(), 'GET /b': authorizer.forRestApi() },
        `Rest${id}`,
      );
      makeWebSocketApi(stack, authorizer.forWebSocketApi(), `WebSocket${id}`);
    }
    expect(authorizerTypes.map((type) => propertiesOf(stack, type).length)).toEqual([2, 4]);
    expect(propertiesOf(stack, 'AWS::Lambda::Permission')).toHaveLength(6);
  });

  it('serves both kinds of authorizer of one REST API', () => {
    const stack = makeStack();
    const authorizer = makeAuthorizer(stack);
    makeRestApi(stack, {
      'GET /a': authorizer.forRestApi(),
      'GET /b': authorizer.forRestApi({ type: 'TOKEN' }),
    });
    const types = propertiesOf(stack, 'AWS::ApiGateway::Authorizer').map(({ Type }) => Type);
    expect(types).toEqual(['REQUEST', 'TOKEN']);
  });

  it('says that a REST API authorizer serves one API', () => {
    const stack = makeStack();
    const shared = makeAuthorizer(stack).forRestApi();
    makeRestApi(stack, { 'GET /a': shared }, 'One');
    expect(() => makeRestApi(stack, { 'GET /a': shared }, 'Two')).toThrow(
      new ConfigError(
        'forRestApi: got Test/Two besides Test/One; allowed: one REST API; call forRestApi() once for each',
      ),
    );
  });

  it('serves APIs of another stack of the app, whose stack needs this one alone', () => {
    const app = makeApp();
    const { authorizer } = makeKeyturnStack({}, app);
    const other = new Stack(app, 'Other');
    makeHttpApi(other, { 'GET /a': authorizer.forHttpApi() });
    makeRestApi(other, { 'GET /a': authorizer.forRestApi() });
    makeWebSocketApi(other, authorizer.forWebSocketApi());
    expect(propertiesOf(other, 'AWS::Lambda::Permission')).toHaveLength(3);
    expect(other.dependencies.map(({ node }) => node.id)).toEqual(['Keyturn']);
    const template = JSON.stringify(Template.fromStack(Stack.of(authorizer)).toJSON()['Resources']);
    expect(template).not.toMatch(/Other/);
  });
});

describe('identity sources', () => {
  const cached = { resultsCacheTtl: Duration.minutes(1) };
  const because =
    'because API Gateway gives a cached answer to every request with the same identity sources, whatever its token and route; ' +
    'add them, leave identitySources out, or leave resultsCacheTtl out';

  it.each([[], ['$request.header.X']])('may be anything without a cache: %j', (...identitySources) => {
    const stack = makeStack();
    makeHttpApi(stack, { 'GET /a': makeAuthorizer(stack).forHttpApi({ identitySources }) });
    const [authorizer] = propertiesOf(stack, 'AWS::ApiGatewayV2::Authorizer');
    expect(authorizer?.['IdentitySource'] ?? []).toEqual(identitySources);
  });

  it('may be more than token and route with a cache', () => {
    const stack = makeStack();
    const identitySources = ['$request.header.authorization', '$context.routeKey', '$request.header.X'];
    makeHttpApi(stack, { 'GET /a': makeAuthorizer(stack, cached).forHttpApi({ identitySources }) });
    expect(propertiesOf(stack, 'AWS::ApiGatewayV2::Authorizer')).toEqual([
      expect.objectContaining({ IdentitySource: identitySources }),
    ]);
  });

  it.each([
    [[], '$request.header.Authorization and $context.routeKey'],
    [['$context.routeKey'], '$request.header.Authorization'],
    [['$request.header.Authorization'], '$context.routeKey'],
  ])('%j with a cache are too few for an HTTP API', (identitySources, missing) => {
    const authorizer = makeAuthorizer(makeStack(), cached);
    expect(() => authorizer.forHttpApi({ identitySources })).toThrow(
      new ConfigError(
        `forHttpApi: identitySources: got ${JSON.stringify(identitySources)} with a resultsCacheTtl; allowed: with ` +
          `${missing} among them, ${because}`,
      ),
    );
  });

  it.each([
    [[], 'method.request.header.Authorization and context.httpMethod and context.resourcePath'],
    [['method.request.header.Authorization', 'context.httpMethod'], 'context.resourcePath'],
  ])('%j with a cache are too few for a REST API', (identitySources, missing) => {
    const authorizer = makeAuthorizer(makeStack(), cached);
    expect(() => authorizer.forRestApi({ identitySources })).toThrow(
      new ConfigError(
        `forRestApi: identitySources: got ${JSON.stringify(identitySources)} with a resultsCacheTtl; allowed: with ` +
          `${missing} among them, ${because}`,
      ),
    );
  });

  it('are too few where the deployment decides about the cache', () => {
    const resultsCacheTtl = Duration.seconds(Lazy.number({ produce: () => 0 }));
    const authorizer = makeAuthorizer(makeStack(), { resultsCacheTtl });
    expect(() => authorizer.forHttpApi({ identitySources: [] })).toThrow(ConfigError);
  });
});

describe('refusals', () => {
  it.each([[undefined], ['deny'], ['unauthorized']] as const)(
    '%s is what the authorizer is told',
    (refusals) => {
      const stack = makeStack();
      makeAuthorizer(stack, { ...(refusals && { refusals }) });
      const [fn] = propertiesOf(stack, 'AWS::Lambda::Function');
      const { Variables } = Object(fn?.['Environment']);
      expect(JSON.parse(Variables['KEYTURN_AUTHORIZER']).refusals).toBe(refusals);
    },
  );
});

describe('an HTTP API', () => {
  it('takes the authorizer as its default', () => {
    const stack = makeStack();
    const defaultAuthorizer = makeAuthorizer(stack).forHttpApi();
    const api = new HttpApi(stack, 'Http', { defaultAuthorizer });
    const integration = new HttpUrlIntegration('Url', 'https://backend.example.com');
    api.addRoutes({ path: '/a', methods: [HttpMethod.GET], integration });
    expect(propertiesOf(stack, 'AWS::ApiGatewayV2::Route')).toEqual([
      expect.objectContaining({ AuthorizationType: 'CUSTOM' }),
    ]);
  });
});
