/** Authorizers whose answers API Gateway keeps, on every kind of API that keeps them. Nothing flushes the answers. */
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { JwtAuthorizer, KeyturnStack, RevocationTable } from 'keyturn';

const app = new App();
const { tokenService, revocations } = new KeyturnStack(app, 'Keyturn');

const stack = new Stack(app, 'Kept');
const handler = new Function(stack, 'Handler', {
  runtime: Runtime.NODEJS_24_X,
  handler: 'index.handler',
  code: Code.fromInline("exports.handler = async () => ({ statusCode: 200, body: '{}' })"),
});
const kept = {
  tokenService,
  // Without its stream, so that an answer that is kept stays for its time.
  revocations: RevocationTable.fromTableAttributes(stack, 'Revocations', {
    tableName: revocations.tableName,
  }),
  resultsCacheTtl: Duration.seconds(300),
};

const scoped = new JwtAuthorizer(stack, 'Scoped', kept)
  .requireScopes('GET /orders', ['orders:read'])
  .requireScopes('POST /orders', ['orders:write']);

const httpApi = new HttpApi(stack, 'Http');
for (const [path, methods] of [
  ['/orders', [HttpMethod.GET, HttpMethod.POST]],
  ['/orders/{id}', [HttpMethod.GET]],
] as const) {
  const integration = new HttpLambdaIntegration(path, handler);
  httpApi.addRoutes({ path, methods: [...methods], integration, authorizer: scoped.forHttpApi() });
}

/** @returns its URL */
function addRestApi(id: string, authorizer: ReturnType<JwtAuthorizer['forRestApi']>): string {
  const restApi = new RestApi(stack, id, { cloudWatchRole: false, defaultMethodOptions: { authorizer } });
  const integration = new LambdaIntegration(handler);
  const orders = restApi.root.addResource('orders');
  for (const method of ['GET', 'POST']) orders.addMethod(method, integration);
  orders.addResource('{id}').addMethod('GET', integration);
  return restApi.url;
}

function addOutput(id: string, value: string): CfnOutput {
  return new CfnOutput(stack, id, { value });
}

const unscoped = new JwtAuthorizer(stack, 'Unscoped', kept);
const outputs = {
  HttpUrl: httpApi.apiEndpoint,
  RestUrl: addRestApi('Rest', scoped.forRestApi()),
  TokenRestUrl: addRestApi('TokenRest', unscoped.forRestApi({ type: 'TOKEN' })),
};
for (const [id, value] of Object.entries(outputs)) addOutput(id, value);
