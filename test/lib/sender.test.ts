import { describe, expect, it, jest } from '@jest/globals';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Duration, Stack, Validations } from 'aws-cdk-lib/core';
import { Template } from 'aws-cdk-lib/assertions';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ConfigError, type JwtAuthorizerProps, type OwnSecret, TrustedIssuer } from '../../lib/index.ts';
import { makeAuthorizer, makeRestApi, makeWebSocketApi, trusted } from './apis.ts';
import { statementsByRole } from './iam.ts';
import { environmentOf, makeApp, makeStack, readable, resourcesByPath } from './synth.ts';

const partner = (secret: OwnSecret) =>
  TrustedIssuer.sharedSecret({
    issuer: 'https://partner.example.com',
    audience: ['orders'],
    typ: null,
    secret,
  });

const writeLogs = (of: string) => ({
  actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  resources: [`<${of}/Logs>`],
});
const check = {
  actions: ['dynamodb:BatchGetItem'],
  resources: ['arn:<AWS::Partition>:dynamodb:<AWS::Region>:<AWS::AccountId>:table/revocations'],
};

const sorted = (statements: readonly unknown[]) => statements.map((s) => JSON.stringify(s)).sort();

function told(stack: Stack): object {
  const variables = environmentOf(Template.fromStack(stack), 'Jwt/Authorizer/Function');
  return JSON.parse(variables?.['KEYTURN_AUTHORIZER'] ?? '');
}

describe('IAM of a JwtAuthorizer', () => {
  const dpop = { actions: ['dynamodb:GetItem', 'dynamodb:PutItem'], resources: ['<Jwt/Replays/Table>'] };
  const take = { actions: ['dynamodb:DeleteItem'], resources: ['<Jwt/Tickets/Table>'] };
  const give = { actions: ['dynamodb:GetItem', 'dynamodb:PutItem'], resources: ['<Jwt/Tickets/Table>'] };
  const read = { actions: ['secretsmanager:GetSecretValue'], resources: ['<Secret>'] };
  const all = [writeLogs('Jwt/Authorizer'), check];

  it.each<[string, (stack: Stack) => Partial<JwtAuthorizerProps>, object]>([
    ['nothing more', () => ({}), { 'Jwt/Authorizer/Role': all }],
    ['dpop', () => ({ dpop: {} }), { 'Jwt/Authorizer/Role': [...all, dpop] }],
    [
      'webSocketTickets',
      () => ({ webSocketTickets: true }),
      {
        'Jwt/Authorizer/Role': [...all, take],
        'Jwt/Tickets/Issue/Role': [writeLogs('Jwt/Tickets/Issue'), give],
      },
    ],
    [
      'an issuer with a shared secret',
      (stack) => ({ trustedIssuers: [trusted(), partner(new Secret(stack, 'Secret'))] }),
      { 'Jwt/Authorizer/Role': [...all, read] },
    ],
    [
      'a secret under a key of the account',
      (stack) => {
        const encryptionKey = new Key(stack, 'Key');
        return { trustedIssuers: [partner(new Secret(stack, 'Secret', { encryptionKey }))] };
      },
      {
        'Jwt/Authorizer/Role': [...all, read, { actions: ['kms:Decrypt'], resources: ['<Key>'] }],
      },
    ],
    [
      'a secret that is known by its name',
      (stack) => ({ trustedIssuers: [partner(Secret.fromSecretNameV2(stack, 'Secret', 'partner'))] }),
      {
        'Jwt/Authorizer/Role': [
          ...all,
          {
            actions: ['secretsmanager:GetSecretValue'],
            resources: [
              'arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:partner-??????',
            ],
          },
        ],
      },
    ],
  ])('with %s', (_, props, expected) => {
    const stack = makeStack();
    makeAuthorizer(stack, props(stack));
    const roles = statementsByRole(Template.fromStack(stack));
    expect(Object.keys(roles).sort()).toEqual(Object.keys(expected).sort());
    for (const [role, statements] of Object.entries(expected))
      expect(sorted(roles[role] ?? [])).toEqual(sorted(statements));
  });
});

describe('dpop', () => {
  it('tells the authorizer its table and the window of proofs', () => {
    const stack = makeStack();
    makeAuthorizer(stack, { dpop: { proofWindow: Duration.seconds(30) } });
    const template = Template.fromStack(stack);
    expect(environmentOf(template, 'Jwt/Authorizer/Function')).toMatchObject({
      KEYTURN_REPLAY_TABLE: '<Jwt/Replays/Table>',
    });
    expect(told(stack)).toMatchObject({ proofWindowSeconds: 30 });
    expect(resourcesByPath(template, 'AWS::DynamoDB::Table').get('Jwt/Replays/Table')).toMatchObject({
      DeletionPolicy: 'Delete',
      Properties: {
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      },
    });
  });

  it.each<[string, Partial<JwtAuthorizerProps>, string]>([
    [
      'a resultsCacheTtl',
      { dpop: {}, resultsCacheTtl: Duration.minutes(5) },
      'JwtAuthorizer.dpop: got it with a resultsCacheTtl; allowed: with Duration.seconds(0), because API Gateway would',
    ],
    [
      'a window of no time',
      { dpop: { proofWindow: Duration.seconds(0) } },
      'JwtAuthorizer.dpop.proofWindow: got 0 seconds; allowed: 1 to 600 seconds',
    ],
    [
      'a window of 11 minutes',
      { dpop: { proofWindow: Duration.minutes(11) } },
      'JwtAuthorizer.dpop.proofWindow: got 660 seconds; allowed: 1 to 600 seconds',
    ],
  ])('refuses %s', (_, props, message) => {
    const make = () => makeAuthorizer(makeStack(), props);
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(message);
  });

  it('refuses a TOKEN authorizer at synthesis', () => {
    const stack = makeStack();
    const authorizer = makeAuthorizer(stack, { dpop: {} });
    makeRestApi(stack, { 'GET /': authorizer.forRestApi({ type: 'TOKEN' }) });
    expect(authorizer.node.validate()).toEqual([
      expect.stringMatching(/^a TOKEN authorizer with dpop: .*allowed: type REQUEST/),
    ]);
  });

  it.each([
    [undefined, undefined],
    [Duration.seconds(0), undefined],
    [Duration.seconds(1), true],
  ])('is told that answers are kept with a resultsCacheTtl of %s: %s', (resultsCacheTtl, keepsAnswers) => {
    const stack = makeStack();
    makeAuthorizer(stack, { ...(resultsCacheTtl && { resultsCacheTtl }) });
    expect((told(stack) as { keepsAnswers?: boolean }).keepsAnswers).toBe(keepsAnswers);
  });
});

describe('webSocketTickets', () => {
  it('gives function and authorizer one table, and asks API Gateway to call the authorizer for every handshake', () => {
    const stack = makeStack();
    const authorizer = makeAuthorizer(stack, { webSocketTickets: true });
    makeWebSocketApi(stack, authorizer.forWebSocketApi());
    const template = Template.fromStack(stack);
    for (const fn of ['Jwt/Authorizer/Function', 'Jwt/Tickets/Issue/Function']) {
      expect(environmentOf(template, fn)).toMatchObject({ KEYTURN_TICKET_TABLE: '<Jwt/Tickets/Table>' });
    }
    const [made] = resourcesByPath(template, 'AWS::ApiGatewayV2::Authorizer').values();
    expect(made?.Properties['IdentitySource']).toEqual([]);
  });

  it('is off unless asked for', () => {
    const stack = makeStack();
    expect(makeAuthorizer(stack).ticketIssue).toBeUndefined();
    expect(resourcesByPath(Template.fromStack(stack), 'AWS::DynamoDB::Table').size).toBe(0);
  });
});

describe('TrustedIssuer.sharedSecret', () => {
  it('names the secret and never holds it; the bundle is the one that can read it', () => {
    const stack = makeStack();
    makeAuthorizer(stack, { trustedIssuers: [partner(new Secret(stack, 'Secret'))] });
    const template = Template.fromStack(stack);
    expect(told(stack)).toMatchObject({ issuers: [{ secretArn: '<Secret>', algorithms: ['HS256'] }] });
    const plain = makeStack();
    makeAuthorizer(plain);
    const codeOf = (from: Template) =>
      readable(
        from,
        resourcesByPath(from, 'AWS::Lambda::Function').get('Jwt/Authorizer/Function')?.Properties['Code'],
      );
    expect(codeOf(template)).not.toEqual(codeOf(Template.fromStack(plain)));
  });

  it('refuses an algorithm that is none of a secret', () => {
    const make = () =>
      TrustedIssuer.sharedSecret({
        ...{ issuer: 'https://a.example', audience: ['b'] },
        secret: new Secret(makeStack(), 'Secret'),
        algorithm: JSON.parse('"RS256"'),
      });
    expect(make).toThrow('TrustedIssuer.algorithm: got "RS256"; allowed: one of HS256, HS384, HS512');
  });
});

describe('TrustedIssuer.staticKeys', () => {
  const props = { issuer: 'https://a.example', audience: ['b'] };

  it('puts the keys into the settings, and no address', () => {
    const jwks = { keys: [{ kty: 'EC', kid: 'k', crv: 'P-256', x: 'x', y: 'y' }] };
    const { settings } = TrustedIssuer.staticKeys({ ...props, jwks });
    expect(settings).toEqual({
      ...props,
      jwks,
      typ: ['at+jwt'],
      algorithms: ['RS256'],
      maxLifetimeSeconds: 86_400,
    });
  });

  it.each([
    [[], 'TrustedIssuer.jwks: got no key; allowed: one or more'],
    [
      [{ kty: 'RSA', kid: 'k', d: 'x' }],
      'TrustedIssuer.jwks.keys[0]: got the private member d; allowed: public',
    ],
    [[{ kty: 'oct', kid: 'k', k: 'x' }], 'TrustedIssuer.jwks.keys[0]: got the private member k'],
    [[{ kty: 'RSA' }], 'TrustedIssuer.jwks.keys[0]: got no kid; allowed: the kid that the issuer'],
  ])('refuses %j', (keys, message) => {
    expect(() => TrustedIssuer.staticKeys({ ...props, jwks: { keys } })).toThrow(message);
  });
});

describe('cdk-nag, AwsSolutions', () => {
  it('finds nothing in an authorizer with all of it', () => {
    const quiet = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const outdir = mkdtempSync(path.join(tmpdir(), 'keyturn-nag-'));
    const app = makeApp({ outdir });
    const stack = new Stack(app, 'Test');
    const authorizer = makeAuthorizer(stack, { dpop: {}, webSocketTickets: true });
    const { ticketIssue } = authorizer;
    const api = new HttpApi(stack, 'Api', { createDefaultStage: false });
    if (ticketIssue)
      api.addRoutes({
        path: '/ticket',
        methods: [HttpMethod.POST],
        integration: new HttpLambdaIntegration('Ticket', ticketIssue),
        authorizer: authorizer.forHttpApi(),
      });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    app.synth();
    const report = JSON.parse(readFileSync(path.join(outdir, 'validation-report.json'), 'utf8')) as {
      pluginReports: { violations: unknown[] }[];
    };
    expect(report.pluginReports.flatMap(({ violations }) => violations)).toEqual([]);
    quiet.mockRestore();
  });
});
