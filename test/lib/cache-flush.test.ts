import { describe, expect, it } from '@jest/globals';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { MockIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod, HttpRoute, HttpRouteKey } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUrlIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Template } from 'aws-cdk-lib/assertions';
import { JwtAuthorizer } from '../../lib/jwt-authorizer.ts';
import { RevocationTable } from '../../lib/revocation-table.ts';
import { TrustedIssuer } from '../../lib/trusted-issuer.ts';
import { addRoute, makeAuthorizer } from './apis.ts';
import { statementsByRole } from './iam.ts';
import { environmentOf, makeApp, makeKeyturnStack, makeStack, resourcesByPath } from './synth.ts';

describe('a stack that keeps answers', () => {
  const template = Template.fromStack(makeKeyturnStack({ resultsCacheSeconds: 300 }));

  it('switches on the stream of the revocation table, with keys alone', () => {
    const table = resourcesByPath(template, 'AWS::DynamoDB::Table').get('Revocations/Table');
    expect(table?.Properties['StreamSpecification']).toEqual({ StreamViewType: 'KEYS_ONLY' });
  });

  it('flushes its stage when revocations change, but not when DynamoDB deletes expired ones', () => {
    const [mapping] = resourcesByPath(template, 'AWS::Lambda::EventSourceMapping').values();
    expect(mapping?.Properties).toMatchObject({
      BatchSize: 1000,
      StartingPosition: 'LATEST',
      MaximumRecordAgeInSeconds: 300,
      FilterCriteria: {
        Filters: [
          { Pattern: '{"eventName":["INSERT","MODIFY"]}' },
          { Pattern: '{"eventName":["REMOVE"],"userIdentity":{"principalId":[{"exists":false}]}}' },
        ],
      },
    });
    const told = environmentOf(template, 'Jwt/Flush/CacheFlush/Function')?.['KEYTURN_CACHING_STAGES'];
    expect(JSON.parse(told ?? '')).toEqual([
      { api: 'HTTP', apiId: '<Api>', stageName: '<Api/DefaultStage>' },
    ]);
  });

  it('may read the stream, flush that stage, and nothing else', () => {
    expect(statementsByRole(template)['Jwt/Flush/CacheFlush/Role']).toEqual([
      { actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: ['<Jwt/Flush/CacheFlush/Logs>'] },
      {
        actions: ['apigateway:DELETE'],
        resources: [
          'arn:<AWS::Partition>:apigateway:<AWS::Region>::/apis/<Api>/stages/<Api/DefaultStage>/cache/authorizers',
        ],
      },
      {
        actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
        resources: ['<Revocations/Table.StreamArn>'],
      },
      { actions: ['dynamodb:ListStreams'], resources: ['<Revocations/Table>/stream/*'] },
    ]);
  });
});

describe('an API', () => {
  function keepingAnswers(stack: Stack): JwtAuthorizer {
    const revocations = new RevocationTable(stack, 'Revocations');
    return makeAuthorizer(stack, { revocations, resultsCacheTtl: Duration.minutes(5) });
  }

  it('that is looked up is not flushed: its stages are not known', () => {
    const stack = makeStack();
    const authorizer = keepingAnswers(stack);
    const httpApi = HttpApi.fromHttpApiAttributes(stack, 'Http', { httpApiId: 'abc' });
    const integration = new HttpUrlIntegration('Url', 'https://backend.example.com');
    const routeKey = HttpRouteKey.with('/a', HttpMethod.GET);
    const protection = { authorizer: authorizer.forHttpApi() };
    const route = new HttpRoute(stack, 'Route', { httpApi, routeKey, integration, ...protection });
    const rest = RestApi.fromRestApiAttributes(stack, 'Rest', { restApiId: 'def', rootResourceId: 'root' });
    rest.root.addMethod('GET', new MockIntegration(), { authorizer: authorizer.forRestApi() });
    expect(authorizer.cacheFlushes).toEqual([]);
    Template.fromStack(Stack.of(route)).resourceCountIs('AWS::Lambda::EventSourceMapping', 0);
  });

  it('without a stage, which nobody could flush, is refused at synthesis', () => {
    const stack = makeStack();
    const authorizer = keepingAnswers(stack);
    addRoute(new HttpApi(stack, 'Api', { createDefaultStage: false }), 'GET /a', authorizer.forHttpApi());
    expect(authorizer.cacheFlushes[0]?.node.validate()).toEqual([
      'answers that API Gateway keeps: got no stage of their API in its stack; allowed: one or more, because they are flushed ' +
        'by stage; make the stage there, or leave resultsCacheTtl out',
    ]);
  });
});

it('a stack that keeps no answers has neither stream nor flush', () => {
  const template = Template.fromStack(makeKeyturnStack());
  template.resourceCountIs('AWS::Lambda::EventSourceMapping', 0);
  expect(JSON.stringify(template.toJSON())).not.toContain('StreamSpecification');
});

describe('an authorizer of another stack', () => {
  const app = makeApp();
  const [home, other] = [new Stack(app, 'Home'), new Stack(app, 'Other')];
  const authorizer = new JwtAuthorizer(home, 'Jwt', {
    revocations: new RevocationTable(home, 'Revocations'),
    trustedIssuers: [
      TrustedIssuer.of({
        issuer: 'https://issuer.example',
        audience: ['a'],
        jwksUri: 'https://issuer.example/jwks',
      }),
    ],
    resultsCacheTtl: Duration.seconds(30),
  });
  const api = new RestApi(other, 'Rest');
  api.root.addMethod('GET', new MockIntegration(), { authorizer: authorizer.forRestApi() });
  const template = Template.fromStack(other);

  it('is flushed from the stack of the API, so that no stack waits for itself', () => {
    Template.fromStack(home).resourceCountIs('AWS::Lambda::EventSourceMapping', 0);
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', { MaximumRecordAgeInSeconds: 60 });
    const [role] = Object.entries(statementsByRole(template)).filter(([path]) =>
      path.includes('KeyturnFlush'),
    );
    expect(role?.[1]).toContainEqual({
      actions: ['apigateway:DELETE'],
      resources: [
        'arn:<AWS::Partition>:apigateway:<AWS::Region>::/restapis/<Rest>/stages/<Rest/DeploymentStage.prod>/cache/authorizers',
      ],
    });
  });
});
