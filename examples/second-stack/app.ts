/** One stack makes the authorizer. Another, which may be another team's app, knows the function's name and no more. */
import path from 'node:path';
import { App, CfnOutput, Fn, Stack } from 'aws-cdk-lib';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { JwtAuthorizer, KeyturnStack } from 'keyturn';

const exportName = 'keyturn-shared-authorizer';

const app = new App();

/** The platform team's stack. Scopes are asked for by the function, so they are said where it is made. */
const platform = new KeyturnStack(app, 'Keyturn');
const { handler } = new JwtAuthorizer(platform, 'Shared', {
  tokenService: platform.tokenService,
  revocations: platform.revocations,
  routesElsewhere: true,
})
  .requireScopes('GET /orders', ['orders:read'])
  .requireScopes('POST /orders', ['orders:write']);
new CfnOutput(platform, 'SharedAuthorizer', { value: handler.functionName, exportName });

/** The orders team's stack. */
const stack = new Stack(app, 'Orders');
stack.addStackDependency(platform);
const authorizer = JwtAuthorizer.fromFunctionName(stack, 'Jwt', Fn.importValue(exportName));
const orders = new Function(stack, 'Handler', {
  runtime: Runtime.NODEJS_24_X,
  handler: 'index.handler',
  code: Code.fromAsset(path.join(import.meta.dirname, 'handler')),
});
const api = new HttpApi(stack, 'Api');
api.addRoutes({
  methods: [HttpMethod.GET, HttpMethod.POST],
  path: '/orders',
  integration: new HttpLambdaIntegration('Orders', orders),
  authorizer: authorizer.forHttpApi(),
});
new CfnOutput(stack, 'Url', { value: api.apiEndpoint });
