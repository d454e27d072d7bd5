import type { Duration } from 'aws-cdk-lib/core';
import { ConfigError } from '../core/contract/index.ts';

/** What one kind of API calls the things that a cached answer depends on. */
export interface CacheKeyNames {
  /** The kind of API, for messages. */
  readonly api: string;
  /** Identity source of the token. */
  readonly token: string;
  /** Identity sources that tell one route from another. */
  readonly route: readonly string[];
}

/** Names in HTTP APIs. */
export const httpApiCacheKey: CacheKeyNames = {
  api: 'forHttpApi',
  token: '$request.header.Authorization',
  route: ['$context.routeKey'],
};

/** Names in REST APIs. */
export const restApiCacheKey: CacheKeyNames = {
  api: 'forRestApi',
  token: 'method.request.header.Authorization',
  route: ['context.httpMethod', 'context.resourcePath'],
};

/** Whether answers are kept, or may be: a duration that only the deployment knows may be one. */
export function isCached(resultsCacheTtl: Duration): boolean {
  return resultsCacheTtl.isUnresolved() || resultsCacheTtl.toSeconds() > 0;
}

/**
 * What API Gateway must find in a request before it calls the authorizer, and what it keeps answers by. Kept answers go
 * by token and route: each route has scopes of its own, and API Gateway would give one route's answer to all.
 *
 * @param given what the app asks for; undefined: the default
 * @throws {@link ConfigError} when answers are kept by less than token and route
 */
export function identitySources(
  names: CacheKeyNames,
  resultsCacheTtl: Duration,
  given: readonly string[] | undefined,
): readonly string[] {
  const cached = isCached(resultsCacheTtl);
  const needed = [names.token, ...names.route];
  if (given === undefined) return cached ? needed : [names.token];
  const missing = cached ? needed.filter((source) => !has(given, source)) : [];
  if (missing.length === 0) return given;
  throw new ConfigError(
    `${names.api}: identitySources: got ${JSON.stringify(given)} with a resultsCacheTtl; allowed: with ` +
      `${missing.join(' and ')} among them, because API Gateway gives a cached answer to every request with the same ` +
      `identity sources, whatever its token and route; add them, leave identitySources out, or leave resultsCacheTtl out`,
  );
}

/** Header names have no case. */
function has(sources: readonly string[], wanted: string): boolean {
  return sources.some((source) => source.toLowerCase() === wanted.toLowerCase());
}
