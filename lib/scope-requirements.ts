import { ConfigError, type ScopeRequirement } from '../core/contract/index.ts';
import { checkText, checkTexts } from './props.ts';

/** Scopes of a route: a list of which the token must hold every one, or `{ any, all }`. */
export type RequiredScopes = readonly string[] | ScopeRequirement;

/** An API Gateway route key: a method (or ANY) and a path, or one of the keys with a dollar. */
const routeKeys = {
  holds: (value: string) => /^(?:[A-Z]+ \/\S*|\$[A-Za-z]+)$/.test(value),
  allowed: 'a route key such as "GET /orders/{id}", "ANY /orders/{proxy+}" or "$default"',
};

const scopeTokens = {
  holds: (value: string) => /^[\x21\x23-\x5B\x5D-\x7E]+$/.test(value),
  allowed: 'a scope token of RFC 6749 §3.3: printable ASCII without space, quote or backslash',
};

/** The scopes that routes ask for, by route key, in the order they were required. */
export class ScopeRequirements {
  readonly #byRoute = new Map<string, ScopeRequirement>();

  /** @throws {@link ConfigError} when the route key or a scope is malformed, none is named, or the route has its scopes already */
  add(routeKey: string, scopes: RequiredScopes): void {
    checkText({ name: 'requireScopes: route key', value: routeKey }, routeKeys);
    if (this.#byRoute.has(routeKey)) {
      throw new ConfigError(
        `requireScopes: got ${routeKey} a second time; allowed: once a route; name all of its scopes in one call`,
      );
    }
    this.#byRoute.set(routeKey, toRequirement(routeKey, scopes));
  }

  /** Whether no route asks for a scope. */
  get isEmpty(): boolean {
    return this.#byRoute.size === 0;
  }

  /** As the authorizer is told. */
  toSettings(): Readonly<Record<string, ScopeRequirement>> {
    return Object.fromEntries(this.#byRoute);
  }
}

function toRequirement(routeKey: string, scopes: RequiredScopes): ScopeRequirement {
  const { any, all } = isList(scopes) ? { any: undefined, all: scopes } : scopes;
  if (any === undefined && all === undefined) {
    throw new ConfigError(
      `requireScopes: got no scopes for ${routeKey}; allowed: a list, or { any, all } with one of them; ` +
        `leave the call out for a route that asks for no scope`,
    );
  }
  if (any) checkTexts({ name: `requireScopes: any of ${routeKey}`, value: any }, scopeTokens);
  if (all) checkTexts({ name: `requireScopes: all of ${routeKey}`, value: all }, scopeTokens);
  return { ...(any && { any }), ...(all && { all }) };
}

function isList(scopes: RequiredScopes): scopes is readonly string[] {
  return Array.isArray(scopes);
}
