import { messageOf } from '../errors.ts';
import type { FunctionInvoker, InvocationResult } from '../types.ts';

/** A function to call, and how long its caller waits. */
export interface FunctionCall {
  /** A name, an ARN or an `…/functions/<arn>/invocations` URI. */
  readonly functionArn: string;
  readonly event: unknown;
  /** Milliseconds after which the gateway answers without the function. */
  readonly timeoutMs: number;
}

/** What came of a call: the function's own outcome, or that the gateway stopped waiting for it. */
export type CallOutcome = InvocationResult | { readonly ok: false; readonly cause: 'gateway-timeout' };

/** Calls a function. When the gateway stops waiting, the function still runs to its own end, as it does on AWS. */
export async function callFunction(invoker: FunctionInvoker, call: FunctionCall): Promise<CallOutcome> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<CallOutcome>((resolve) => {
    timer = setTimeout(() => resolve({ ok: false, cause: 'gateway-timeout' }), call.timeoutMs);
  });
  try {
    return await Promise.race([invoker.invoke(call.functionArn, call.event).catch(crashed), patience]);
  } finally {
    clearTimeout(timer);
  }
}

function crashed(error: unknown): CallOutcome {
  return { ok: false, cause: 'crashed', error: { errorType: 'Invoke', errorMessage: messageOf(error) } };
}
