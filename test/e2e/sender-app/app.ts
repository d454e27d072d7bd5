/** Tokens that are bound to their sender, one-time tickets and a shared secret, on all three kinds of API. */
import path from 'node:path';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod, WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration, WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { JwtAuthorizer, KeyturnStack, RevocationTable, TrustedIssuer } from 'keyturn';

const { ISSUER: issuer = '' } = process.env;

const app = new App();
new KeyturnStack(app, 'Keyturn');

const stack = new Stack(app, 'Bound');
const handler = new Function(stack, 'Handler', {
  runtime: Runtime.NODEJS_24_X,
  handler: 'index.handler',
  code: Code.fromAsset(path.join(import.meta.dirname, 'handler')),
});
const secret = new Secret(stack, 'Secret', { generateSecretString: { passwordLength: 64 } });
const authorizer = new JwtAuthorizer(stack, 'Jwt', {
  revocations: new RevocationTable(stack, 'Revocations', { removalPolicy: RemovalPolicy.DESTROY }),
  trustedIssuers: [
    TrustedIssuer.oidc({ issuer, audience: ['orders'], algorithms: ['ES256'] }),
    TrustedIssuer.sharedSecret({ issuer: 'https://partner.example.com', audience: ['orders'], secret }),
  ],
  dpop: {},
  webSocketTickets: true,
});

const httpApi = new HttpApi(stack, 'Http');
const routes = { '/orders': handler, '/ticket': authorizer.ticketIssue ?? handler };
for (const [route, fn] of Object.entries(routes)) {
  httpApi.addRoutes({
    ...{ path: route, methods: [HttpMethod.POST], authorizer: authorizer.forHttpApi() },
    integration: new HttpLambdaIntegration(fn.node.path, fn),
  });
}

const restApi = new RestApi(stack, 'Rest', { deployOptions: { stageName: 'prod' } });
restApi.root
  .addResource('orders')
  .addMethod('POST', new LambdaIntegration(handler), { authorizer: authorizer.forRestApi() });

const integration = new WebSocketLambdaIntegration('Connect', handler);
const webSocketApi = new WebSocketApi(stack, 'Socket', {
  connectRouteOptions: { integration, authorizer: authorizer.forWebSocketApi() },
});
new WebSocketStage(stack, 'Live', { webSocketApi, stageName: 'live', autoDeploy: true });
