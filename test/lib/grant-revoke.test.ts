/** What a function of the user's own gets that revokes with `keyturn/revocations`. */
import { describe, expect, it } from '@jest/globals';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Template } from 'aws-cdk-lib/assertions';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { type JwtAuthorizer, TrustedIssuer } from '../../lib/index.ts';
import { makeAuthorizer, makeTokenService } from './apis.ts';
import { statementsByRole } from './iam.ts';
import {
  environmentOf,
  makeApp,
  makeGrantee,
  makeKeyturnStack,
  makeStack,
  resourcesByPath,
} from './synth.ts';

function grant(authorizer: JwtAuthorizer, stack: Stack) {
  authorizer.grantRevoke(makeGrantee(stack));
  const template = Template.fromStack(stack);
  const [, ...statements] = statementsByRole(template)['Grantee/Role'] ?? [];
  const { KEYTURN_REVOKER: revoker = '', ...variables } = environmentOf(template, 'Grantee/Function') ?? {};
  return { statements, variables, revoker };
}

describe('JwtAuthorizer.grantRevoke', () => {
  it('allows what revoking takes, and tells the table and the issuers', () => {
    const stack = makeStack();
    const authorizer = makeAuthorizer(stack, {
      ...{ resultsCacheTtl: Duration.minutes(1), clockTolerance: Duration.seconds(30) },
    });
    authorizer.requireScopes('GET /a', ['not:told']);
    const { statements, variables, revoker } = grant(authorizer, stack);
    expect(statements).toEqual([
      {
        actions: ['dynamodb:GetItem', 'dynamodb:PutItem'],
        resources: ['arn:<AWS::Partition>:dynamodb:<AWS::Region>:<AWS::AccountId>:table/revocations'],
      },
    ]);
    expect(variables).toEqual({ KEYTURN_REVOCATION_TABLE: 'revocations' });
    expect(JSON.parse(revoker)).toEqual({
      issuers: [expect.objectContaining({ issuer: 'https://login.example.com/', audience: ['orders'] })],
      clockToleranceSeconds: 30,
      resultsCacheSeconds: 60,
    });
  });

  it('allows to read the public keys of our own issuer, whose tokens are verified', () => {
    const stack = makeStack();
    const authorizer = makeAuthorizer(stack, { tokenService: makeTokenService(stack), trustedIssuers: [] });
    const { statements, variables } = grant(authorizer, stack);
    expect(statements).toContainEqual({
      actions: ['dynamodb:BatchGetItem', 'dynamodb:GetItem'],
      resources: ['<Tokens/KeySets>'],
      conditions: expect.objectContaining({ 'ForAllValues:StringEquals': expect.anything() }),
    });
    expect(variables).toMatchObject({
      KEYTURN_ISSUER: 'https://a.example',
      KEYTURN_KEY_SET_TABLE: '<Tokens/KeySets>',
    });
  });

  it('goes to a function of another stack, which then comes after', () => {
    const app = makeApp();
    const { authorizer } = makeKeyturnStack({}, app);
    const stack = new Stack(app, 'Orders');
    grant(authorizer, stack);
    const [fn] = resourcesByPath(Template.fromStack(stack), 'AWS::Lambda::Function').values();
    const ofKeyturn = { 'Fn::GetStackOutput': expect.objectContaining({ StackName: 'Keyturn' }) };
    expect(fn?.Properties['Environment']).toEqual({
      Variables: {
        KEYTURN_REVOCATION_TABLE: ofKeyturn,
        KEYTURN_KEY_SET_TABLE: ofKeyturn,
        KEYTURN_ISSUER: ofKeyturn,
        KEYTURN_REVOKER: { 'Fn::Join': ['', expect.arrayContaining(['{"issuers":[{"issuer":"', ofKeyturn])] },
      },
    });
    expect(stack.dependencies.map(({ stackName }) => stackName)).toEqual(['Keyturn']);
  });

  it('says at synthesis that the issuers do not fit into the environment', () => {
    const stack = makeStack();
    const trustedIssuers = Array.from({ length: 40 }, (_, index) =>
      TrustedIssuer.oidc({ issuer: `https://issuer-${index}.example.com`, audience: ['orders'] }),
    );
    const fn = new LambdaFunction(stack, 'Own', {
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: Code.fromInline('exports.handler = async () => undefined'),
    });
    makeAuthorizer(stack, { trustedIssuers }).grantRevoke(fn);
    expect(fn.node.validate()).toEqual([
      expect.stringMatching(/^environment variables: got \d+ bytes .*; allowed: 4096 bytes/),
    ]);
  });
});
