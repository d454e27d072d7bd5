import { describe, expect, it } from '@jest/globals';
import { Aws, Duration, type Stack } from 'aws-cdk-lib/core';
import { Template } from 'aws-cdk-lib/assertions';
import { AttributeType, Table, TableEncryption, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ConfigError,
  JwtAuthorizer,
  type JwtAuthorizerAttributes,
  RevocationTable,
  TokenService,
  type TokenServiceAttributes,
} from '../../lib/index.ts';
import { makeAuthorizer, makeHttpApi, makeRestApi, makeWebSocketApi } from './apis.ts';
import { statementsByRole } from './iam.ts';
import { environmentOf, makeGrantee, makeStack, readable, resourcesByPath } from './synth.ts';

const functionArn = 'arn:aws:lambda:eu-west-1:123456789012:function:authorizer';

function attach(stack: Stack, attributes: Partial<JwtAuthorizerAttributes> = {}) {
  const authorizer = JwtAuthorizer.fromAuthorizerAttributes(stack, 'Imported', {
    functionArn,
    ...attributes,
  });
  makeHttpApi(stack, { 'GET /a': authorizer.forHttpApi() });
  makeRestApi(stack, { 'GET /a': authorizer.forRestApi() });
  makeWebSocketApi(stack, authorizer.forWebSocketApi());
  const template = Template.fromStack(stack);
  const of = (type: string) =>
    [...resourcesByPath(template, type).values()].map(({ Properties }): Readonly<Record<string, unknown>> =>
      Object(readable(template, Properties)),
    );
  return {
    permissions: of('AWS::Lambda::Permission'),
    authorizers: [...of('AWS::ApiGateway::Authorizer'), ...of('AWS::ApiGatewayV2::Authorizer')],
    roles: statementsByRole(template),
  };
}

describe('JwtAuthorizer.fromAuthorizerAttributes', () => {
  it('lets each API call the function, of the same account', () => {
    const { permissions, authorizers } = attach(makeStack());
    expect(permissions.map((permission) => permission['FunctionName'])).toEqual([
      functionArn,
      functionArn,
      functionArn,
    ]);
    expect(authorizers).toHaveLength(3);
    for (const { AuthorizerUri } of authorizers)
      expect(AuthorizerUri).toMatch(`/functions/${functionArn}/invocations`);
  });

  it('lets API Gateway assume a role in place of permissions', () => {
    const stack = makeStack();
    const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('apigateway.amazonaws.com') });
    const { permissions, authorizers } = attach(stack, { role });
    expect(permissions).toEqual([]);
    const credentials = authorizers.map((a) => a['AuthorizerCredentials'] ?? a['AuthorizerCredentialsArn']);
    expect(credentials).toEqual(['<Role>', '<Role>', '<Role>']);
  });

  it('leaves permissions to the owner in another account', () => {
    expect(attach(makeStack(), { sameAccount: false }).permissions).toEqual([]);
  });

  it('keeps answers by token and route', () => {
    const { authorizers } = attach(makeStack(), { resultsCacheTtl: Duration.minutes(1) });
    expect(authorizers).toEqual([
      expect.objectContaining({
        AuthorizerResultTtlInSeconds: 60,
        IdentitySource: 'method.request.header.Authorization,context.httpMethod,context.resourcePath',
      }),
      expect.objectContaining({ IdentitySource: ['$request.header.Authorization', '$context.routeKey'] }),
      expect.objectContaining({ IdentitySource: ['route.request.header.Authorization'] }),
    ]);
  });

  it('keeps no answers of a TOKEN authorizer, which would be one route’s for all: its scopes are not known here', () => {
    const importWith = (resultsCacheTtl: Duration) =>
      JwtAuthorizer.fromAuthorizerAttributes(makeStack(), 'Imported', { functionArn, resultsCacheTtl });
    expect(() => importWith(Duration.seconds(0)).forRestApi({ type: 'TOKEN' })).not.toThrow();
    expect(() => importWith(Duration.minutes(1)).forRestApi({ type: 'TOKEN' })).toThrow(
      new ConfigError(
        "forRestApi: got type 'TOKEN' with a resultsCacheTtl; allowed: type REQUEST, because API Gateway would apply one " +
          "route's answer to all, whatever scopes the authorizer asks for where it is made; leave the type out, or " +
          'resultsCacheTtl',
      ),
    );
  });

  it('takes an ARN that only the deployment knows', () => {
    const arn = `arn:${Aws.PARTITION}:lambda:${Aws.REGION}:${Aws.ACCOUNT_ID}:function:x`;
    expect(() => attach(makeStack(), { functionArn: arn })).not.toThrow();
  });

  it.each<[Partial<JwtAuthorizerAttributes>, string]>([
    [
      { functionArn: 'authorizer' },
      'JwtAuthorizer.functionArn: got "authorizer"; allowed: the ARN of a Lambda function, a version or an alias; the stack ' +
        'that made the authorizer knows it as handler.functionArn',
    ],
    [
      { refusals: 'Deny' as 'deny' },
      'JwtAuthorizer.refusals: got "Deny"; allowed: one of unauthorized, deny',
    ],
    [
      { resultsCacheTtl: Duration.hours(2) },
      'JwtAuthorizer.resultsCacheTtl: got 7200 seconds; allowed: 0 to 3600 seconds, whole',
    ],
  ])('refuses %j', (attributes, message) => {
    expect(() => attach(makeStack(), attributes)).toThrow(new ConfigError(message));
  });
});

describe('JwtAuthorizer.fromFunctionName', () => {
  it("takes the default stack's output", () => {
    const stack = makeStack();
    makeHttpApi(stack, {
      'GET /a': JwtAuthorizer.fromFunctionName(stack, 'Imported', 'Keyturn-Jwt').forHttpApi(),
    });
    const template = Template.fromStack(stack);
    const [permission] = resourcesByPath(template, 'AWS::Lambda::Permission').values();
    expect(readable(template, permission?.Properties)).toMatchObject({
      FunctionName: 'arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>:function:Keyturn-Jwt',
    });
  });

  it('refuses an ARN', () => {
    expect(() => JwtAuthorizer.fromFunctionName(makeStack(), 'Imported', functionArn)).toThrow(
      new ConfigError(
        `JwtAuthorizer.functionName: got "${functionArn}"; allowed: 1 to 64 letters, digits, "_" and "-" (the name, not the ` +
          `ARN); for an ARN, a version or an alias use fromAuthorizerAttributes()`,
      ),
    );
  });
});

describe('JwtAuthorizer.fromStackOutputs', () => {
  it('reads the name of the function out of the default stack, at deployment', () => {
    const stack = makeStack();
    makeHttpApi(stack, {
      'GET /a': JwtAuthorizer.fromStackOutputs(stack, 'Imported', 'Keyturn').forHttpApi(),
    });
    const { FunctionName } = Object(
      [...resourcesByPath(Template.fromStack(stack), 'AWS::Lambda::Permission').values()][0]?.Properties,
    );
    expect(JSON.stringify(FunctionName)).toContain(
      '{"Fn::GetStackOutput":{"StackName":"Keyturn","OutputName":"AuthorizerFunction"}}',
    );
  });

  it.each(['arn:aws:cloudformation:eu-west-1:123456789012:stack/Keyturn/1', '1st', 'a_b', ''])(
    'refuses the name "%s"',
    (name) => {
      expect(() => JwtAuthorizer.fromStackOutputs(makeStack(), 'Imported', name)).toThrow(
        new ConfigError(
          `JwtAuthorizer.stackName: got ${JSON.stringify(name)}; allowed: a letter, then up to 127 letters, digits and "-" ` +
            `(the name, not the ARN); it is what the default stack's stackName says`,
        ),
      );
    },
  );
});

describe('JwtAuthorizer.grantInvokeToApisOf', () => {
  it('refuses what is no account id', () => {
    expect(() => makeAuthorizer(makeStack()).grantInvokeToApisOf('*')).toThrow(
      new ConfigError('JwtAuthorizer.grantInvokeToApisOf: got "*"; allowed: an AWS account id, 12 digits'),
    );
  });

  it("names the other account's authorizers", () => {
    const stack = makeStack();
    makeAuthorizer(stack).grantInvokeToApisOf('210987654321');
    const template = Template.fromStack(stack);
    const [permission] = resourcesByPath(template, 'AWS::Lambda::Permission').values();
    expect(readable(template, permission?.Properties)).toEqual({
      Action: 'lambda:InvokeFunction',
      FunctionName: '<Jwt/Authorizer/Function>',
      Principal: 'apigateway.amazonaws.com',
      SourceArn: 'arn:<AWS::Partition>:execute-api:*:210987654321:*/authorizers/*',
    });
  });
});

describe('TokenService.fromTokenServiceAttributes', () => {
  const good: TokenServiceAttributes = { issuer: 'https://a.example', keySetTableName: 'key-sets' };

  it('lets an authorizer of this stack read the public keys', () => {
    const stack = makeStack();
    const tokenService = TokenService.fromTokenServiceAttributes(stack, 'Tokens', good);
    makeAuthorizer(stack, { tokenService, trustedIssuers: [] });
    const template = Template.fromStack(stack);
    expect(statementsByRole(template)['Jwt/Authorizer/Role']).toContainEqual({
      actions: ['dynamodb:BatchGetItem', 'dynamodb:GetItem'],
      resources: ['arn:<AWS::Partition>:dynamodb:<AWS::Region>:<AWS::AccountId>:table/key-sets'],
      conditions: {
        'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['issuer', 'version', 'keys', 'windows'] },
        StringEqualsIfExists: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
      },
    });
    const variables = environmentOf(template, 'Jwt/Authorizer/Function');
    expect(variables).toMatchObject({
      KEYTURN_ISSUER: 'https://a.example',
      KEYTURN_KEY_SET_TABLE: 'key-sets',
    });
    expect(JSON.parse(variables?.['KEYTURN_AUTHORIZER'] ?? '').issuers).toMatchObject([
      { issuer: 'https://a.example', audience: ['https://a.example'] },
    ]);
  });

  it.each<[Partial<TokenServiceAttributes>, string]>([
    [
      { issuer: 'https://a.example/' },
      'TokenService.issuer: got "https://a.example/"; allowed: an https URL without query, fragment or trailing slash',
    ],
    [
      { algorithm: 'HS256' as 'RS256' },
      'TokenService.algorithm: got "HS256"; allowed: one of RS256, ES256, EdDSA, PS256, ML-DSA-44, ML-DSA-65, ML-DSA-87',
    ],
    [{ audience: '' }, 'TokenService.audience: got ""; allowed: 1 to 255 characters'],
    [
      { keySetTableName: 'a b' },
      'TokenService.keySetTableName: got "a b"; allowed: 3 to 255 letters, digits, "_", "." and "-" (the name, not the ARN)',
    ],
  ])('refuses %j', (attributes, message) => {
    const make = () =>
      TokenService.fromTokenServiceAttributes(makeStack(), 'Tokens', { ...good, ...attributes });
    expect(make).toThrow(new ConfigError(message));
  });
});

describe('RevocationTable.fromTable', () => {
  const partitionKey = { name: 'id', type: AttributeType.STRING };
  const good = { partitionKey, timeToLiveAttribute: 'expiresAt' };

  it.each([
    ['Table', (stack: Stack) => new Table(stack, 'Own', good)],
    ['TableV2', (stack: Stack) => new TableV2(stack, 'Own', good)],
  ])('takes a %s of the app', (_, make) => {
    const stack = makeStack();
    const table = make(stack);
    RevocationTable.fromTable(stack, 'Revocations', table).grantCheck(makeGrantee(stack));
    const template = Template.fromStack(stack);
    expect(statementsByRole(template)['Grantee/Role']?.slice(1)).toEqual([
      { actions: ['dynamodb:BatchGetItem'], resources: ['<Own>'] },
    ]);
    expect(environmentOf(template, 'Grantee/Function')).toEqual({ KEYTURN_REVOCATION_TABLE: '<Own>' });
  });

  it.each([
    ['grantCheck', ['kms:Decrypt']],
    ['grantRevoke', ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*']],
  ] as const)('lets %s use the key of a table', (how, actions) => {
    const stack = makeStack();
    const table = new Table(stack, 'Own', { ...good, encryption: TableEncryption.CUSTOMER_MANAGED });
    RevocationTable.fromTable(stack, 'Revocations', table)[how](makeGrantee(stack));
    expect(statementsByRole(Template.fromStack(stack))['Grantee/Role']).toContainEqual({
      actions,
      resources: ['<Own/Key>'],
    });
  });

  it('believes a table that is looked up', () => {
    const stack = makeStack();
    const table = Table.fromTableName(stack, 'Own', 'revocations');
    expect(RevocationTable.fromTable(stack, 'Revocations', table).tableName).toBe('revocations');
  });

  const advice = 'make the table with it, or use new RevocationTable()';

  it.each<[string, (stack: Stack) => Table | TableV2, string]>([
    [
      'a table without TTL',
      (stack) => new Table(stack, 'Own', { partitionKey }),
      `RevocationTable.fromTable: Test/Own: got no TTL; allowed: timeToLiveAttribute: 'expiresAt'; ${advice}`,
    ],
    [
      'a TableV2 without TTL',
      (stack) => new TableV2(stack, 'Own', { partitionKey }),
      `RevocationTable.fromTable: Test/Own: got no TTL; allowed: timeToLiveAttribute: 'expiresAt'; ${advice}`,
    ],
    [
      'a TTL on another attribute',
      (stack) => new Table(stack, 'Own', { partitionKey, timeToLiveAttribute: 'ttl' }),
      `RevocationTable.fromTable: Test/Own: got a TTL on ttl; allowed: timeToLiveAttribute: 'expiresAt'; ${advice}`,
    ],
    [
      'another key',
      (stack) =>
        new Table(stack, 'Own', { ...good, partitionKey: { name: 'pk', type: AttributeType.STRING } }),
      `RevocationTable.fromTable: Test/Own: got the key pk; allowed: id as partition key, a string, and no sort key; ${advice}`,
    ],
    [
      'a sort key',
      (stack) => new Table(stack, 'Own', { ...good, sortKey: { name: 'sk', type: AttributeType.STRING } }),
      `RevocationTable.fromTable: Test/Own: got the key id, sk; allowed: id as partition key, a string, and no sort key; ${advice}`,
    ],
  ])('refuses %s', (_, make, message) => {
    const stack = makeStack();
    expect(() => RevocationTable.fromTable(stack, 'Revocations', make(stack))).toThrow(
      new ConfigError(message),
    );
  });
});
