import { afterEach, describe, expect, it } from '@jest/globals';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  endPlay,
  eventually,
  inlineFunction,
  localClient,
  playResources,
  type PlayedTemplate,
} from './played.ts';

let stack: PlayedTemplate | undefined;
afterEach(async () => {
  await endPlay(stack);
  stack = undefined;
});

const invokeUri = (id: string) => ({
  'Fn::Sub': `arn:aws:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/\${${id}.Arn}/invocations`,
});
const part = (type: string, properties: object) => ({
  Type: `AWS::ApiGatewayV2::${type}`,
  Properties: { ApiId: { Ref: 'Api' }, ...properties },
});

const flushing = `exports.handler = async ({ api, stage }) => {
  const url = process.env.AWS_ENDPOINT_URL_APIGATEWAYV2 + '/v2/apis/' + api + '/stages/' + stage + '/cache/authorizers';
  return (await fetch(url, { method: 'DELETE' })).status;
};`;

it('lets a function flush the authorizer answers of a stage', async () => {
  stack = await playResources(
    {
      Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'Api', ProtocolType: 'HTTP' } },
      Stage: part('Stage', { StageName: '$default', AutoDeploy: true }),
      Authorizer: part('Authorizer', {
        AuthorizerType: 'REQUEST',
        AuthorizerUri: invokeUri('Counter'),
        AuthorizerPayloadFormatVersion: '2.0',
        EnableSimpleResponses: true,
        AuthorizerResultTtlInSeconds: 300,
        IdentitySource: ['$request.header.Authorization'],
        Name: 'Counter',
      }),
      Integration: part('Integration', {
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: { 'Fn::GetAtt': ['Echo', 'Arn'] },
        PayloadFormatVersion: '2.0',
      }),
      Route: part('Route', {
        RouteKey: 'GET /',
        AuthorizationType: 'CUSTOM',
        AuthorizerId: { Ref: 'Authorizer' },
        Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] },
      }),
      Counter: inlineFunction(
        'let n = 0; exports.handler = async () => ({ isAuthorized: true, context: { n: ++n } });',
      ),
      Echo: inlineFunction(
        'exports.handler = async (event) => String(event.requestContext.authorizer.lambda.n);',
      ),
      Flush: inlineFunction(flushing),
    },
    { more: { Outputs: { Id: { Value: { Ref: 'Api' } } } } },
  );
  const { apis, outputs } = stack;
  const ask = async () => await (await fetch(apis[0]?.url ?? '', { headers: { authorization: 'x' } })).text();
  const flush = (stage: string) => stack?.invoke('Stack-Flush', { api: outputs['Id'], stage });
  expect([await ask(), await ask()]).toEqual(['1', '1']);
  expect(await flush('other')).toEqual({ ok: true, payload: 404 });
  expect(await ask()).toBe('1');
  expect(await flush('$default')).toEqual({ ok: true, payload: 204 });
  expect([await ask(), await ask()]).toEqual(['2', '2']);
});

const rotating = `
const call = async (operation, input) => {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'secretsmanager.' + operation };
  const response = await fetch(process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER, { method: 'POST', headers, body: JSON.stringify(input) });
  if (response.status !== 200) throw new Error(await response.text());
  return response.json();
};
exports.handler = async ({ Step, SecretId, ClientRequestToken }) => {
  if (Step === 'createSecret') {
    await call('PutSecretValue', { SecretId, ClientRequestToken, SecretString: 'rotated', VersionStages: ['AWSPENDING'] });
  }
  if (Step === 'finishSecret') {
    const { VersionId } = await call('GetSecretValue', { SecretId });
    await call('UpdateSecretVersionStage', {
      SecretId, VersionStage: 'AWSCURRENT', MoveToVersionId: ClientRequestToken, RemoveFromVersionId: VersionId,
    });
  }
};`;

it('plays secrets with their rotation, and keys that sign', async () => {
  const properties = { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' };
  stack = await playResources({
    Db: { Type: 'AWS::SecretsManager::Secret', Properties: { GenerateSecretString: {} } },
    Schedule: {
      Type: 'AWS::SecretsManager::RotationSchedule',
      Properties: {
        SecretId: { Ref: 'Db' },
        RotationLambdaARN: { 'Fn::GetAtt': ['Rotate', 'Arn'] },
        RotationRules: { AutomaticallyAfterDays: 30 },
      },
    },
    Rotate: inlineFunction(rotating),
    Key: { Type: 'AWS::KMS::Key', Properties: properties },
    Mac: { Type: 'AWS::KMS::Key', Properties: { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' } },
  });
  const { lines, resources, endpoints, leftOut } = stack;
  await eventually(() => lines.includes('local: the secret Stack-Db was rotated'));
  const schedule = resources.find(({ logicalId }) => logicalId === 'Schedule');
  const client = new SecretsManagerClient({ ...localClient, endpoint: endpoints.secretsmanager });
  const read = new GetSecretValueCommand({ SecretId: String(schedule?.properties['SecretId']) });
  expect((await client.send(read)).SecretString).toBe('rotated');
  expect(leftOut).toEqual([
    {
      logicalId: 'Mac',
      type: 'AWS::KMS::Key',
      reason: expect.stringContaining('KeySpec HMAC_256 with KeyUsage GENERATE_VERIFY_MAC are not played'),
    },
  ]);
});

describe('a template parameter', () => {
  const more = {
    Parameters: { ProviderKey: { Type: 'String', NoEcho: true }, Own: { Type: 'String', Default: 'own' } },
    Outputs: { Key: { Value: { Ref: 'ProviderKey' } }, Own: { Value: { Ref: 'Own' } } },
  };

  it('takes the value that is given where it has no default', async () => {
    stack = await playResources({}, { more, parameters: { ProviderKey: 'given', Own: 'not this' } });
    expect(stack.outputs).toEqual({ Key: 'given', Own: 'own' });
  });

  it('is named where it has neither', async () => {
    await expect(playResources({}, { more, parameters: {} })).rejects.toThrow(
      'The parameter "ProviderKey" has no Default, and no value was given; allowed: a value in the environment variable ' +
        'ProviderKey, or a Default in the template.',
    );
  });
});

it('resolves dynamic references to secrets in properties, and not in outputs', async () => {
  const generate = { SecretStringTemplate: '{"user":"ann"}', GenerateStringKey: 'password' };
  const reference = (rest: string) => ({
    'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: 'Db' }, `:SecretString:${rest}}}`]],
  });
  const Variables = {
    USER: reference('user::'),
    WHOLE: reference('::'),
    NONE: reference('none::'),
    OTHER: '{{resolve:secretsmanager:other}}',
    NAMED: '{{resolve:secretsmanager:db:SecretString:user:AWSCURRENT}}',
  };
  stack = await playResources(
    {
      Db: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: 'db', GenerateSecretString: generate } },
      Fn: inlineFunction(
        "exports.handler = async () => ['USER', 'WHOLE', 'NONE', 'OTHER', 'NAMED'].map((name) => process.env[name]);",
        { Environment: { Variables } },
      ),
    },
    { more: { Outputs: { User: { Value: reference('user::') } } } },
  );
  const result = await stack.invoke('Stack-Fn', {});
  expect(result).toEqual({
    ok: true,
    payload: [
      'ann',
      expect.stringMatching(/^\{"user":"ann","password":".{32,}"\}$/),
      expect.stringMatching(/^\{\{resolve:secretsmanager:arn:.*:none::\}\}$/),
      '{{resolve:secretsmanager:other}}',
      'ann',
    ],
  });
  expect(stack.outputs['User']).toMatch(/^\{\{resolve:/);
});
