import { Method } from 'aws-cdk-lib/aws-apigateway';
import type { IHttpRoute } from 'aws-cdk-lib/aws-apigatewayv2';
import { ConfigError, type ScopeRequirement } from '../core/contract/index.ts';
import { httpRouteKey, methodKey } from './attachments.ts';
import { checkText, checkTexts } from './props.ts';

/** Scopes of a route: a list of which the token must hold every one, or `{ any, all }`. */
export type RequiredScopes = readonly string[] | ScopeRequirement;

/** A route by its API Gateway route key (`GET /orders/{id}`, `ANY /orders/{proxy+}`, `$default`, `$connect`), or itself. */
export type RouteReference = string | Method | IHttpRoute;

/** An API Gateway route key: a method (or ANY) and a path, or one of the keys with a dollar that authorizers see. */
export const routeKeys = {
  holds: (value: string) => /^(?:[A-Z]+ \/\S*|\$default|\$connect)$/.test(value),
  allowed: 'a route key such as "GET /orders/{id}", "ANY /orders/{proxy+}", "$default" or "$connect"',
  mend: 'spell it as the API does: upper-case method, one space, path',
};

const scopeTokens = {
  holds: (value: string) => /^[\x21\x23-\x5B\x5D-\x7E]+$/.test(value),
  allowed: 'a scope token of RFC 6749 §3.3: printable ASCII without space, quote or backslash',
  mend: 'give each scope an entry of its own',
};

/** A requirement of a route that is being made: its key is known later. */
interface BoundRequirement {
  readonly route: IHttpRoute;
  readonly requirement: ScopeRequirement;
}

/** The scopes that routes ask for, by route key, in the order they were required. */
export class ScopeRequirements {
  readonly #byRoute = new Map<string, ScopeRequirement>();
  readonly #bound: BoundRequirement[] = [];

  /** @throws {@link ConfigError} when the route key or a scope is malformed, none is named, or the route has its scopes already */
  add(route: RouteReference, scopes: RequiredScopes): void {
    const routeKey = keyOf(route);
    checkText({ name: 'requireScopes: route key', value: routeKey }, routeKeys);
    if (this.#byRoute.has(routeKey)) {
      throw new ConfigError(
        `requireScopes: got ${routeKey} a second time; allowed: once a route; name all of its scopes in one call`,
      );
    }
    this.#byRoute.set(routeKey, toRequirement(routeKey, scopes));
  }

  /** Requires scopes of a route that is being made. */
  bind(route: IHttpRoute, requirement: ScopeRequirement): void {
    this.#bound.push({ route, requirement });
  }

  /** Whether no route asks for a scope. */
  get isEmpty(): boolean {
    return this.#byRoute.size === 0 && this.#bound.length === 0;
  }

  /** As the authorizer is told. */
  toSettings(): Readonly<Record<string, ScopeRequirement>> {
    return Object.fromEntries([...this.#ofBound().toReversed(), ...this.#byRoute]);
  }

  /** Route keys that two places give different scopes, say in two APIs; the authorizer knows a route by its key alone. */
  conflicts(): readonly string[] {
    const settings = this.toSettings();
    const differing = this.#ofBound().filter(([key, requirement]) => !isSame(requirement, settings[key]));
    return [...new Set(differing.map(([key]) => key))];
  }

  #ofBound(): readonly (readonly [string, ScopeRequirement])[] {
    return this.#bound.flatMap(({ route, requirement }) => {
      const key = httpRouteKey(route);
      return key === undefined ? [] : [[key, requirement] as const];
    });
  }
}

/**
 * Scopes in the form the authorizer is told.
 *
 * @param of what asks for them, for messages
 * @throws {@link ConfigError} when a scope is malformed, or none is named
 */
export function toRequirement(of: string, scopes: RequiredScopes): ScopeRequirement {
  const { any, all } = isList(scopes) ? { any: undefined, all: scopes } : scopes;
  if (any === undefined && all === undefined) {
    throw new ConfigError(
      `requireScopes: got no scopes for ${of}; allowed: a list, or { any, all } with one of them; ` +
        `leave the call out for a route that asks for no scope`,
    );
  }
  if (any) checkTexts({ name: `requireScopes: any of ${of}`, value: any }, scopeTokens);
  if (all) checkTexts({ name: `requireScopes: all of ${of}`, value: all }, scopeTokens);
  return { ...(any && { any }), ...(all && { all }) };
}

function keyOf(route: RouteReference): string {
  if (typeof route === 'string') return route;
  if (route instanceof Method) return methodKey(route);
  return httpRouteKey(route) ?? route.node.path;
}

function isSame(a: ScopeRequirement, b: ScopeRequirement | undefined): boolean {
  return JSON.stringify([a.any, a.all]) === JSON.stringify([b?.any, b?.all]);
}

function isList(scopes: RequiredScopes): scopes is readonly string[] {
  return Array.isArray(scopes);
}
