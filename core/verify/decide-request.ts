import type { RouteScopes } from './routes.ts';
import type { TicketStore } from '../ports.ts';
import type { Presentation } from '../sender/constraint.ts';
import {
  type AuthorizationContext,
  authorizeTicket,
  authorizeToken,
  checkScopes,
  type Decision,
} from './authorize.ts';
import { parseCredentials } from './credentials.ts';
import { RefusedError, toRefusal } from './reasons.ts';
import { requirementOfPath, requirementOfRoute } from './routes.ts';

/** What of a request a decision goes by. */
export interface AuthorizationRequest {
  /** Every Authorization header. */
  readonly authorization: readonly string[];
  /** Every `ticket` of the query string of a WebSocket handshake. */
  readonly tickets: readonly string[];
  /** What the request proves about its sender. */
  readonly sender: Omit<Presentation, 'scheme' | 'token'>;
  readonly route: RequestedRoute;
}

/** The route by its key (`GET /orders/{id}`), or where the event holds no key, by method and path. */
export type RequestedRoute =
  { readonly routeKey: string } | { readonly method: string; readonly path: string };

/** Everything that a decision about a request goes by. */
export interface RequestContext extends AuthorizationContext {
  readonly routeScopes: RouteScopes;
  /** Seconds by route key; a route that is not among them takes no stale answer. */
  readonly staleRevocationSeconds?: Readonly<Record<string, number>>;
  /** Absent where WebSockets are opened by header alone. */
  readonly tickets?: TicketStore;
}

/**
 * Decides about one request: its credentials, then its token or ticket, then the scopes of its route.
 *
 * @param authorize decides about the token
 * @throws UnavailableError where it cannot be decided
 */
export async function decideRequest(
  request: AuthorizationRequest,
  context: RequestContext,
  authorize: typeof authorizeToken = authorizeToken,
): Promise<Decision> {
  const staleSeconds = staleSecondsOf(request.route, context.staleRevocationSeconds);
  const decision = await decideWhom(request, { ...context, staleSeconds }, authorize);
  return checkScopes(decision, requirementOf(request.route, context.routeScopes), context.trace);
}

async function decideWhom(
  request: AuthorizationRequest,
  context: RequestContext,
  authorize: typeof authorizeToken,
): Promise<Decision> {
  const [ticket] = request.tickets;
  if (ticket !== undefined && context.tickets !== undefined) {
    context.trace?.(
      'credentials',
      `${request.tickets.length} ticket`,
      'one ticket, or one Authorization header',
    );
    const isAlone = request.tickets.length === 1 && request.authorization.length === 0;
    return isAlone ? authorizeTicket(ticket, context.tickets, context) : toRefusal(twoCredentials());
  }
  try {
    context.trace?.(
      'credentials',
      `${request.authorization.length} Authorization header`,
      'one `Bearer <token>` or `DPoP <token>`',
    );
    const credentials = parseCredentials(request.authorization);
    return await authorize({ ...request.sender, ...credentials }, context);
  } catch (error) {
    return toRefusal(error);
  }
}

function twoCredentials(): RefusedError {
  return new RefusedError(
    'credentials_malformed',
    'a ticket must be the only one, and come without Authorization',
  );
}

/** By the exact route key alone: a route that is known by its path takes none. */
function staleSecondsOf(
  route: RequestedRoute,
  seconds: RequestContext['staleRevocationSeconds'] = {},
): number {
  if (!('routeKey' in route) || !Object.hasOwn(seconds, route.routeKey)) return 0;
  return seconds[route.routeKey] ?? 0;
}

function requirementOf(route: RequestedRoute, scopes: RouteScopes) {
  return 'routeKey' in route
    ? requirementOfRoute(route.routeKey, scopes)
    : requirementOfPath(route.method, route.path, scopes);
}
