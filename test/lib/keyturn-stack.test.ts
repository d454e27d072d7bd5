import { describe, expect, it } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { AdminRoutes, Outputs, signingAlgorithms } from '../../core/contract/index.ts';
import { environmentOf, makeKeyturnStack, readable, resourcesByPath } from './synth.ts';

/** Routes that have no test of their own here: they are all alike. */
const adminRoutes = Object.values(AdminRoutes);
const template = Template.fromStack(makeKeyturnStack());
const settings =
  '{"algorithm":"RS256","audience":"<Api.ApiEndpoint>","tokenLifetimeSeconds":900,"rotationPeriodSeconds":2592000,' +
  '"jwksCacheSeconds":7200,"clockSkewSeconds":60,"propagationSeconds":60,"signerHoldSeconds":5,' +
  '"refreshTokenLifetimeSeconds":2592000,"refreshGraceSeconds":30,"resultsCacheSeconds":0}';
const authorizer =
  '{"issuers":[{"issuer":"<Api.ApiEndpoint>","audience":["<Api.ApiEndpoint>"],"typ":["at+jwt"],' +
  `"algorithms":${JSON.stringify(signingAlgorithms)},"maxLifetimeSeconds":86400}],"clockToleranceSeconds":60,` +
  `"routeScopes":${JSON.stringify(Object.fromEntries(adminRoutes.map((route) => [`${route.method} ${route.path}`, { all: [route.scope] }])))}}`;

function properties(type: string, path: string): Readonly<Record<string, unknown>> {
  const resource = resourcesByPath(template, type).get(path);
  return Object(readable(template, resource?.Properties));
}

describe('resources of the default stack', () => {
  it.each([
    ['AWS::ApiGatewayV2::Api', 1],
    ['AWS::ApiGatewayV2::Stage', 1],
    ['AWS::ApiGatewayV2::Route', 9 + adminRoutes.length],
    ['AWS::ApiGatewayV2::Integration', 10],
    ['AWS::ApiGatewayV2::Authorizer', 1],
    ['AWS::DynamoDB::Table', 7],
    ['AWS::KMS::Key', 1],
    ['AWS::Lambda::Function', 9],
    ['AWS::Logs::LogGroup', 10],
    ['AWS::IAM::Role', 10],
    ['AWS::IAM::Policy', 10],
    ['AWS::Lambda::Permission', 10 + adminRoutes.length],
    ['AWS::Scheduler::Schedule', 1],
    ['AWS::SQS::Queue', 1],
    ['AWS::SQS::QueuePolicy', 1],
    ['Custom::KeyturnKeySet', 1],
  ])('has of %s: %d', (type, count) => {
    expect(Object.keys(template.findResources(type))).toHaveLength(count);
  });

  it('has no resource of another type', () => {
    expect(Object.keys(template.toJSON()['Resources'])).toHaveLength(83 + 2 * adminRoutes.length);
  });

  it.each([
    ['POST /oauth2/token', 'Api/POST--oauth2--token', 'Tokens/TokenIssue', false],
    ['POST /oauth2/revoke', 'Api/POST--oauth2--revoke', 'Revocation', false],
    ['POST /oauth2/introspect', 'Api/POST--oauth2--introspect', 'Introspection', false],
    ['GET /.well-known/jwks.json', 'Api/GET--.well-known--jwks.json', 'Tokens/Metadata', false],
    [
      'GET /.well-known/openid-configuration',
      'Api/GET--.well-known--openid-configuration',
      'Tokens/Metadata',
      false,
    ],
    [
      'GET /.well-known/oauth-authorization-server',
      'Api/GET--.well-known--oauth-authorization-server',
      'Tokens/Metadata',
      false,
    ],
    [
      'GET /.well-known/oauth-protected-resource',
      'Api/GET--.well-known--oauth-protected-resource',
      'Tokens/Metadata',
      false,
    ],
    ['GET /whoami', 'Api/GET--whoami', 'Whoami', true],
    ['GET /console', 'Api/GET--console', 'Console/Page', false],
  ])('routes %s (protected: %s)', (routeKey, path, fn, isProtected) => {
    const route = properties('AWS::ApiGatewayV2::Route', path);
    const integration = `${path}/${fn.split('/').at(-1)}`;
    expect(route).toEqual({
      ApiId: '<Api>',
      RouteKey: routeKey,
      AuthorizationType: isProtected ? 'CUSTOM' : 'NONE',
      ...(isProtected && { AuthorizerId: '<Api/KeyturnJwtAuthorizerFunction99776CF7>' }),
      Target: `integrations/<${integration}>`,
    });
    expect(properties('AWS::ApiGatewayV2::Integration', integration)).toMatchObject({
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: `<${fn}/Function>`,
      PayloadFormatVersion: '2.0',
    });
  });

  it.each(adminRoutes)('routes $method $path to the admin API, protected', ({ method, path }) => {
    expect(properties('AWS::ApiGatewayV2::Route', `Api/${method}${path.replaceAll('/', '--')}`)).toEqual({
      ApiId: '<Api>',
      RouteKey: `${method} ${path}`,
      AuthorizationType: 'CUSTOM',
      AuthorizerId: '<Api/KeyturnJwtAuthorizerFunction99776CF7>',
      Target: expect.stringMatching(/^integrations\/<Api\/GET--admin--overview\/Admin>$/),
    });
  });

  it('throttles the stage and logs accesses without headers, query strings and bodies', () => {
    const stage = properties('AWS::ApiGatewayV2::Stage', 'Api/DefaultStage');
    expect(stage).toMatchObject({
      StageName: '$default',
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingBurstLimit: 1000, ThrottlingRateLimit: 1000 },
      AccessLogSettings: { DestinationArn: expect.stringContaining('<Api/AccessLogs>') },
    });
    const { Format } = Object(stage['AccessLogSettings']);
    expect(Object.keys(JSON.parse(Format))).toContain('requestId');
    expect(Format).not.toMatch(/header|querystring|body|claims|token/i);
  });

  it.each([
    ['Revocations/Table', 'id', 'expiresAt'],
    ['Tokens/KeySets', 'issuer', undefined],
    ['Tokens/Clients', 'clientId', undefined],
    ['Tokens/IssuedTokens', 'jti', 'expiresAt'],
    ['Tokens/RefreshFamilies', 'sid', 'expiresAt'],
    ['Tokens/Replays/Table', 'id', 'expiresAt'],
  ])('makes the table %s: key %s, TTL %s', (path, key, ttl) => {
    const table = resourcesByPath(template, 'AWS::DynamoDB::Table').get(path);
    expect(table).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    expect(table?.Properties).toEqual({
      AttributeDefinitions: expect.arrayContaining([{ AttributeName: key, AttributeType: 'S' }]),
      KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
      ...(path === 'Tokens/IssuedTokens' && { GlobalSecondaryIndexes: expect.any(Array) }),
      ...(ttl !== undefined && { TimeToLiveSpecification: { AttributeName: ttl, Enabled: true } }),
    });
  });

  it.each([
    ['bySubject', 'subjectKey'],
    ['byClient', 'clientKey'],
    ['byExpiry', 'expiryKey'],
  ])('orders issued tokens by expiry in the index %s', (IndexName, AttributeName) => {
    const { GlobalSecondaryIndexes: found } = properties('AWS::DynamoDB::Table', 'Tokens/IssuedTokens');
    expect(found).toContainEqual({
      IndexName,
      KeySchema: [
        { AttributeName, KeyType: 'HASH' },
        { AttributeName: 'expiresAt', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'ALL' },
    });
  });

  it('makes no record of what was issued where it is switched off', () => {
    const without = Template.fromStack(makeKeyturnStack({ tokenService: { recordIssuedTokens: false } }));
    expect(resourcesByPath(without, 'AWS::DynamoDB::Table').has('Tokens/IssuedTokens')).toBe(false);
    expect(JSON.stringify(without.toJSON())).not.toContain('ISSUED_TOKEN');
  });

  it('keeps the sealing key and lets KMS rotate it', () => {
    const key = resourcesByPath(template, 'AWS::KMS::Key').get('Tokens/SealingKey');
    expect(key).toMatchObject({ DeletionPolicy: 'Retain', Properties: { EnableKeyRotation: true } });
  });

  it.each(['AWS::DynamoDB::Table', 'AWS::KMS::Key'])('deletes every %s without retainData', (type) => {
    const disposable = Template.fromStack(makeKeyturnStack({ retainData: false }));
    for (const { DeletionPolicy, Properties } of resourcesByPath(disposable, type).values()) {
      expect(DeletionPolicy).toBe('Delete');
      expect(Properties['DeletionProtectionEnabled'] ?? false).toBe(false);
    }
  });

  it('has no console where the configuration says so', () => {
    const bare = Template.fromStack(makeKeyturnStack({ console: false }));
    expect([...resourcesByPath(bare, 'AWS::ApiGatewayV2::Route').keys()]).not.toContain('Api/GET--console');
  });

  it('has the outputs that the command line looks for, none of them exported', () => {
    const outputs: Readonly<Record<string, object>> = template.toJSON()['Outputs'];
    expect(Object.keys(outputs).sort()).toEqual(Object.values(Outputs).sort());
    expect(Object.values(outputs).flatMap((output) => Object.keys(output))).not.toContain('Export');
    expect(readable(template, outputs)).toMatchObject({
      Issuer: { Value: '<Api.ApiEndpoint>' },
      ApiUrl: { Value: '<Api.ApiEndpoint>' },
      KeyRotationFunction: { Value: '<Tokens/KeyRotation/Function>' },
      RevocationTable: { Value: '<Revocations/Table>' },
    });
  });
});

describe('functions of the default stack', () => {
  it.each([
    ['Tokens/TokenIssue', 10, 512],
    ['Tokens/Metadata', 10, 512],
    ['Tokens/KeyRotation', 60, 1024],
    ['Jwt/Authorizer', 5, 1024],
    ['Revocation', 10, 512],
    ['Introspection', 10, 512],
    ['Admin', 10, 512],
    ['Whoami', 10, 512],
    ['Console/Page', 10, 256],
  ])('runs %s for at most %d s with %d MiB', (path, Timeout, MemorySize) => {
    expect(properties('AWS::Lambda::Function', `${path}/Function`)).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      LoggingConfig: { LogFormat: 'Text', LogGroup: `<${path}/Logs>` },
      Role: `<${path}/Role>`,
      Timeout,
      MemorySize,
    });
    expect(resourcesByPath(template, 'AWS::Logs::LogGroup').get(`${path}/Logs`)).toMatchObject({
      DeletionPolicy: 'Delete',
      Properties: { RetentionInDays: 30 },
    });
  });

  it.each([
    [
      'Tokens/TokenIssue/Function',
      {
        KEYTURN_ISSUER: '<Api.ApiEndpoint>',
        KEYTURN_TOKEN_SERVICE: settings,
        KEYTURN_KEY_SET_TABLE: '<Tokens/KeySets>',
        KEYTURN_SEALING_KEY: '<Tokens/SealingKey>',
        KEYTURN_CLIENT_TABLE: '<Tokens/Clients>',
        KEYTURN_ISSUED_TOKEN_TABLE: '<Tokens/IssuedTokens>',
        KEYTURN_REFRESH_FAMILY_TABLE: '<Tokens/RefreshFamilies>',
        KEYTURN_REPLAY_TABLE: '<Tokens/Replays/Table>',
        KEYTURN_REVOCATION_TABLE: '<Revocations/Table>',
      },
    ],
    [
      'Tokens/Metadata/Function',
      {
        KEYTURN_ISSUER: '<Api.ApiEndpoint>',
        KEYTURN_TOKEN_SERVICE: settings,
        KEYTURN_KEY_SET_TABLE: '<Tokens/KeySets>',
      },
    ],
    [
      'Tokens/KeyRotation/Function',
      {
        KEYTURN_ISSUER: '<Api.ApiEndpoint>',
        KEYTURN_TOKEN_SERVICE: settings,
        KEYTURN_KEY_SET_TABLE: '<Tokens/KeySets>',
        KEYTURN_SEALING_KEY: '<Tokens/SealingKey>',
        KEYTURN_EVENT_TABLE: '<Events/Table>',
        KEYTURN_REVOCATION_TABLE: '<Revocations/Table>',
      },
    ],
    [
      'Jwt/Authorizer/Function',
      {
        KEYTURN_AUTHORIZER: authorizer,
        KEYTURN_REPLAY_TABLE: '<Tokens/Replays/Table>',
        KEYTURN_REVOCATION_TABLE: '<Revocations/Table>',
        KEYTURN_ISSUER: '<Api.ApiEndpoint>',
        KEYTURN_KEY_SET_TABLE: '<Tokens/KeySets>',
        KEYTURN_ISSUED_TOKEN_TABLE: '<Tokens/IssuedTokens>',
      },
    ],
    [
      'Introspection/Function',
      {
        KEYTURN_ISSUER: '<Api.ApiEndpoint>',
        KEYTURN_TOKEN_SERVICE: settings,
        KEYTURN_AUTHORIZER: authorizer,
        KEYTURN_KEY_SET_TABLE: '<Tokens/KeySets>',
        KEYTURN_CLIENT_TABLE: '<Tokens/Clients>',
        KEYTURN_REPLAY_TABLE: '<Tokens/Replays/Table>',
        KEYTURN_REFRESH_FAMILY_TABLE: '<Tokens/RefreshFamilies>',
        KEYTURN_REVOCATION_TABLE: '<Revocations/Table>',
      },
    ],
    [
      'Revocation/Function',
      {
        KEYTURN_ISSUER: '<Api.ApiEndpoint>',
        KEYTURN_TOKEN_SERVICE: settings,
        KEYTURN_AUTHORIZER: authorizer,
        KEYTURN_KEY_SET_TABLE: '<Tokens/KeySets>',
        KEYTURN_CLIENT_TABLE: '<Tokens/Clients>',
        KEYTURN_REPLAY_TABLE: '<Tokens/Replays/Table>',
        KEYTURN_REFRESH_FAMILY_TABLE: '<Tokens/RefreshFamilies>',
        KEYTURN_REVOCATION_TABLE: '<Revocations/Table>',
      },
    ],
    [
      'Admin/Function',
      {
        KEYTURN_ISSUER: '<Api.ApiEndpoint>',
        KEYTURN_TOKEN_SERVICE: settings,
        KEYTURN_AUTHORIZER: authorizer,
        KEYTURN_KEY_SET_TABLE: '<Tokens/KeySets>',
        KEYTURN_REVOCATION_TABLE: '<Revocations/Table>',
        KEYTURN_EVENT_TABLE: '<Events/Table>',
        KEYTURN_KEY_ROTATION_FUNCTION: '<Tokens/KeyRotation/Function>',
        KEYTURN_ISSUED_TOKEN_TABLE: '<Tokens/IssuedTokens>',
        KEYTURN_CLIENT_TABLE: '<Tokens/Clients>',
        KEYTURN_TOKEN_ISSUE_FUNCTION: '<Tokens/TokenIssue/Function>',
      },
    ],
  ])('tells %s exactly this', (path, variables) => {
    expect(environmentOf(template, path)).toEqual(variables);
  });

  it('tells whoami nothing', () => {
    expect(environmentOf(template, 'Whoami/Function')).toBeUndefined();
  });
});

describe('rotation in the default stack', () => {
  it('ticks every five minutes, with few retries and a dead-letter queue', () => {
    expect(properties('AWS::Scheduler::Schedule', 'Tokens/Rotation/Schedule')).toMatchObject({
      ScheduleExpression: 'rate(5 minutes)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: '<Tokens/KeyRotation/Function>',
        Input: '{"action":"tick","schedule":{"name":"key-rotation","everySeconds":300}}',
        RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 300 },
        DeadLetterConfig: { Arn: '<Tokens/Rotation/DeadLetters>' },
      },
    });
    expect(properties('AWS::SQS::Queue', 'Tokens/Rotation/DeadLetters')).toEqual({
      MessageRetentionPeriod: 1_209_600,
      SqsManagedSseEnabled: true,
    });
  });

  it('makes the first key during the deployment, by key-rotation itself, after its permissions', () => {
    const [keySet] = resourcesByPath(template, 'Custom::KeyturnKeySet').values();
    expect(readable(template, keySet?.Properties)).toEqual({
      ServiceToken: '<Tokens/KeyRotation/Function>',
      ServiceTimeout: '300',
      Issuer: '<Api.ApiEndpoint>',
      Settings: settings,
    });
    const fn = resourcesByPath(template, 'AWS::Lambda::Function').get('Tokens/KeyRotation/Function');
    const policy = expect.stringMatching(/^TokensKeyRotationRoleDefaultPolicy/);
    expect(keySet?.DependsOn).toEqual([expect.stringMatching(/^TokensKeyRotationFunction/)]);
    expect(fn?.DependsOn).toContainEqual(policy);
  });
});

describe('synthesis of the default stack', () => {
  it('gives the same template twice', () => {
    expect(Template.fromStack(makeKeyturnStack()).toJSON()).toEqual(template.toJSON());
  });

  it('takes less than 2 s', () => {
    const start = performance.now();
    Template.fromStack(makeKeyturnStack());
    expect(performance.now() - start).toBeLessThan(2000);
  });

  it('hands a configuration through', () => {
    const configured = Template.fromStack(
      makeKeyturnStack({
        tokenService: { algorithm: 'ES256', audience: 'orders', tickMinutes: 60 },
        resultsCacheSeconds: 30,
        clockToleranceSeconds: 5,
        trustedIssuers: [
          {
            issuer: 'https://login.example.com/',
            audience: ['orders'],
            jwksUri: 'https://login.example.com/jwks',
            typ: null,
            audienceClaim: 'client_id',
            requiredClaims: { token_use: { equals: 'access' } },
            scopeClaims: ['scope'],
          },
        ],
      }),
    );
    const told = JSON.parse(
      environmentOf(configured, 'Jwt/Authorizer/Function')?.['KEYTURN_AUTHORIZER'] ?? '',
    );
    expect(told).toMatchObject({ clockToleranceSeconds: 5 });
    expect(told.issuers).toEqual([
      expect.objectContaining({ issuer: '<Api.ApiEndpoint>', audience: ['orders'] }),
      {
        issuer: 'https://login.example.com/',
        audience: ['orders'],
        audienceClaim: 'client_id',
        requiredClaims: { token_use: { equals: 'access' } },
        scopeClaims: ['scope'],
        jwksUri: 'https://login.example.com/jwks',
        typ: null,
        algorithms: ['RS256'],
        maxLifetimeSeconds: 86_400,
      },
    ]);
    const issue = environmentOf(configured, 'Tokens/TokenIssue/Function');
    expect(JSON.parse(issue?.['KEYTURN_TOKEN_SERVICE'] ?? '')).toMatchObject({
      algorithm: 'ES256',
      audience: 'orders',
      resultsCacheSeconds: 30,
    });
    const [schedule] = resourcesByPath(configured, 'AWS::Scheduler::Schedule').values();
    expect(schedule?.Properties['ScheduleExpression']).toBe('rate(1 hour)');
  });
});
