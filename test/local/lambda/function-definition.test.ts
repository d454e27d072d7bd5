import { afterEach, describe, expect, it } from '@jest/globals';
import { APIGatewayClient, GetRestApisCommand } from '@aws-sdk/client-api-gateway';
import { ApiGatewayV2Client, GetApisCommand } from '@aws-sdk/client-apigatewayv2';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { KMSClient, ListKeysCommand } from '@aws-sdk/client-kms';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { functionDefinition } from '../../../local/lambda/function-definition.ts';
import { serve } from '../../../local/loopback.ts';
import '../../engines.ts';
import { localClient } from '../played.ts';

const endpoints = {
  dynamodb: 'http://127.0.0.1:1001',
  kms: 'http://127.0.0.1:1002',
  lambda: 'http://127.0.0.1:1003',
  apigateway: 'http://127.0.0.1:1004',
  secretsmanager: 'http://127.0.0.1:1005',
};

function defined(properties: Record<string, unknown> = {}, at = endpoints) {
  const resource = { logicalId: 'Fn', type: 'AWS::Lambda::Function', properties };
  return functionDefinition(resource, 'Stack-Fn', { directory: '/code', endpoints: at });
}

/** What the test leaves in the environment. */
const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});

describe('functionDefinition', () => {
  it('has the defaults of CloudFormation', () => {
    expect(defined()).toMatchObject({
      name: 'Stack-Fn',
      arn: 'arn:aws:lambda:us-east-1:000000000000:function:Stack-Fn',
      handler: 'index.handler',
      timeoutSeconds: 3,
      memorySize: 128,
      reservedConcurrency: undefined,
    });
  });

  it('takes numbers as text too, and gives the environment as text', () => {
    const { timeoutSeconds, memorySize, environment } = defined({
      Timeout: '7',
      MemorySize: '256',
      Environment: { Variables: { A: 1, B: true, C: 'c' } },
    });
    expect({ timeoutSeconds, memorySize }).toEqual({ timeoutSeconds: 7, memorySize: 256 });
    expect(environment).toMatchObject({ A: '1', B: 'true', C: 'c', AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256' });
  });

  it('lets no template set what Lambda reserves', () => {
    const Variables = { AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: 'https://example.com' };
    const { environment } = defined({ Environment: { Variables } });
    expect(environment).toMatchObject({ AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: endpoints.lambda });
  });

  it.each<[string, string, () => Promise<unknown>]>([
    ['DynamoDB', 'dynamodb', () => new DynamoDBClient(localClient).send(new ListTablesCommand({}))],
    ['KMS', 'kms', () => new KMSClient(localClient).send(new ListKeysCommand({}))],
    ['Lambda', 'lambda', () => new LambdaClient(localClient).send(new ListFunctionsCommand({}))],
    ['API Gateway', 'apigateway', () => new APIGatewayClient(localClient).send(new GetRestApisCommand({}))],
    ['API Gateway V2', 'apigateway', () => new ApiGatewayV2Client(localClient).send(new GetApisCommand({}))],
    [
      'Secrets Manager',
      'secretsmanager',
      () => new SecretsManagerClient(localClient).send(new ListSecretsCommand({})),
    ],
  ])('leads the SDK client of %s to this machine', async (_name, service, call) => {
    const paths: (string | undefined)[] = [];
    const listening = await serve(async ({ url }) => {
      paths.push(url?.split('/')[1]);
      return { status: 400, body: '{"message":"no"}' };
    });
    const at = Object.fromEntries(Object.keys(endpoints).map((name) => [name, `${listening.url}/${name}`]));
    process.env = { ...before, ...defined({}, { ...endpoints, ...at }).environment };
    await call().catch(() => undefined);
    await listening.close();
    expect(paths).toEqual([service]);
  });
});
