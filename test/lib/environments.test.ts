/** A stack of any account, Region and partition, more than one of everything in an app, and values that the deployment knows. */
import { describe, expect, it } from '@jest/globals';
import { type App, CfnParameter, Duration, Lazy, Stack, type StackProps } from 'aws-cdk-lib/core';
import { Template } from 'aws-cdk-lib/assertions';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  ConfigError,
  JwtAuthorizer,
  KeyturnStack,
  RevocationTable,
  TokenService,
  TrustedIssuer,
} from '../../lib/index.ts';
import { makeAuthorizer, makeHttpApi, makeRestApi, makeTokenService, makeWebSocketApi } from './apis.ts';
import { environmentOf, makeApp, makeGrantee, resourcesByPath, type TemplateResource } from './synth.ts';

/** A stack with everything that there is. */
function makeAll(app: App, id: string, props: StackProps = {}): Stack {
  const stack = new Stack(app, id, props);
  const revocations = new RevocationTable(stack, 'Revocations');
  const issuer = 'https://tokens.example.com';
  const tokenService = new TokenService(stack, 'Tokens', { issuer, revocations, custody: 'kms' });
  const client = tokenService.addClient('Shop', { scopes: ['read'] });
  client.addRotation();
  tokenService.issueOnSchedule('Issue', { client });
  const userPool = new UserPool(stack, 'Users');
  const trustedIssuers = [
    TrustedIssuer.cognito(userPool, { clients: [userPool.addClient('Web')] }),
    TrustedIssuer.sharedSecret({
      ...{ issuer: 'https://partner.example.com', audience: ['orders'], secret: new Secret(stack, 'Shared') },
    }),
  ];
  const authorizer = new JwtAuthorizer(stack, 'Jwt', {
    ...{ revocations, tokenService, trustedIssuers },
    ...{ resultsCacheTtl: Duration.minutes(5), webSocketTickets: true },
  });
  makeHttpApi(stack, { 'GET /a': authorizer.forHttpApi() });
  const rest = makeRestApi(stack, { 'GET /a': authorizer.forRestApi() });
  authorizer.addGatewayResponses(rest);
  makeWebSocketApi(stack, authorizer.forWebSocketApi());
  const { withoutRevocation } = authorizer;
  makeHttpApi(stack, { 'GET /b': withoutRevocation.forHttpApi({ issuer }) }, 'Cheap');
  for (const cacheFlush of authorizer.cacheFlushes) cacheFlush.addFailuresAlarm();
  tokenService.schedule.addFailuresAlarm();
  authorizer.addUndecidedAlarm();
  authorizer.grantInvokeToApisOf('210987654321');
  return stack;
}

const environments: readonly (readonly [string, StackProps])[] = [
  ['of no particular environment', {}],
  ['in China', { env: { account: '123456789012', region: 'cn-north-1' } }],
  ['in GovCloud', { env: { account: '123456789012', region: 'us-gov-west-1' } }],
  ['in the European Sovereign Cloud', { env: { account: '123456789012', region: 'eusc-de-east-1' } }],
];

describe.each(environments)('a stack %s', (_, props) => {
  const app = makeApp();
  const stacks = [new KeyturnStack(app, 'Keyturn', props), makeAll(app, 'All', props)];

  it.each(stacks.map((stack) => [stack.stackName, stack] as const))('%s names no partition', (_, stack) => {
    const text = JSON.stringify(Template.fromStack(stack));
    expect(text.match(/[^"]{0,60}arn:aws:[^"]{0,60}/g) ?? []).toEqual([]);
    expect(
      text.match(/[^"]{0,60}amazonaws\.com[^"]{0,60}/g)?.filter((found) => !/^[a-z.]+$/.test(found)) ?? [],
    ).toEqual([]);
  });
});

/** Properties that would give a resource a name of its own, which no second one in the account can have. */
const ownNames =
  /\.(?:Function|Table|Role|Queue|LogGroup|Alarm|Alias)Name$|^AWS::(?:SecretsManager::Secret|Scheduler::Schedule)\.Name$/;

describe('two of everything', () => {
  const app = makeApp();
  const stacks = [
    ...['Red', 'Blue'].map((id) => new KeyturnStack(app, id)),
    ...['Cat', 'Dog'].map((id) => makeAll(app, id)),
  ];
  const two = new Stack(app, 'Two');
  const revocations = new RevocationTable(two, 'Revocations');
  const authorizers = ['Red', 'Blue'].map((id) => {
    const issuer = `https://${id.toLowerCase()}.example.com`;
    const tokenService = new TokenService(two, `${id}Tokens`, { issuer, revocations });
    tokenService.addClient('Shop', { scopes: ['read'] }).addRotation();
    return new JwtAuthorizer(two, `${id}Jwt`, { revocations, tokenService, dpop: {} });
  });

  it('are in one app', () => {
    expect(() => app.synth()).not.toThrow();
  });

  it('two token services in one stack have key sets, clients and keys of their own', () => {
    const template = Template.fromStack(two);
    expect(resourcesByPath(template, 'AWS::KMS::Key').size).toBe(2);
    const variables = authorizers.map(({ node }) =>
      environmentOf(template, `${node.id}/Authorizer/Function`),
    );
    expect(variables).toMatchObject([
      { KEYTURN_ISSUER: 'https://red.example.com', KEYTURN_KEY_SET_TABLE: '<RedTokens/KeySets>' },
      { KEYTURN_ISSUER: 'https://blue.example.com', KEYTURN_KEY_SET_TABLE: '<BlueTokens/KeySets>' },
    ]);
  });

  it.each(stacks.map((stack) => [stack.stackName, stack] as const))('%s names no resource', (_, stack) => {
    const resources: Readonly<Record<string, TemplateResource>> =
      Template.fromStack(stack).toJSON()['Resources'];
    const named = Object.entries(resources).flatMap(([id, { Type, Properties }]) =>
      Object.entries(Properties).flatMap(([name, value]) =>
        ownNames.test(`${Type}.${name}`) && typeof value === 'string' ? [`${id}: ${name}`] : [],
      ),
    );
    expect(named).toEqual([]);
  });
});

/** A text and a duration that only the deployment knows. */
const later = (stack: Stack) => new CfnParameter(stack, 'Text').valueAsString;
const someTime = () => Duration.seconds(Lazy.number({ produce: () => 60 }));

describe('a value that only the deployment knows', () => {
  it.each<[string, (stack: Stack, text: string) => unknown]>([
    ['TokenService.issuer', (stack, issuer) => makeTokenService(stack, { issuer })],
    ['TokenService.audience', (stack, audience) => makeTokenService(stack, { audience })],
    ['TokenService.tokenLifetime', (stack) => makeTokenService(stack, { tokenLifetime: someTime() })],
    ['TokenService.rotationPeriod', (stack) => makeTokenService(stack, { rotationPeriod: someTime() })],
    [
      'Client.clientId',
      (stack, clientId) => makeTokenService(stack).addClient('A', { clientId, scopes: ['a'] }),
    ],
    ['Client.scopes', (stack, scope) => makeTokenService(stack).addClient('A', { scopes: [scope] })],
    ['Client.jwksUri', (stack, jwksUri) => makeTokenService(stack).addClient('A', { scopes: [], jwksUri })],
    [
      'Client.tokenLifetime',
      (stack) => makeTokenService(stack).addClient('A', { scopes: [], tokenLifetime: someTime() }),
    ],
    [
      'issueOnSchedule: client, scopes, resource',
      (stack, text) =>
        makeTokenService(stack).issueOnSchedule('A', { client: text, scopes: [text], resource: [text] }),
    ],
    [
      'TrustedIssuer.oidc',
      (stack, text) =>
        makeAuthorizer(stack, {
          trustedIssuers: [
            TrustedIssuer.oidc({
              ...{ issuer: text, audience: [text], typ: [text], maxLifetime: someTime() },
              ...{ scopeClaims: [text], clientIdClaims: [text] },
            }),
          ],
        }),
    ],
    ['TrustedIssuer.auth0', (_, domain) => TrustedIssuer.auth0({ domain, audience: ['a'] })],
    [
      'TrustedIssuer.okta',
      (_, text) => TrustedIssuer.okta({ domain: text, authorizationServerId: text, audience: ['a'] }),
    ],
    ['TrustedIssuer.entra', (_, tenantId) => TrustedIssuer.entra({ tenantId, audience: ['a'] })],
    ['JwtAuthorizer.clockTolerance', (stack) => makeAuthorizer(stack, { clockTolerance: someTime() })],
    [
      'JwtAuthorizer.resultsCacheTtl',
      (stack) => {
        const authorizer = makeAuthorizer(stack, { resultsCacheTtl: someTime() });
        authorizer.grantRevoke(makeGrantee(stack));
        return makeHttpApi(stack, { 'GET /a': authorizer.forHttpApi() });
      },
    ],
    [
      'JwtAuthorizer.dpop.proofWindow',
      (stack) => makeAuthorizer(stack, { dpop: { proofWindow: someTime() } }),
    ],
    ['grantInvokeToApisOf', (stack, account) => makeAuthorizer(stack).grantInvokeToApisOf(account)],
    [
      'requireScopes',
      (stack, text) => {
        const authorizer = makeAuthorizer(stack).requireScopes(`GET /${text}`, [text]);
        return makeHttpApi(stack, { 'GET /a': authorizer.forHttpApi() });
      },
    ],
    [
      'acceptStaleRevocationAnswers',
      (stack, text) => {
        const authorizer = makeAuthorizer(stack).acceptStaleRevocationAnswers(`GET /${text}`, someTime());
        return makeHttpApi(stack, { 'GET /a': authorizer.forHttpApi() });
      },
    ],
    [
      'fromAuthorizerAttributes',
      (stack, functionArn) =>
        JwtAuthorizer.fromAuthorizerAttributes(stack, 'A', { functionArn, resultsCacheTtl: someTime() }),
    ],
    ['fromFunctionName', (stack, name) => JwtAuthorizer.fromFunctionName(stack, 'A', name)],
    ['fromStackOutputs', (stack, name) => JwtAuthorizer.fromStackOutputs(stack, 'A', name)],
    [
      'fromTableAttributes',
      (stack, tableName) => RevocationTable.fromTableAttributes(stack, 'A', { tableName }),
    ],
    [
      'fromTokenServiceAttributes',
      (stack, text) =>
        TokenService.fromTokenServiceAttributes(stack, 'A', {
          ...{ issuer: text, audience: text, keySetTableName: text },
        }),
    ],
    [
      'addGatewayResponses: allowOrigin',
      (stack, allowOrigin) => {
        const authorizer = makeAuthorizer(stack);
        authorizer.addGatewayResponses(makeRestApi(stack, { 'GET /a': authorizer.forRestApi() }), {
          allowOrigin,
        });
      },
    ],
  ])('goes into %s', (_, make) => {
    const stack = new Stack(makeApp(), 'Test');
    make(stack, later(stack));
    expect(() => Template.fromStack(stack)).not.toThrow();
  });

  it.each<[string, (stack: Stack) => unknown, string]>([
    [
      'tickInterval',
      (stack) => makeTokenService(stack, { tickInterval: someTime() }),
      'TokenService.tickInterval: got a duration that only the deployment knows; allowed: 60 to 86400 seconds, whole, known at ' +
        'synthesis',
    ],
    [
      'addRotation',
      (stack) =>
        makeTokenService(stack)
          .addClient('A', { scopes: ['a'] })
          .addRotation({ every: someTime() }),
      'Client.addRotation: every: got a duration that only the deployment knows; allowed: 14400 to 86400000 seconds, whole, ' +
        'known at synthesis',
    ],
    [
      'issueOnSchedule',
      (stack) => {
        const service = makeTokenService(stack);
        const client = service.addClient('A', { scopes: ['a'], tokenLifetime: someTime() });
        return service.issueOnSchedule('B', { client });
      },
      'TokenService.issueOnSchedule: got a tokenLifetime that only the deployment knows; allowed: one that is known at ' +
        'synthesis, because the schedule goes by it',
    ],
  ])('is refused by %s, which reckons with it', (_, act, message) => {
    expect(() => act(new Stack(makeApp(), 'Test'))).toThrow(new ConfigError(message));
  });
});
