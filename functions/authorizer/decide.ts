import type { AuthorizerSettings } from '../../core/contract/settings.ts';
import { Metrics } from '../../core/contract/metrics.ts';
import { type Telemetry, UnavailableError } from '../../core/ports.ts';
import type { Decision } from '../../core/verify/authorize.ts';
import {
  type AuthorizationRequest,
  decideRequest,
  type RequestContext,
} from '../../core/verify/decide-request.ts';
import type { NoteRefusal } from '../../core/verify/last-refusal.ts';
import type { Refusal } from '../../core/verify/reasons.ts';

/** What the authorizer works with, made once per container. */
export interface AuthorizerContext extends Omit<RequestContext, 'now'> {
  readonly refusals: AuthorizerSettings['refusals'];
  readonly telemetry: Telemetry;
  /** Absent where what was issued is not recorded. */
  readonly noteRefusal?: NoteRefusal;
  /** NumericDate, with fractions. */
  readonly clock: () => number;
}

/**
 * Decides about one request, and says so where it refuses. The note in the record of what was issued is waited for, because
 * a container may be frozen once it has answered; an allowed request waits for nothing.
 *
 * @throws UnavailableError where it cannot be decided; counted
 */
export async function decide(request: AuthorizationRequest, context: AuthorizerContext): Promise<Decision> {
  const now = context.clock();
  try {
    const decision = await decideRequest(request, { ...context, now });
    if (decision.outcome === 'refuse') {
      report(decision, context.telemetry);
      await context.noteRefusal?.(decision, now);
    }
    return decision;
  } catch (error) {
    const cause = error instanceof UnavailableError ? error.message : 'unexpected error';
    context.telemetry.count(Metrics.undecided, {}, { cause, error: (error as Error).name });
    throw error;
  }
}

function report({ reason, detail, status, issuer, kid, jti }: Refusal, telemetry: Telemetry): void {
  telemetry.count(Metrics.refused, { [Metrics.reason]: reason }, { status, detail, issuer, kid, jti });
}
