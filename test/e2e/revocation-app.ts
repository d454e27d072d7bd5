/** The app that revocation-apis.test.ts plays: a REST API that keeps answers, an HTTP API whose menu takes stale ones. */
import { fileURLToPath } from 'node:url';
import path from 'node:path';

const library = path.resolve(
  path.dirname(fileURLToPath(import.meta.url)),
  '..',
  '..',
  'dist',
  'lib',
  'index.js',
);

/** Longest age of an answer that the menu takes, in seconds. */
export const staleSeconds = 20;

/** The app's source, for a file anywhere; ISSUER and JWKS name whom it believes. */
export const revocationApp = `
import { App, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { JwtAuthorizer, RevocationTable, TrustedIssuer } from ${JSON.stringify(library)};
const stack = new Stack(new App(), 'Apis');
const handler = new Function(stack, 'Handler', {
  runtime: Runtime.NODEJS_24_X,
  handler: 'index.handler',
  code: Code.fromInline("exports.handler = async () => ({ statusCode: 200, body: 'ok' });"),
});
const revocations = new RevocationTable(stack, 'Revocations', { removalPolicy: RemovalPolicy.DESTROY });
const trustedIssuers = [
  TrustedIssuer.staticKeys({
    issuer: process.env.ISSUER, audience: ['orders'], algorithms: ['ES256'], jwks: JSON.parse(process.env.JWKS),
  }),
];
const caching = new JwtAuthorizer(stack, 'Caching', {
  revocations, trustedIssuers, resultsCacheTtl: Duration.seconds(300),
});
const rest = new RestApi(stack, 'Rest', { cloudWatchRole: false });
rest.root.addMethod('GET', new LambdaIntegration(handler), { authorizer: caching.forRestApi() });

const bridging = new JwtAuthorizer(stack, 'Bridging', { revocations, trustedIssuers });
bridging.acceptStaleRevocationAnswers('GET /menu', Duration.seconds(${staleSeconds}));
const http = new HttpApi(stack, 'Http');
for (const route of ['/menu', '/orders']) {
  http.addRoutes({
    path: route,
    methods: [HttpMethod.GET],
    integration: new HttpLambdaIntegration(route, handler),
    authorizer: bridging.forHttpApi(),
  });
}
new CfnOutput(stack, 'Table', { value: revocations.tableName });
stack.node.root.synth();
`;
