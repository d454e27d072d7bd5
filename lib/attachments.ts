import { CfnMethod, Method } from 'aws-cdk-lib/aws-apigateway';
import { CfnRoute, type IHttpRoute, type IWebSocketRoute } from 'aws-cdk-lib/aws-apigatewayv2';
import { Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

/** A route that the authorizer protects. */
export interface ProtectedRoute {
  readonly api: 'HTTP' | 'REST' | 'WebSocket';
  /** Its route key; of a REST API's method, method and resource path. */
  readonly key: string;
}

/** What of an app an authorizer was attached to. Asked at synthesis, when all routes are made. */
export class Attachments {
  readonly #httpRoutes = new Set<IHttpRoute>();
  readonly #webSocketRoutes = new Set<IWebSocketRoute>();
  readonly #restAuthorizerIds = new Set<string>();
  #hasTokenAuthorizer = false;

  addHttpRoute(route: IHttpRoute): void {
    this.#httpRoutes.add(route);
  }

  addWebSocketRoute(route: IWebSocketRoute): void {
    this.#webSocketRoutes.add(route);
  }

  /** @param authorizerId what its methods name */
  addRestAuthorizer(type: 'REQUEST' | 'TOKEN', authorizerId: string): void {
    this.#restAuthorizerIds.add(authorizerId);
    this.#hasTokenAuthorizer ||= type === 'TOKEN';
  }

  /** Whether a REST API was given an authorizer that is told neither route nor headers. */
  get hasTokenAuthorizer(): boolean {
    return this.#hasTokenAuthorizer;
  }

  /** Whether REST methods, found under `root`, HTTP routes or WebSocket routes are protected, and which. */
  routes(root: IConstruct): readonly ProtectedRoute[] {
    return [
      ...this.#ofHttpApis(),
      ...[...this.#webSocketRoutes].map(({ routeKey }) => ({ api: 'WebSocket', key: routeKey }) as const),
      ...this.#methods(root).map((method) => ({ api: 'REST', key: methodKey(method) }) as const),
    ];
  }

  /** Keys of HTTP routes that name scopes where API Gateway does not look: on a route with a Lambda authorizer. */
  routesWithIdleScopes(): readonly string[] {
    return [...this.#httpRoutes].flatMap((route) => {
      const resource = route.node.defaultChild;
      const isIdle = resource instanceof CfnRoute && (resource.authorizationScopes ?? []).length > 0;
      return isIdle ? [resource.routeKey] : [];
    });
  }

  #ofHttpApis(): readonly ProtectedRoute[] {
    return [...this.#httpRoutes].flatMap((route) => {
      const key = httpRouteKey(route);
      return key === undefined ? [] : [{ api: 'HTTP', key } as const];
    });
  }

  #methods(root: IConstruct): readonly Method[] {
    if (this.#restAuthorizerIds.size === 0) return [];
    return root.node
      .findAll()
      .filter((node): node is Method => node instanceof Method && this.#protects(node));
  }

  #protects(method: Method): boolean {
    const resource = method.node.defaultChild;
    return resource instanceof CfnMethod && this.#restAuthorizerIds.has(resource.authorizerId ?? '');
  }
}

/** The key of a route of an HTTP API; undefined while the route is being made, or where the deployment makes it. */
export function httpRouteKey(route: IHttpRoute): string | undefined {
  const resource = route.node.defaultChild;
  if (!(resource instanceof CfnRoute) || Token.isUnresolved(resource.routeKey)) return undefined;
  return resource.routeKey;
}

/** The key of a REST API's method: what the authorizer is asked for. */
export function methodKey({ httpMethod, resource }: Method): string {
  return `${httpMethod} ${resource.path}`;
}

/**
 * Whether scopes that are required of `key` are asked for on this route. An HTTP API tells the authorizer the key of the
 * route, a REST API the method of the request.
 */
export function covers(key: string, route: ProtectedRoute): boolean {
  if (key === route.key) return true;
  const [method, path] = key.split(' ');
  const [routeMethod, routePath] = route.key.split(' ');
  if (path === undefined || path !== routePath) return false;
  return method === 'ANY' || (route.api === 'REST' && routeMethod === 'ANY');
}
