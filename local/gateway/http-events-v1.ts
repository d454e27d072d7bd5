import { account } from '../types.ts';
import type { JsonObject } from '../json.ts';
import { unlessEmpty } from './api-resources.ts';
import { allValues, lastValues, unifiedNames, withoutHeaders, type HeaderPair } from './headers.ts';
import { commonContext, type HttpCall } from './http-call.ts';
import { routeArn, type HttpAuthorizerContext } from './http-events.ts';
import { httpEventBody } from './media.ts';
import { parseQuery } from './query.ts';

/**
 * The event of payload format 1.0 from an HTTP API.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function eventV1(call: HttpCall, authorizer: HttpAuthorizerContext | undefined): JsonObject {
  const body = httpEventBody(call.request.headers, call.request.body);
  return {
    version: '1.0',
    ...requestV1(call),
    requestContext: { ...requestContextV1(call), authorizer: contextV1(authorizer) },
    pathParameters: unlessEmpty(call.pathParameters) ?? null,
    stageVariables: call.stage.variables ?? null,
    body: body.body ?? null,
    isBase64Encoded: body.isBase64Encoded,
  };
}

/**
 * What a Lambda authorizer of payload format 1.0 is sent.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 */
export function authorizerEventV1(call: HttpCall, identity: readonly string[]): JsonObject {
  return {
    version: '1.0',
    type: 'REQUEST',
    methodArn: routeArn(call),
    identitySource: identity.join(','),
    authorizationToken: identity.join(','),
    ...requestV1(call),
    pathParameters: call.pathParameters,
    stageVariables: call.stage.variables ?? {},
    requestContext: requestContextV1(call),
  };
}

function requestV1(call: HttpCall): JsonObject {
  const headers = headersV1(call);
  const query = parseQuery(call.request.rawQuery);
  return {
    resource: resourceOf(call),
    path: call.path,
    httpMethod: call.request.method,
    headers: lastValues(headers),
    multiValueHeaders: allValues(headers),
    queryStringParameters: unlessEmpty(lastValues(query)) ?? null,
    multiValueQueryStringParameters: unlessEmpty(allValues(query)) ?? null,
  };
}

function headersV1({ headers, request }: HttpCall): HeaderPair[] {
  return unifiedNames([
    ...withoutHeaders(headers, ['content-length']),
    ['Content-Length', String(request.body.length)],
  ]);
}

function resourceOf({ route }: HttpCall): string {
  return route.routeKey.split(' ')[1] ?? route.routeKey;
}

function requestContextV1(call: HttpCall): JsonObject {
  const { time, timeEpoch, sourceIp, userAgent, ...context } = commonContext(call);
  return {
    ...context,
    accountId: account,
    extendedRequestId: context.requestId,
    httpMethod: call.request.method,
    identity: { ...anonymous, sourceIp, userAgent },
    path: call.path,
    protocol: call.request.protocol,
    requestTime: time,
    requestTimeEpoch: timeEpoch,
    resourceId: call.route.routeKey,
    resourcePath: resourceOf(call),
  };
}

/** Who calls is known to IAM and Cognito only, neither of which is here. */
const anonymous = {
  accessKey: null,
  accountId: null,
  caller: null,
  cognitoAuthenticationProvider: null,
  cognitoAuthenticationType: null,
  cognitoIdentityId: null,
  cognitoIdentityPoolId: null,
  principalOrgId: null,
  user: null,
  userArn: null,
};

function contextV1(authorizer: HttpAuthorizerContext | undefined): JsonObject {
  if (authorizer === undefined) return { claims: null, scopes: null };
  if ('jwt' in authorizer) return { claims: authorizer.jwt.claims, scopes: authorizer.jwt.scopes };
  const principal = authorizer.principalId === undefined ? {} : { principalId: authorizer.principalId };
  return { ...authorizer.lambda, ...principal, integrationLatency: authorizer.latency };
}
