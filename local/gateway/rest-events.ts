import type { JsonObject } from '../json.ts';
import { unlessEmpty } from './api-resources.ts';
import { allValues, lastValues, unifiedNames } from './headers.ts';
import { restEventBody } from './media.ts';
import { parseQuery } from './query.ts';
import { methodArn, requestContext, type RestCall } from './rest-call.ts';

/**
 * The event of a Lambda proxy integration.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
export function proxyEvent(call: RestCall, authorizer: JsonObject | undefined): JsonObject {
  const { headers, query } = views(call);
  const body = restEventBody(call.request.headers, call.request.body, call.api.binaryMediaTypes);
  return {
    ...place(call),
    headers: lastValues(headers),
    multiValueHeaders: allValues(headers),
    queryStringParameters: unlessEmpty(lastValues(query)) ?? null,
    multiValueQueryStringParameters: unlessEmpty(allValues(query)) ?? null,
    pathParameters: unlessEmpty(call.pathParameters) ?? null,
    stageVariables: call.stage.variables ?? null,
    requestContext: requestContext(call, authorizer),
    body: body.body ?? null,
    isBase64Encoded: body.isBase64Encoded,
  };
}

/**
 * What a REQUEST authorizer is sent.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html
 */
export function requestAuthorizerEvent(call: RestCall): JsonObject {
  const { headers, query } = views(call);
  return {
    type: 'REQUEST',
    methodArn: methodArn(call),
    ...place(call),
    headers: lastValues(headers),
    multiValueHeaders: allValues(headers),
    queryStringParameters: lastValues(query),
    multiValueQueryStringParameters: allValues(query),
    pathParameters: call.pathParameters,
    stageVariables: call.stage.variables ?? {},
    requestContext: requestContext(call),
  };
}

/** What a TOKEN authorizer is sent. */
export function tokenAuthorizerEvent(call: RestCall, authorizationToken: string): JsonObject {
  return { type: 'TOKEN', methodArn: methodArn(call), authorizationToken };
}

function place({ resource, path, request }: RestCall): JsonObject {
  return { resource: resource.path, path, httpMethod: request.method };
}

function views({ headers, request }: RestCall) {
  return { headers: unifiedNames(headers), query: parseQuery(request.rawQuery) };
}
