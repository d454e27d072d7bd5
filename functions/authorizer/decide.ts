import type { AuthorizerSettings } from '../../core/contract/settings.ts';
import { Metrics } from '../../core/contract/metrics.ts';
import { type Telemetry, type TicketStore, UnavailableError } from '../../core/ports.ts';
import {
  type AuthorizationContext,
  authorizeTicket,
  authorizeToken,
  checkScopes,
  type Decision,
} from '../../core/verify/authorize.ts';
import { parseCredentials } from '../../core/verify/credentials.ts';
import { RefusedError, type Refusal, toRefusal } from '../../core/verify/reasons.ts';
import { requirementOfPath, requirementOfRoute } from '../../core/verify/routes.ts';
import type { AuthorizationRequest, RequestedRoute } from './event.ts';

/** What the authorizer works with, made once per container. */
export interface AuthorizerContext extends Omit<AuthorizationContext, 'now'> {
  readonly routeScopes: AuthorizerSettings['routeScopes'];
  readonly refusals: AuthorizerSettings['refusals'];
  /** Absent where WebSockets are opened by header alone. */
  readonly tickets?: TicketStore;
  readonly telemetry: Telemetry;
  /** NumericDate, with fractions. */
  readonly clock: () => number;
}

/**
 * Decides about one request, and says so where it refuses.
 *
 * @throws UnavailableError where it cannot be decided; counted
 */
export async function decide(request: AuthorizationRequest, context: AuthorizerContext): Promise<Decision> {
  try {
    const decision = await decideQuietly(request, context);
    if (decision.outcome === 'refuse') report(decision, context.telemetry);
    return decision;
  } catch (error) {
    const cause = error instanceof UnavailableError ? error.message : 'unexpected error';
    context.telemetry.count(Metrics.undecided, {}, { cause, error: (error as Error).name });
    throw error;
  }
}

async function decideQuietly(request: AuthorizationRequest, context: AuthorizerContext): Promise<Decision> {
  const decision = await decideWhom(request, { ...context, now: context.clock() });
  return checkScopes(decision, requirementOf(request.route, context.routeScopes));
}

async function decideWhom(
  request: AuthorizationRequest,
  context: AuthorizerContext & { now: number },
): Promise<Decision> {
  const [ticket] = request.tickets;
  if (ticket !== undefined && context.tickets !== undefined) {
    const isAlone = request.tickets.length === 1 && request.authorization.length === 0;
    return isAlone ? authorizeTicket(ticket, context.tickets, context) : toRefusal(twoCredentials());
  }
  try {
    const credentials = parseCredentials(request.authorization);
    return await authorizeToken({ ...request.sender, ...credentials }, context);
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

function requirementOf(route: RequestedRoute, scopes: AuthorizerContext['routeScopes']) {
  return 'routeKey' in route
    ? requirementOfRoute(route.routeKey, scopes)
    : requirementOfPath(route.method, route.path, scopes);
}

function report({ reason, detail, status, issuer, kid, jti }: Refusal, telemetry: Telemetry): void {
  telemetry.count(Metrics.refused, { [Metrics.reason]: reason }, { status, detail, issuer, kid, jti });
}
