import { UnavailableError } from '../ports.ts';
import { checkSenderConstraint } from '../sender/constraint.ts';
import { authorizeToken, decideBy, type Decision } from './authorize.ts';
import { type AuthorizationRequest, decideRequest, type RequestContext } from './decide-request.ts';
import { type Reason, RefusedError, type Refusal } from './reasons.ts';
import { type Step, steps, type Trace } from './steps.ts';
import { acceptToken, openToken } from './verify-token.ts';

/**
 * What became of one step. `unknown`: its key, table or server could not be asked; the steps after it are checked as if
 * it had passed. `not_needed`: nothing of the request asks for it. `not_reached`: an earlier step refused.
 */
export type StepStatus = 'passed' | 'failed' | 'unknown' | 'not_needed' | 'not_reached';

/** One step of a decision, explained. */
export interface ExplainedStep {
  readonly step: Step;
  readonly status: StepStatus;
  /** What the request says; absent where the step was not taken. */
  readonly got?: unknown;
  /** What passes, in words. */
  readonly allowed?: string;
  /** The code that the client would see, where the step failed. */
  readonly reason?: Reason;
  /** What was got and what is allowed, where the step failed; or why it is unknown. */
  readonly detail?: string;
}

/** A decision with all its steps. */
export interface Explanation {
  /** `unknown` where a step is unknown: the authorizer would fail closed. */
  readonly outcome: Decision['outcome'] | 'unknown';
  /** The refusal; beside `unknown`, the one that comes whatever the unknown step says. */
  readonly refusal?: Refusal;
  /** All steps, in order. */
  readonly steps: readonly ExplainedStep[];
}

interface Announced {
  readonly got: unknown;
  readonly allowed: string;
}

/** Steps that stand on the outside, and that a later step can be looked at without. */
const assumable: readonly Step[] = ['key', 'revocation', 'replay'];

/**
 * Explains what the authorizer decides about a request, by running its own code and listening to each step. Where a
 * key, a table or a server cannot be asked, that step is `unknown` and the rest is run as if it had passed.
 *
 * @param context that of the authorizer; any of its ports may reject with {@link UnavailableError} for "not known here"
 */
export async function explain(request: AuthorizationRequest, context: RequestContext): Promise<Explanation> {
  const unknown = new Map<Step, string>();
  for (;;) {
    const announced = new Map<Step, Announced>();
    const trace: Trace = (step, got, allowed) => void announced.set(step, { got, allowed });
    try {
      const decision = await decideRequest(
        request,
        assuming(unknown, { ...context, trace }),
        (presented, told) =>
          unknown.has('key') ? authorizeUnverified(presented, told) : authorizeToken(presented, told),
      );
      return explanationOf(announced, unknown, decision);
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      const step = [...announced.keys()].at(-1);
      if (step === undefined || unknown.has(step)) throw error;
      unknown.set(step, error.message);
      if (!assumable.includes(step) || request.tickets.length > 0) return explanationOf(announced, unknown);
    }
  }
}

/** Without the issuer's key: everything but the key and the signature, and that some key could have the algorithm. */
const authorizeUnverified: typeof authorizeToken = (presented, context) =>
  decideBy(
    async () => {
      const opened = openToken(presented.token, context);
      context.trace?.('key', opened.header.kid, 'the kid of a usable key of the issuer');
      const { alg } = opened.header;
      const { algorithms } = opened.issuer.settings;
      context.trace?.('algorithm', alg, `${algorithms.join(' or ')}, as the key's own`);
      if (!algorithms.includes(alg))
        throw new RefusedError('algorithm_mismatch', `alg must be ${algorithms.join(' or ')}`);
      return acceptToken(opened, opened.header.kid ?? '', context);
    },
    context,
    (token) => checkSenderConstraint(token.claims, presented, context),
  );

function assuming(unknown: ReadonlyMap<Step, string>, context: RequestContext): RequestContext {
  return {
    ...context,
    ...(unknown.has('revocation') && { revocations: { find: async () => [] } }),
    ...(unknown.has('replay') && { replays: { remember: async () => true } }),
  };
}

function explanationOf(
  announced: ReadonlyMap<Step, Announced>,
  unknown: ReadonlyMap<Step, string>,
  decision?: Decision,
): Explanation {
  const refusal = decision?.outcome === 'refuse' ? decision : undefined;
  const last = [...announced.keys()].at(-1) ?? 'credentials';
  const stopped = decision?.outcome === 'allow' ? steps.length : steps.indexOf(last);
  return {
    outcome: decision === undefined || unknown.size > 0 ? 'unknown' : decision.outcome,
    ...(refusal !== undefined && { refusal }),
    steps: steps.map((step, index) => {
      const facts = announced.get(step);
      if (unknown.has(step)) return { step, status: 'unknown', ...facts, detail: unknown.get(step) ?? '' };
      if (refusal !== undefined && step === last)
        return { step, status: 'failed', ...facts, reason: refusal.reason, detail: refusal.detail };
      if (unknown.has('key') && (step === 'algorithm' || step === 'signature'))
        return { step, status: 'unknown' };
      if (facts !== undefined) return { step, status: 'passed', ...facts };
      return { step, status: index > stopped ? 'not_reached' : 'not_needed' };
    }),
  };
}
