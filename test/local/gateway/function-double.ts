import type { FunctionInvoker, InvocationResult, Resource } from '../../../local/types.ts';
import { objectOf } from '../../../local/json.ts';
import { physicalId } from '../../../local/physical-id.ts';

/** A handler as a test writes it: what it returns is the payload, what it throws an unhandled error. */
export type Handler = (event: Record<string, unknown>) => unknown;

/** Lambda's place in these tests: plain functions by name, their events kept, JSON in between as on AWS. */
export class FunctionDouble implements FunctionInvoker {
  readonly handlers: Record<string, Handler>;
  readonly events: { readonly name: string; readonly event: Record<string, unknown> }[] = [];

  constructor(handlers: Record<string, Handler>) {
    this.handlers = handlers;
  }

  /** The events that one function was sent. */
  eventsOf(name: string): Record<string, unknown>[] {
    return this.events.filter((entry) => entry.name === name).map(({ event }) => event);
  }

  async invoke(functionNameOrArn: string, event: unknown): Promise<InvocationResult> {
    const name = /function:(?<name>[^:/]+)/.exec(functionNameOrArn)?.groups?.['name'] ?? functionNameOrArn;
    const sent = { ...objectOf(JSON.parse(JSON.stringify(event))) };
    this.events.push({ name, event: sent });
    const handler = this.handlers[name];
    if (handler === undefined) throw new Error(`no function ${name}`);
    try {
      const payload: unknown = JSON.parse(JSON.stringify((await handler(sent)) ?? null));
      return { ok: true, payload };
    } catch (error) {
      const errorMessage = error instanceof Error ? error.message : String(error);
      const cause = errorMessage === 'throttled' ? 'throttled' : 'unhandled';
      return { ok: false, cause, error: { errorType: 'Error', errorMessage } };
    }
  }
}

/** The ARN of a function. */
export function functionArn(name: string): string {
  return `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
}

/** The URI under which API Gateway knows a function. */
export function invocationUri(name: string): string {
  return `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${functionArn(name)}/invocations`;
}

/** A resource, its intrinsics resolved. */
export function resource(logicalId: string, type: string, properties: Record<string, unknown>): Resource {
  return { logicalId, type, properties };
}

/** What `Ref` gives for a resource of the API. */
export function ref(logicalId: string): string {
  return physicalId(logicalId);
}
