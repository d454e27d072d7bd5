import { account } from '../types.ts';
import type { JsonObject } from '../json.ts';
import { compact } from './api-resources.ts';
import { domainName, sourceIp, type ClientRequest } from './client-request.ts';
import { headerValue, type HeaderPair } from './headers.ts';
import type { Stage } from './http-model.ts';
import type { RequestView } from './identity-source.ts';
import { executeApiArn, logTime } from './identifiers.ts';
import { decodePath, parseQuery } from './query.ts';
import type { RestApi, RestMethod, RestResource } from './rest-model.ts';
import { matchPattern } from './routes.ts';

/** A request that reached a REST API, whether or not a method takes it. */
export interface RestRequest {
  readonly api: RestApi;
  readonly request: ClientRequest;
  /** As functions and backends see them. */
  readonly headers: readonly HeaderPair[];
  readonly requestId: string;
  readonly extendedRequestId: string;
  readonly stage: Stage | undefined;
  /** Percent-encoded, without the stage's name. */
  readonly path: string;
}

/** A request to a REST API, its method found. */
export interface RestCall extends RestRequest {
  readonly stage: Stage;
  readonly resource: RestResource;
  readonly method: RestMethod;
  readonly pathParameters: Readonly<Record<string, string>>;
}

/** The method that takes a request, with its path parameters. One slash at the end of a path does not count. */
export function findMethod(received: RestRequest): RestCall | undefined {
  const { stage, api, path, request } = received;
  if (stage === undefined) return undefined;
  const trimmed = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  for (const resource of api.resources) {
    const raw = matchPattern(resource.pattern, trimmed);
    if (raw === undefined) continue;
    const method = methodOf(resource, request.method);
    return method && { ...received, stage, resource, method, pathParameters: decodeAll(raw) };
  }
  return undefined;
}

function methodOf({ methods }: RestResource, httpMethod: string): RestMethod | undefined {
  return (
    methods.find((method) => method.httpMethod === httpMethod) ??
    methods.find((method) => method.httpMethod === 'ANY')
  );
}

function decodeAll(raw: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, decodePath(value) ?? value]));
}

/** The ARN that a policy must allow for this call. */
export function methodArn({ api, stage, request, path }: RestCall): string {
  return executeApiArn(api.apiId, stage.name, request.method + path);
}

/**
 * `requestContext`: what is known of a call, `authorizer` added by the caller.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
export function requestContext(received: RestRequest | RestCall, authorizer?: JsonObject): JsonObject {
  const { api, request, requestId, extendedRequestId, stage, path } = received;
  const domain = domainName(request);
  const called = 'resource' in received ? received.resource : undefined;
  return compact({
    resourceId: called?.id,
    resourcePath: called?.path,
    httpMethod: request.method,
    extendedRequestId,
    requestTime: logTime(request.receivedAt),
    path: stage === undefined ? path : `/${stage.name}${path}`,
    accountId: account,
    protocol: request.protocol,
    stage: stage?.name,
    domainPrefix: domain.split('.')[0],
    requestTimeEpoch: request.receivedAt,
    requestId,
    identity: { ...anonymous, sourceIp, userAgent: headerValue(request.headers, 'user-agent') ?? null },
    domainName: domain,
    apiId: api.apiId,
    authorizer,
  });
}

/** Who calls is known to IAM and Cognito only, neither of which is here. */
const anonymous = {
  cognitoIdentityPoolId: null,
  accountId: null,
  cognitoIdentityId: null,
  caller: null,
  principalOrgId: null,
  accessKey: null,
  cognitoAuthenticationType: null,
  cognitoAuthenticationProvider: null,
  userArn: null,
  user: null,
};

/** A request as identity sources, mappings and templates see it. */
export function restView(received: RestRequest | RestCall, authorizer?: JsonObject): RequestView {
  return {
    headers: received.headers,
    query: parseQuery(received.request.rawQuery),
    context: requestContext(received, authorizer),
    stageVariables: received.stage?.variables,
    ...('pathParameters' in received ? { pathParameters: received.pathParameters } : {}),
  };
}
