import { afterEach, expect, it } from '@jest/globals';
import { endPlay, inlineFunction, playResources, type PlayedTemplate } from './played.ts';

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
