/** A resource of the template, its intrinsics resolved. */
export interface Resource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Outcome of one function invocation, as the Lambda Invoke API reports it. */
export type InvocationResult =
  | { readonly ok: true; readonly payload: unknown }
  | {
      readonly ok: false;
      readonly error: { readonly errorType: string; readonly errorMessage: string };
      readonly cause: 'unhandled' | 'timeout' | 'throttled' | 'crashed';
    };

/**
 * Invokes functions by name or ARN (qualifiers and
 * `arn:aws:apigateway:…:lambda:path/…/functions/<arn>/invocations` URIs are understood).
 */
export interface FunctionInvoker {
  invoke(
    functionNameOrArn: string,
    event: unknown,
    options?: { readonly timeoutMs?: number },
  ): Promise<InvocationResult>;
}

/** A line for the terminal or a test: who says it (logical id or 'local') and what. */
export type Log = (source: string, line: string) => void;

/** The account id that every local ARN carries. */
export const account = '000000000000';

/** The region that every local ARN carries. */
export const region = 'us-east-1';

/** One API listening. */
export interface RunningApi {
  readonly logicalId: string;
  readonly name: string;
  readonly kind: 'http' | 'rest' | 'websocket';
  readonly url: string;
  /** Where each stage is called: below {@link url}, except for `$default`. */
  readonly stageUrls: readonly string[];
  close(): Promise<void>;
}

/** A resource of the template that is not played, and why. */
export interface LeftOut {
  readonly logicalId: string;
  readonly type: string;
  readonly reason: string;
}
