import type { IConstruct } from 'constructs';
import { type Attachments, covers } from './attachments.ts';
import type { ScopeRequirements } from './scope-requirements.ts';

/** What an authorizer was attached to and asks for. */
export interface RouteUse {
  readonly root: IConstruct;
  readonly attachments: Attachments;
  readonly scopes: ScopeRequirements;
  /** Whether scopes may be required of routes that are not in this app. */
  readonly routesElsewhere: boolean;
}

/** Scopes that would not be asked for, or not as they read. */
export function findRouteFaults({ root, attachments, scopes, routesElsewhere }: RouteUse): string[] {
  const routes = attachments.routes(root);
  const isKnown = (key: string) => routes.some((route) => covers(key, route));
  const required = Object.keys(scopes.toSettings());
  const unknown = routes.length === 0 || routesElsewhere ? [] : required.filter((key) => !isKnown(key));
  const keys = [...new Set(routes.map(({ key }) => key))].sort();
  return [
    ...unknown.map(
      (key) =>
        `scopes required of a route: got ${key}, which this authorizer protects in no API of the app; allowed: ` +
        `${keys.join(', ')}; correct the route key, give the route this authorizer, or say routesElsewhere: true where ` +
        `another app has the route`,
    ),
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
  ];
}
