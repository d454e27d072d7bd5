import type { InvocationResult } from '../types.ts';

/** Why an invocation failed. */
export type FailureCause = Extract<InvocationResult, { ok: false }>['cause'];

/** Bytes of a synchronous event: 6 MB. */
export const requestLimit = 6 * 1024 * 1024;

/** Bytes of a synchronous response: 6 MB and what Lambda adds. */
export const responseLimit = 6_291_556;

/** A failed invocation. */
export function failure(cause: FailureCause, errorType: string, errorMessage: string): InvocationResult {
  return { ok: false, cause, error: { errorType, errorMessage } };
}
