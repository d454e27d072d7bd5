import { domainName, forwardedHeaders, sourceIp, type ClientRequest } from './client-request.ts';
import type { HttpApi, HttpRoute, Stage } from './http-model.ts';
import { headerValue, type HeaderPair } from './headers.ts';
import { logTime } from './identifiers.ts';
import { account } from '../types.ts';
import { matchPattern } from './routes.ts';

/** A request to an HTTP API, its stage and route found. */
export interface HttpCall {
  readonly api: HttpApi;
  readonly stage: Stage;
  readonly route: HttpRoute;
  readonly request: ClientRequest;
  /** As functions and backends see them. */
  readonly headers: readonly HeaderPair[];
  /** Percent-decoded, the stage's name included unless it is `$default`. */
  readonly path: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly requestId: string;
}

/** Where a request leads: its stage, and the path below that. */
export interface StagePath {
  readonly stage: Stage;
  /** Percent-decoded, without the stage's name. */
  readonly path: string;
}

/** The stage that a path belongs to: one that the path begins with, else `$default`. */
export function findStage(stages: readonly Stage[], path: string): StagePath | undefined {
  const [, first] = path.split('/');
  const named = stages.find(({ name }) => name !== '$default' && name === first);
  if (named !== undefined) return { stage: named, path: path.slice(named.name.length + 1) || '/' };
  const stage = stages.find(({ name }) => name === '$default');
  return stage === undefined ? undefined : { stage, path };
}

/** The most specific route that takes a method and path, with its path parameters. */
export function findRoute(
  routes: readonly HttpRoute[],
  method: string,
  path: string,
): { readonly route: HttpRoute; readonly pathParameters: Record<string, string> } | undefined {
  for (const route of routes) {
    if (route.method !== 'ANY' && route.method !== method) continue;
    const pathParameters = route.pattern === undefined ? {} : matchPattern(route.pattern, path);
    if (pathParameters !== undefined) return { route, pathParameters };
  }
  return undefined;
}

/** Puts a call together. */
export function httpCall(base: Omit<HttpCall, 'headers'>): HttpCall {
  return { ...base, headers: forwardedHeaders(base.request) };
}

/** The members of `requestContext` that both payload formats share. */
export function commonContext({ api, request, stage, requestId }: HttpCall) {
  const domain = domainName(request);
  return {
    accountId: account,
    apiId: api.apiId,
    domainName: domain,
    domainPrefix: domain.split('.')[0] ?? domain,
    requestId,
    stage: stage.name,
    time: logTime(request.receivedAt),
    timeEpoch: request.receivedAt,
    sourceIp,
    userAgent: headerValue(request.headers, 'user-agent') ?? '',
  };
}
