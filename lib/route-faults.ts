import { Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { type Attachments, covers, type ProtectedRoute } from './attachments.ts';
import type { ScopeRequirements } from './scope-requirements.ts';
import type { StaleAnswers } from './stale-answers.ts';

/** What an authorizer was attached to and asks for. */
export interface RouteUse {
  readonly root: IConstruct;
  readonly attachments: Attachments;
  readonly scopes: ScopeRequirements;
  readonly stale: StaleAnswers;
  /** Whether routes may be named that are not in this app. */
  readonly routesElsewhere: boolean;
  readonly hasDpop: boolean;
  /** Whether API Gateway keeps answers, or may. */
  readonly keepsAnswers: boolean;
}

/** What is asked of routes and would not be done, or not as it reads. */
export function findRouteFaults(use: RouteUse): string[] {
  const { attachments, scopes, stale } = use;
  const routes = attachments.routes(use.root);
  const unknown = (what: string, keys: readonly string[]) =>
    routes.length === 0 || use.routesElsewhere ? [] : findUnknown(what, keys, routes);
  return [
    ...unknown('scopes required of a route', Object.keys(scopes.toSettings())),
    ...unknown('stale answers accepted at a route', stale.routeKeys),
    ...scopes
      .conflicts()
      .map(
        (key) =>
          `scopes required of ${key}: got two different requirements; allowed: one a route key, because that is all the ` +
          `authorizer is told of a route; make them the same, or make a JwtAuthorizer for each API`,
      ),
    ...attachments
      .routesWithIdleScopes()
      .map(
        (key) =>
          `authorizationScopes of ${key}: got some; allowed: none, because API Gateway checks them on its own JWT ` +
          `authorizers alone; use forHttpApi({ scopes }) or requireScopes()`,
      ),
    ...(attachments.hasTokenAuthorizer ? findTokenFaults(use) : []),
  ];
}

/** Of a key that only the deployment knows nothing can be said. */
function findUnknown(what: string, keys: readonly string[], routes: readonly ProtectedRoute[]): string[] {
  const allowed = [...new Set(routes.map(({ key }) => key))].sort();
  return keys
    .filter((key) => !Token.isUnresolved(key) && !routes.some((route) => covers(key, route)))
    .map(
      (key) =>
        `${what}: got ${key}, which this authorizer protects in no API of the app; allowed: ${allowed.join(', ')}; correct ` +
        `the route key, give the route this authorizer, or say routesElsewhere: true where another app has the route`,
    );
}

/** What a TOKEN authorizer, which is told a header and the method's ARN, cannot do. */
function findTokenFaults({ hasDpop, keepsAnswers, scopes }: RouteUse): string[] {
  if (hasDpop) {
    return [
      `a TOKEN authorizer with dpop: got forRestApi({ type: 'TOKEN' }); allowed: type REQUEST, because a TOKEN authorizer ` +
        `gets no DPoP header and would refuse every bound token; leave the type out`,
    ];
  }
  if (!keepsAnswers || scopes.isEmpty) return [];
  return [
    `a TOKEN authorizer with required scopes: got a resultsCacheTtl; allowed: Duration.seconds(0), because API Gateway ` +
      `would apply one route's answer to all; use forRestApi() of type REQUEST, or leave resultsCacheTtl out`,
  ];
}
