import type { JsonObject } from '../json.ts';
import { compact, unlessEmpty } from './api-resources.ts';
import { headerValues, joined, joinedHeaders, withoutHeaders } from './headers.ts';
import { commonContext, type HttpCall } from './http-call.ts';
import { executeApiArn } from './identifiers.ts';
import { httpEventBody } from './media.ts';
import { parseQuery } from './query.ts';

/** What a request's authorizer adds to `requestContext.authorizer`; undefined without one. */
export type HttpAuthorizerContext =
  | { readonly lambda: JsonObject | null; readonly principalId: string | undefined; readonly latency: number }
  | {
      readonly jwt: {
        readonly claims: Readonly<Record<string, string>>;
        readonly scopes: readonly string[] | null;
      };
    };

/**
 * The event of payload format 2.0.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function eventV2(call: HttpCall, authorizer: HttpAuthorizerContext | undefined): JsonObject {
  const body = httpEventBody(call.request.headers, call.request.body);
  return compact({
    version: '2.0',
    ...requestV2(call),
    requestContext: requestContextV2(call, authorizer),
    body: body.body,
    isBase64Encoded: body.isBase64Encoded,
  });
}

/**
 * What a Lambda authorizer of payload format 2.0 is sent.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 */
export function authorizerEventV2(call: HttpCall, identity: readonly string[]): JsonObject {
  return compact({
    version: '2.0',
    type: 'REQUEST',
    routeArn: routeArn(call),
    identitySource: identity.length === 0 ? undefined : identity,
    ...requestV2(call),
    requestContext: requestContextV2(call, undefined),
  });
}

/** The ARN that a policy must allow for this call. */
export function routeArn({ api, stage, request, path }: HttpCall): string {
  const below = stage.name === '$default' ? path : path.slice(stage.name.length + 1);
  return executeApiArn(api.apiId, stage.name, `${request.method}${below === '' ? '/' : below}`);
}

/** `requestContext` of payload format 2.0. */
export function requestContextV2(call: HttpCall, authorizer: HttpAuthorizerContext | undefined): JsonObject {
  const { sourceIp, userAgent, ...context } = commonContext(call);
  return compact({
    ...context,
    authorizer: contextV2(authorizer),
    http: {
      method: call.request.method,
      path: call.path,
      protocol: call.request.protocol,
      sourceIp,
      userAgent,
    },
    routeKey: call.route.routeKey,
  });
}

function contextV2(authorizer: HttpAuthorizerContext | undefined): JsonObject | undefined {
  if (authorizer === undefined) return undefined;
  return 'jwt' in authorizer ? { jwt: authorizer.jwt } : { lambda: authorizer.lambda };
}

function requestV2({ route, path, request, headers, pathParameters, stage }: HttpCall): JsonObject {
  return {
    routeKey: route.routeKey,
    rawPath: path,
    rawQueryString: request.rawQuery,
    cookies: cookiesOf(headerValues(request.headers, 'cookie')),
    headers: {
      ...joinedHeaders(withoutHeaders(headers, ['cookie'])),
      'content-length': String(request.body.length),
    },
    queryStringParameters: unlessEmpty(joined(parseQuery(request.rawQuery))),
    pathParameters: unlessEmpty(pathParameters),
    stageVariables: stage.variables,
  };
}

/** Cookies have a member of their own and are not among the headers. */
function cookiesOf(values: readonly string[]): string[] | undefined {
  const cookies = values.flatMap((value) => value.split(';')).map((cookie) => cookie.trim());
  return cookies.length === 0 ? undefined : cookies.filter((cookie) => cookie !== '');
}
