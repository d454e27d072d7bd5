/** Clients that a stack registers, rotation of their secrets, and tokens issued on a schedule. */
import { describe, expect, it } from '@jest/globals';
import { Duration, type Stack } from 'aws-cdk-lib/core';
import { Template } from 'aws-cdk-lib/assertions';
import {
  type ClientProps,
  ConfigError,
  RevocationTable,
  type ScheduledIssueProps,
  TokenService,
  type TokenServiceProps,
} from '../../lib/index.ts';
import { statementsByRole } from './iam.ts';
import { environmentOf, makeGrantee, makeStack, readable, resourcesByPath } from './synth.ts';

const issuer = 'https://issuer.example';

function makeService(props: Partial<TokenServiceProps> = {}): { stack: Stack; service: TokenService } {
  const stack = makeStack();
  const revocations = new RevocationTable(stack, 'Revocations');
  return { stack, service: new TokenService(stack, 'Tokens', { issuer, revocations, ...props }) };
}

const scopes = ['orders:read'];

function propertiesOf(template: Template, type: string, path: string): Readonly<Record<string, unknown>> {
  return Object(readable(template, resourcesByPath(template, type).get(path)?.Properties));
}

function registered(template: Template, path: string): unknown {
  const { Registration: text } = propertiesOf(
    template,
    'Custom::KeyturnClient',
    `${path}/Registration/Default`,
  );
  return JSON.parse(String(text));
}

const writeLogs = (path: string) => ({
  actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  resources: [`<${path}/Logs>`],
});

describe('addClient', () => {
  it('registers a client whose secret Secrets Manager makes: in no template, 256 bits', () => {
    const { stack, service } = makeService();
    service.addClient('Shop', { clientId: 'shop', scopes, tokenLifetime: Duration.minutes(5) });
    const template = Template.fromStack(stack);
    expect(registered(template, 'Tokens/Shop')).toEqual({
      ...{ clientId: 'shop', grants: ['client_credentials'], scopes, tokenLifetimeSeconds: 300 },
      secretArn: '<Tokens/Shop/Secret>',
    });
    expect(propertiesOf(template, 'AWS::SecretsManager::Secret', 'Tokens/Shop/Secret')).toEqual({
      Description: 'Client secret of shop',
      GenerateSecretString: {
        SecretStringTemplate: `{"client_id":"shop","token_endpoint":"${issuer}/oauth2/token"}`,
        ...{ GenerateStringKey: 'client_secret', PasswordLength: 43 },
        ...{ ExcludePunctuation: true, RequireEachIncludedType: false },
      },
    });
    expect(43 * Math.log2(62)).toBeGreaterThan(256);
  });

  it.each<[string, Partial<ClientProps>, object]>([
    ['a public client', { isPublic: true }, { grants: ['refresh_token'], isPublic: true }],
    [
      'a client with keys',
      { jwksUri: 'https://shop.example/jwks' },
      { grants: ['client_credentials'], jwksUri: 'https://shop.example/jwks' },
    ],
  ])('makes no secret for %s', (_, props, expected) => {
    const { stack, service } = makeService();
    service.addClient('Shop', { clientId: 'shop', scopes, ...props });
    const template = Template.fromStack(stack);
    expect(registered(template, 'Tokens/Shop')).toEqual({ clientId: 'shop', scopes, ...expected });
    template.resourceCountIs('AWS::SecretsManager::Secret', 0);
  });

  it('names a client by its path where it is told no id', () => {
    const { stack, service } = makeService();
    const { clientId } = service.addClient('Shop', { scopes });
    expect(registered(Template.fromStack(stack), 'Tokens/Shop')).toMatchObject({ clientId });
    expect(clientId).toMatch(/^[\w-]+Shop[\w-]+$/);
  });

  it.each<[string, Partial<ClientProps>, string]>([
    ['no grants', { grants: [] }, 'Client: got no grants; allowed: client_credentials, refresh_token'],
    [
      'an unknown grant',
      { grants: ['password' as 'refresh_token'] },
      'Client.grants[0]: got "password"; allowed: one of client_credentials, refresh_token',
    ],
    ['a space in a scope', { scopes: ['a b'] }, 'Client.scopes[0]: got "a b"; allowed: printable ASCII'],
    ['an empty id', { clientId: '' }, 'Client.clientId: got ""; allowed: 1 to 255 printable ASCII'],
    ['a short life', { tokenLifetime: Duration.millis(1) }, 'Client.tokenLifetime: got 0.001 seconds'],
    [
      'plain http',
      { jwksUri: 'http://a.example/jwks' },
      'Client.jwksUri: got "http://a.example/jwks"; allowed: an https',
    ],
    [
      'both keys',
      { jwks: { keys: [] }, jwksUri: 'https://a.example' },
      'Client: got jwks and jwksUri; allowed: one',
    ],
    ['a key without kid', { jwks: { keys: [{ kty: 'EC' }] } }, 'Client: got a key without kid in jwks'],
    ['a public key client', { isPublic: true, jwks: { keys: [] } }, 'Client: got keys of a public client'],
    [
      'a public client for itself',
      { isPublic: true, grants: ['client_credentials'] },
      'Client: got a public client with client_credentials; allowed: refresh_token',
    ],
    [
      'offline_access alone',
      { scopes: ['offline_access'] },
      'Client: got the scope offline_access without the grant',
    ],
  ])('refuses %s', (_, props, message) => {
    const add = () => makeService().service.addClient('Shop', { scopes, ...props });
    expect(add).toThrow(ConfigError);
    expect(add).toThrow(message);
  });
});

describe('addRotation', () => {
  it.each<[Duration | undefined, string]>([
    [undefined, 'rate(30 days)'],
    [Duration.hours(4), 'rate(4 hours)'],
    [Duration.hours(36), 'rate(36 hours)'],
    [Duration.days(1), 'rate(1 day)'],
  ])('rotates every %s: %s', (every, scheduleExpression) => {
    const { stack, service } = makeService();
    service.addClient('Shop', { scopes }).addRotation(every === undefined ? {} : { every });
    const template = Template.fromStack(stack);
    expect(propertiesOf(template, 'AWS::SecretsManager::RotationSchedule', 'Tokens/Shop/Rotation')).toEqual({
      SecretId: '<Tokens/Shop/Secret>',
      RotationLambdaARN: '<Tokens/ClientFunctions/Rotation/Function>',
      RotationRules: { ScheduleExpression: scheduleExpression },
    });
  });

  it('lets Secrets Manager invoke the function for that secret alone', () => {
    const { stack, service } = makeService();
    service.addClient('Shop', { scopes }).addRotation();
    const template = Template.fromStack(stack);
    const permissions = [...resourcesByPath(template, 'AWS::Lambda::Permission').values()];
    expect(permissions.map(({ Properties }) => readable(template, Properties))).toEqual([
      {
        Action: 'lambda:InvokeFunction',
        FunctionName: '<Tokens/ClientFunctions/Rotation/Function>',
        ...{ Principal: 'secretsmanager.amazonaws.com', SourceArn: '<Tokens/Shop/Secret>' },
      },
    ]);
  });

  it.each<[string, Partial<ClientProps>, Duration | undefined, string]>([
    ['a public client', { isPublic: true }, undefined, 'got a client without a client secret'],
    [
      'a client that gets no token by itself',
      { grants: ['refresh_token'] },
      undefined,
      'got no client_credentials among grants',
    ],
    [
      'four and a half hours',
      {},
      Duration.minutes(270),
      'Client.addRotation: every: got 16200 seconds; allowed: whole hours, because Secrets Manager counts in them',
    ],
    ['three hours', {}, Duration.hours(3), 'every: got 10800 seconds; allowed: 14400 to 86400000 seconds'],
  ])('refuses %s', (_, props, every, message) => {
    const client = makeService().service.addClient('Shop', { scopes, ...props });
    const add = () => client.addRotation(every === undefined ? {} : { every });
    expect(add).toThrow(ConfigError);
    expect(add).toThrow(message);
  });
});

describe('issueOnSchedule', () => {
  it('ticks five times in the last third of a lifetime, and is alarmed by silence', () => {
    const { stack, service } = makeService({ tokenLifetime: Duration.hours(1) });
    service.issueOnSchedule('Report', { client: 'report', scopes: ['a', 'b'] });
    const template = Template.fromStack(stack);
    const schedule = propertiesOf(template, 'AWS::Scheduler::Schedule', 'Tokens/Report/Schedule/Schedule');
    expect(schedule).toMatchObject({
      ScheduleExpression: 'rate(4 minutes)',
      Target: { Arn: '<Tokens/Report/Handler/Function>' },
    });
    expect(JSON.parse(String(Object(schedule['Target']).Input))).toEqual({
      ...{
        action: 'issue-into-secret',
        secretArn: '<Tokens/Report/Secret>',
        clientId: 'report',
        scope: 'a b',
        schedule: { name: 'scheduled-issue Test/Tokens/Report', everySeconds: 240 },
      },
    });
    expect(propertiesOf(template, 'AWS::CloudWatch::Alarm', 'Tokens/Report/Late')).toMatchObject({
      ...{ Namespace: 'Keyturn', MetricName: 'TokenSecretsFresh', Statistic: 'Sum', Period: 240 },
      ...{ ComparisonOperator: 'LessThanThreshold', Threshold: 1, EvaluationPeriods: 3 },
      ...{ TreatMissingData: 'breaching', Dimensions: [{ Name: 'Secret', Value: '<Tokens/Report/Secret>' }] },
    });
  });

  it.each([
    ['of the service', Duration.minutes(10), undefined],
    ['of the client', undefined, Duration.minutes(14)],
  ])('refuses a lifetime %s that is too short for Secrets Manager', (_, tokenLifetime, own) => {
    const { service } = makeService(tokenLifetime === undefined ? {} : { tokenLifetime });
    const client = service.addClient('Shop', { scopes, ...(own !== undefined && { tokenLifetime: own }) });
    expect(() => service.issueOnSchedule('Report', { client })).toThrow(
      /got tokens of \d+ seconds; allowed: 900/,
    );
  });

  it.each<[Partial<ScheduledIssueProps>, string]>([
    [{ client: 'a b' }, 'client: got "a b"; allowed: 1 to 255 printable ASCII characters without spaces'],
    [{ scopes: ['a b'] }, 'scopes[0]: got "a b"; allowed: printable ASCII'],
    [{ scopes: [] }, 'scopes: got an empty list; allowed: one or more'],
    [{ resource: [''] }, 'resource[0]: got ""; allowed: a text that is not empty'],
  ])('refuses %j', (props, message) => {
    const issue = () => makeService().service.issueOnSchedule('Report', { client: 'report', ...props });
    expect(issue).toThrow(ConfigError);
    expect(issue).toThrow(`TokenService.issueOnSchedule: ${message}`);
  });
});

describe('IAM of clients and schedules', () => {
  const { stack, service } = makeService();
  const shop = service.addClient('Shop', { scopes });
  shop.addRotation();
  service.addClient('Spa', { scopes, isPublic: true });
  const report = service.issueOnSchedule('Report', { client: shop });
  const login = makeGrantee(stack);
  service.grantIssueFor(login);
  shop.grantReadSecret(login);
  report.grantReadToken(login);
  const template = Template.fromStack(stack);
  const roles = statementsByRole(template);

  it.each([
    [
      'Tokens/ClientFunctions/Registration/Role',
      [
        writeLogs('Tokens/ClientFunctions/Registration'),
        {
          actions: ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem'],
          resources: ['<Tokens/Clients>'],
        },
        { actions: ['secretsmanager:GetSecretValue'], resources: ['<Tokens/Shop/Secret>'] },
      ],
    ],
    [
      'Tokens/ClientFunctions/Rotation/Role',
      [
        writeLogs('Tokens/ClientFunctions/Rotation'),
        { actions: ['dynamodb:GetItem', 'dynamodb:PutItem'], resources: ['<Tokens/Clients>'] },
        {
          actions: [
            'secretsmanager:DescribeSecret',
            'secretsmanager:GetSecretValue',
            'secretsmanager:PutSecretValue',
            'secretsmanager:UpdateSecretVersionStage',
          ],
          resources: ['<Tokens/Shop/Secret>'],
        },
      ],
    ],
    [
      'Tokens/Report/Handler/Role',
      [
        writeLogs('Tokens/Report/Handler'),
        { actions: ['lambda:InvokeFunction'], resources: ['<Tokens/TokenIssue/Function>'] },
        { actions: ['dynamodb:BatchGetItem'], resources: ['<Revocations/Table>'] },
        {
          actions: ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
          resources: ['<Tokens/Report/Secret>'],
        },
      ],
    ],
    [
      'Tokens/Report/Schedule/Role',
      [
        { actions: ['lambda:InvokeFunction'], resources: ['<Tokens/Report/Handler/Function>'] },
        { actions: ['sqs:SendMessage'], resources: ['<Tokens/Report/Schedule/DeadLetters>'] },
      ],
    ],
    [
      'Grantee/Role',
      [
        writeLogs('Grantee'),
        { actions: ['lambda:InvokeFunction'], resources: ['<Tokens/TokenIssue/Function>'] },
        {
          actions: ['secretsmanager:GetSecretValue'],
          resources: ['<Tokens/Report/Secret>', '<Tokens/Shop/Secret>'],
        },
      ],
    ],
  ])('gives %s these statements and no others', (role, expected) => {
    const sorted = (all: readonly unknown[]) => all.map((one) => JSON.stringify(one)).sort();
    expect(sorted(roles[role] ?? [])).toEqual(sorted(expected));
  });

  it('tells each function what it works with', () => {
    const clientTable = { KEYTURN_CLIENT_TABLE: '<Tokens/Clients>' };
    const issue = { KEYTURN_TOKEN_ISSUE_FUNCTION: '<Tokens/TokenIssue/Function>' };
    expect(environmentOf(template, 'Tokens/ClientFunctions/Registration/Function')).toEqual(clientTable);
    expect(environmentOf(template, 'Tokens/ClientFunctions/Rotation/Function')).toEqual(clientTable);
    expect(environmentOf(template, 'Tokens/Report/Handler/Function')).toEqual({
      ...issue,
      KEYTURN_REVOCATION_TABLE: '<Revocations/Table>',
    });
    expect(environmentOf(template, 'Grantee/Function')).toEqual(issue);
  });

  it('makes each function once', () => {
    const made = [...resourcesByPath(template, 'AWS::Lambda::Function').keys()];
    expect(made.filter((path) => path.includes('ClientFunctions'))).toHaveLength(2);
  });
});
