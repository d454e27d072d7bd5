/** Orders behind an HTTP API for tokens of another OpenID provider, each of which can be revoked here. */
import path from 'node:path';
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { KeyturnStack, parseConfig } from 'keyturn';

/** The provider: what its openid-configuration says as `issuer` and `jwks_uri`. */
const { ISSUER: issuer = 'https://login.example.com', JWKS_URI: jwksUri = `${issuer}/jwks` } = process.env;

/** `keyturn.config.json` may say the same. */
const config = parseConfig(
  JSON.stringify({ trustedIssuers: [{ issuer, jwksUri, audience: ['https://orders.example.com'] }] }),
  'app.ts',
);

const app = new App();
const { authorizer } = new KeyturnStack(app, 'Keyturn', { config });

const stack = new Stack(app, 'Orders');
const orders = new Function(stack, 'Handler', {
  runtime: Runtime.NODEJS_24_X,
  handler: 'index.handler',
  code: Code.fromAsset(path.join(import.meta.dirname, 'handler')),
});

const api = new HttpApi(stack, 'Api');
const integration = new HttpLambdaIntegration('Orders', orders);
api.addRoutes({
  methods: [HttpMethod.GET],
  path: '/orders',
  integration,
  authorizer: authorizer.forHttpApi({ scopes: ['orders:read'] }),
});
api.addRoutes({
  methods: [HttpMethod.POST],
  path: '/orders',
  integration,
  authorizer: authorizer.forHttpApi({ scopes: ['orders:write'] }),
});

/** Bundled whole, so that what plays is what deploys; by itself it would leave the SDK to Lambda's runtime. */
const logout = new NodejsFunction(stack, 'Logout', {
  runtime: Runtime.NODEJS_24_X,
  entry: path.join(import.meta.dirname, 'logout', 'index.ts'),
  bundling: { externalModules: [] },
});
authorizer.grantRevoke(logout);
api.addRoutes({
  methods: [HttpMethod.POST],
  path: '/logout',
  integration: new HttpLambdaIntegration('Logout', logout),
  authorizer: authorizer.forHttpApi(),
});

new CfnOutput(stack, 'Url', { value: api.apiEndpoint });
