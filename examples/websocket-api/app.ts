/** A WebSocket API that only clients with a token of our own token service can open. */
import path from 'node:path';
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { KeyturnStack } from 'keyturn';

const app = new App();
const { authorizer } = new KeyturnStack(app, 'Keyturn');

const stack = new Stack(app, 'Orders');
const updates = new Function(stack, 'Handler', {
  runtime: Runtime.NODEJS_24_X,
  handler: 'index.handler',
  code: Code.fromAsset(path.join(import.meta.dirname, 'handler')),
});

const webSocketApi = new WebSocketApi(stack, 'Api', {
  connectRouteOptions: {
    integration: new WebSocketLambdaIntegration('Connect', updates),
    authorizer: authorizer.forWebSocketApi({ scopes: ['orders:read'] }),
  },
  defaultRouteOptions: {
    integration: new WebSocketLambdaIntegration('Message', updates),
    returnResponse: true,
  },
});
const stage = new WebSocketStage(stack, 'Stage', { webSocketApi, stageName: 'live', autoDeploy: true });
new CfnOutput(stack, 'Url', { value: stage.url });
