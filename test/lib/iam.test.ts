import { describe, expect, it } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { AdminRoutes } from '../../core/contract/index.ts';
import { statementsByRole } from './iam.ts';
import { makeKeyturnStack, readable, resourcesByPath } from './synth.ts';

const template = Template.fromStack(makeKeyturnStack());
const roles = statementsByRole(template);

const writeLogs = (path: string) => ({
  actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  resources: [`<${path}/Logs>`],
});

const readPublicKeys = {
  actions: ['dynamodb:BatchGetItem', 'dynamodb:GetItem'],
  resources: ['<Tokens/KeySets>'],
  conditions: {
    'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['issuer', 'version', 'keys', 'windows'] },
    StringEqualsIfExists: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
  },
};

const forOwnIssuer = {
  StringEquals: { 'kms:EncryptionContext:issuer': '<Api.ApiEndpoint>' },
  'ForAllValues:StringEquals': { 'kms:EncryptionContextKeys': ['issuer', 'kid'] },
};

const expected = {
  'Tokens/TokenIssue/Role': [
    writeLogs('Tokens/TokenIssue'),
    { actions: ['dynamodb:GetItem'], resources: ['<Tokens/Clients>', '<Tokens/KeySets>'] },
    { actions: ['kms:Decrypt'], resources: ['<Tokens/SealingKey>'], conditions: forOwnIssuer },
    { actions: ['dynamodb:PutItem'], resources: ['<Tokens/IssuedTokens>'] },
    {
      actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      resources: ['<Tokens/RefreshFamilies>'],
    },
    { actions: ['dynamodb:BatchGetItem'], resources: ['<Revocations/Table>'] },
    {
      actions: ['dynamodb:GetItem', 'dynamodb:PutItem'],
      resources: ['<Revocations/Table>', '<Tokens/Replays/Table>'],
    },
  ],
  'Tokens/Metadata/Role': [writeLogs('Tokens/Metadata'), readPublicKeys],
  'Tokens/KeyRotation/Role': [
    writeLogs('Tokens/KeyRotation'),
    {
      actions: ['dynamodb:GetItem', 'dynamodb:PutItem'],
      resources: ['<Revocations/Table>', '<Tokens/KeySets>'],
    },
    { actions: ['dynamodb:BatchGetItem'], resources: ['<Revocations/Table>'] },
    { actions: ['kms:Encrypt'], resources: ['<Tokens/SealingKey>'], conditions: forOwnIssuer },
    {
      actions: ['dynamodb:PutItem'],
      resources: ['<Events/Table>'],
      conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['schedules'] } },
    },
  ],
  'Tokens/Rotation/Role': [
    { actions: ['lambda:InvokeFunction'], resources: ['<Tokens/KeyRotation/Function>'] },
    { actions: ['sqs:SendMessage'], resources: ['<Tokens/Rotation/DeadLetters>'] },
  ],
  'Jwt/Authorizer/Role': [
    writeLogs('Jwt/Authorizer'),
    { actions: ['dynamodb:BatchGetItem'], resources: ['<Revocations/Table>'] },
    { actions: ['dynamodb:GetItem', 'dynamodb:PutItem'], resources: ['<Tokens/Replays/Table>'] },
    readPublicKeys,
    {
      actions: ['dynamodb:UpdateItem'],
      resources: ['<Tokens/IssuedTokens>'],
      conditions: {
        'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['jti', 'lastRefusal'] },
        StringEqualsIfExists: { 'dynamodb:ReturnValues': 'NONE' },
      },
    },
  ],
  'Introspection/Role': [
    writeLogs('Introspection'),
    readPublicKeys,
    { actions: ['dynamodb:GetItem'], resources: ['<Tokens/Clients>', '<Tokens/RefreshFamilies>'] },
    { actions: ['dynamodb:GetItem', 'dynamodb:PutItem'], resources: ['<Tokens/Replays/Table>'] },
    { actions: ['dynamodb:BatchGetItem'], resources: ['<Revocations/Table>'] },
  ],
  'Revocation/Role': [
    writeLogs('Revocation'),
    readPublicKeys,
    { actions: ['dynamodb:GetItem'], resources: ['<Tokens/Clients>'] },
    {
      actions: ['dynamodb:GetItem', 'dynamodb:PutItem'],
      resources: ['<Revocations/Table>', '<Tokens/Replays/Table>'],
    },
    { actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'], resources: ['<Tokens/RefreshFamilies>'] },
  ],
  'Admin/Role': [
    writeLogs('Admin'),
    readPublicKeys,
    {
      actions: ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Scan'],
      resources: ['<Revocations/Table>', '<Tokens/Clients>'],
    },
    { actions: ['dynamodb:GetItem'], resources: ['<Tokens/IssuedTokens>'] },
    {
      actions: ['dynamodb:Query'],
      resources: [
        '<Events/Table>',
        ...['byClient', 'byExpiry', 'bySubject'].map((name) => `<Tokens/IssuedTokens>/index/${name}`),
      ],
    },
    { actions: ['dynamodb:BatchWriteItem'], resources: ['<Events/Table>'] },
    {
      actions: ['lambda:InvokeFunction'],
      resources: ['<Tokens/KeyRotation/Function>', '<Tokens/TokenIssue/Function>'],
    },
  ],
  'Whoami/Role': [writeLogs('Whoami')],
  'Console/Page/Role': [writeLogs('Console/Page')],
};

/** Order of statements says nothing. */
const sorted = (statements: readonly unknown[]) => statements.map((s) => JSON.stringify(s)).sort();

describe('IAM of the default stack', () => {
  it('has the roles of this table and no others', () => {
    expect(Object.keys(roles).sort()).toEqual(Object.keys(expected).sort());
  });

  it.each(Object.entries(expected))('gives %s these statements and no others', (role, statements) => {
    expect(sorted(roles[role] ?? [])).toEqual(sorted(statements));
  });

  it('names no wildcard as action or resource', () => {
    const texts = Object.values(roles).flatMap((all) => all.flatMap((s) => [...s.actions, ...s.resources]));
    expect(texts.filter((text) => text.includes('*'))).toEqual([]);
  });

  it('gives no role a managed or an inline policy', () => {
    const extra = [...resourcesByPath(template, 'AWS::IAM::Role').values()].filter(
      ({ Properties }) => 'ManagedPolicyArns' in Properties || 'Policies' in Properties,
    );
    expect(extra).toEqual([]);
    expect(template.findResources('AWS::IAM::ManagedPolicy')).toEqual({});
  });

  it.each(Object.keys(expected))('lets one service alone assume %s', (role) => {
    const isScheduler = role === 'Tokens/Rotation/Role';
    const resource = resourcesByPath(template, 'AWS::IAM::Role').get(role);
    expect(readable(template, resource?.Properties['AssumeRolePolicyDocument'])).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Action: 'sts:AssumeRole',
          Effect: 'Allow',
          Principal: { Service: isScheduler ? 'scheduler.amazonaws.com' : 'lambda.amazonaws.com' },
          ...(isScheduler && {
            Condition: {
              StringEquals: {
                'aws:SourceAccount': '<AWS::AccountId>',
                'aws:SourceArn':
                  'arn:<AWS::Partition>:scheduler:<AWS::Region>:<AWS::AccountId>:schedule-group/default',
              },
            },
          }),
        },
      ],
    });
  });

  it('lets API Gateway alone invoke functions, each from its own routes', () => {
    const api = 'arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<Api>/';
    const permissions = [...resourcesByPath(template, 'AWS::Lambda::Permission').values()].map(
      ({ Properties }) => [
        readable(template, Properties['FunctionName']),
        Properties['Principal'],
        String(readable(template, Properties['SourceArn'])).replace(api, ''),
      ],
    );
    const gateway = 'apigateway.amazonaws.com';
    expect(sorted(permissions)).toEqual(
      sorted([
        ['<Tokens/TokenIssue/Function>', gateway, '*/*/oauth2/token'],
        ['<Revocation/Function>', gateway, '*/*/oauth2/revoke'],
        ['<Introspection/Function>', gateway, '*/*/oauth2/introspect'],
        ...Object.values(AdminRoutes).map(({ path }) => ['<Admin/Function>', gateway, `*/*${path}`]),
        ['<Tokens/Metadata/Function>', gateway, '*/*/.well-known/jwks.json'],
        ['<Tokens/Metadata/Function>', gateway, '*/*/.well-known/openid-configuration'],
        ['<Tokens/Metadata/Function>', gateway, '*/*/.well-known/oauth-authorization-server'],
        ['<Tokens/Metadata/Function>', gateway, '*/*/.well-known/oauth-protected-resource'],
        ['<Whoami/Function>', gateway, '*/*/whoami'],
        ['<Console/Page/Function>', gateway, '*/*/console'],
        ['<Jwt/Authorizer/Function>', gateway, 'authorizers/<Api/KeyturnJwtAuthorizerFunction99776CF7>'],
      ]),
    );
  });

  it('keeps clear-text connections from the dead-letter queue', () => {
    const [policy] = resourcesByPath(template, 'AWS::SQS::QueuePolicy').values();
    expect(readable(template, policy?.Properties['PolicyDocument'])).toMatchObject({
      Statement: [
        { Effect: 'Deny', Action: 'sqs:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      ],
    });
  });
});
