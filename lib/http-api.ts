import { RemovalPolicy } from 'aws-cdk-lib/core';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** Requests a second that the whole API takes before it answers 429, and how many at once. */
const throttle = { rateLimit: 1000, burstLimit: 1000 };

/** What an access log line says: no header, no query string, no body, so that no token is in it. */
const accessLogLine = {
  requestId: '$context.requestId',
  requestTime: '$context.requestTime',
  sourceIp: '$context.identity.sourceIp',
  protocol: '$context.protocol',
  routeKey: '$context.routeKey',
  status: '$context.status',
  responseLength: '$context.responseLength',
  responseLatency: '$context.responseLatency',
  integrationLatency: '$context.integrationLatency',
  integrationError: '$context.integrationErrorMessage',
  authorizerError: '$context.authorizer.error',
};

/** Makes the stack's HTTP API: one stage at the root, throttled, with access logs kept for a month. */
export function makeHttpApi(scope: Construct, id: string): HttpApi {
  const httpApi = new HttpApi(scope, id, {
    description: 'Revocable JWTs: token service and protected routes',
    createDefaultStage: false,
  });
  const logGroup = new LogGroup(httpApi, 'AccessLogs', {
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  httpApi.addStage('DefaultStage', {
    stageName: '$default',
    autoDeploy: true,
    throttle,
    accessLogSettings: {
      destination: new LogGroupLogDestination(logGroup),
      format: AccessLogFormat.custom(JSON.stringify(accessLogLine)),
    },
  });
  return httpApi;
}
