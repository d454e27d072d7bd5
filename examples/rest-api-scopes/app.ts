/** Orders behind a REST API: each route asks for scopes of its own, and a refusal says why. */
import path from 'node:path';
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { KeyturnStack } from 'keyturn';

const app = new App();
const { authorizer } = new KeyturnStack(app, 'Keyturn');

const stack = new Stack(app, 'Orders');
const orders = new LambdaIntegration(
  new Function(stack, 'Handler', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromAsset(path.join(import.meta.dirname, 'handler')),
  }),
);

const api = new RestApi(stack, 'Api', {
  cloudWatchRole: false,
  defaultMethodOptions: { authorizer: authorizer.forRestApi() },
});
const collection = api.root.addResource('orders');
const order = collection.addResource('{id}');
collection.addMethod('GET', orders);
collection.addMethod('POST', orders);
order.addMethod('GET', orders);
order.addMethod('DELETE', orders);

authorizer
  .requireScopes('GET /orders', { any: ['orders:read', 'orders:write'] })
  .requireScopes('POST /orders', ['orders:write'])
  .requireScopes('DELETE /orders/{id}', { all: ['orders:read', 'orders:write'] });

authorizer.addGatewayResponses(api, { allowOrigin: 'https://shop.example.com' });

new CfnOutput(stack, 'Url', { value: api.url });
