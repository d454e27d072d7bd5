import type { JsonObject } from '../json.ts';
import type { FunctionInvoker, Log } from '../types.ts';
import { readAuthorizerAnswer, type AnswerRules, type AuthorizerAnswer } from './authorizer-answer.ts';
import { callFunction, type CallOutcome } from './call-function.ts';
import { evaluatePolicy } from './policy.ts';
import type { CacheKey, ResultCache } from './result-cache.ts';

/** A Lambda authorizer, of whichever kind of API. */
export interface LambdaAuthorizer {
  readonly id: string;
  readonly logicalId: string;
  readonly functionArn: string;
  /** Seconds that a well-formed answer is kept; 0 keeps none. */
  readonly ttlSeconds: number;
  /** Milliseconds that the gateway waits for it. */
  readonly timeoutMs: number;
  readonly rules: AnswerRules;
}

/** What an authorizer means for one request. */
export type Verdict =
  | {
      readonly kind: 'allow';
      readonly context: JsonObject | undefined;
      readonly principalId: string | undefined;
      /** Milliseconds that the authorizer took; 0 out of the cache. */
      readonly latency: number;
    }
  | { readonly kind: 'unauthorized' }
  | {
      readonly kind: 'denied';
      readonly explicit: boolean;
      readonly context: JsonObject | undefined;
      readonly principalId: string | undefined;
    }
  | { readonly kind: 'misconfigured' };

/** One request that an authorizer decides. */
export interface AuthorizerCall {
  readonly authorizer: LambdaAuthorizer;
  readonly apiId: string;
  readonly stage: string;
  /** The values of the identity sources. */
  readonly identity: readonly string[];
  /** The ARN that a policy must allow. */
  readonly methodArn: string;
  readonly event: unknown;
}

/** What an authorizer needs of the gateway. */
export interface AuthorizerTools {
  readonly invoker: FunctionInvoker;
  readonly cache: ResultCache;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Asks an authorizer, or the cache of its answers. A cached policy is evaluated again for this method, so an
 * answer that allowed another method alone denies this one.
 */
export async function askAuthorizer(tools: AuthorizerTools, call: AuthorizerCall): Promise<Verdict> {
  const key = {
    apiId: call.apiId,
    stage: call.stage,
    authorizerId: call.authorizer.id,
    identity: call.identity,
  };
  const cached = call.authorizer.ttlSeconds > 0 ? tools.cache.get(key) : undefined;
  return cached === undefined ? askFunction(tools, call, key) : verdictOf(cached, call.methodArn, 0);
}

async function askFunction(tools: AuthorizerTools, call: AuthorizerCall, key: CacheKey): Promise<Verdict> {
  const { functionArn, timeoutMs, ttlSeconds, rules, logicalId } = call.authorizer;
  const started = tools.now();
  const outcome = await callFunction(tools.invoker, { functionArn, timeoutMs, event: call.event });
  if (!outcome.ok && outcome.cause === 'unhandled' && outcome.error.errorMessage === 'Unauthorized')
    return { kind: 'unauthorized' };
  const answer = outcome.ok ? readAuthorizerAnswer(outcome.payload, rules) : failureOf(outcome);
  if (typeof answer === 'string') {
    tools.log(logicalId, `the authorizer could not decide: ${answer}`);
    return { kind: 'misconfigured' };
  }
  tools.cache.set(key, answer, ttlSeconds);
  return verdictOf(answer, call.methodArn, tools.now() - started);
}

/** The type only: a message may quote what the caller sent. */
function failureOf(outcome: Extract<CallOutcome, { ok: false }>): string {
  if (outcome.cause === 'gateway-timeout') return 'it did not answer in time';
  return outcome.cause === 'unhandled'
    ? `it threw ${outcome.error.errorType}`
    : `its call ended as "${outcome.cause}"`;
}

function verdictOf(answer: AuthorizerAnswer, methodArn: string, latency: number): Verdict {
  const { grant, context, principalId } = answer;
  const effect =
    'policy' in grant ? evaluatePolicy(grant.policy, methodArn) : simpleEffect(grant.isAuthorized);
  if (effect === 'allow') return { kind: 'allow', context, principalId, latency };
  return { kind: 'denied', explicit: effect === 'explicit deny', context, principalId };
}

function simpleEffect(isAuthorized: boolean): 'allow' | 'explicit deny' {
  return isAuthorized ? 'allow' : 'explicit deny';
}
