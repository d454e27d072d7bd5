import { randomUUID } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { InvocationResult, Log } from '../types.ts';
import type { FunctionDefinition } from './function-definition.ts';
import { forEachLine } from './lines.ts';
import { failure, responseLimit, type FailureCause } from './outcome.ts';
import {
  runtimeSource,
  type RuntimeData,
  type RuntimeFailure,
  type RuntimeMessage,
} from './runtime-source.ts';

/** Lambda gives a function's init ten seconds. */
const initLimitMs = 10_000;

/**
 * One execution environment of a function: a worker thread with the function's own environment that handles one
 * event at a time.
 */
export class Instance {
  /** Resolves once the function's module is loaded: undefined when it is ready, else why it is not. */
  readonly started: Promise<InvocationResult | undefined>;
  readonly #definition: FunctionDefinition;
  readonly #log: Log;
  readonly #worker: Worker;
  readonly #onEnd: () => void;
  #settle: (result: InvocationResult | undefined) => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #requestId = randomUUID();
  #ended = false;

  /** @param onEnd called once when the worker is gone, whatever the cause. */
  constructor(definition: FunctionDefinition, log: Log, onEnd: () => void) {
    this.#definition = definition;
    this.#log = log;
    this.#onEnd = onEnd;
    this.#worker = startWorker(definition);
    forEachLine(this.#worker.stdout, (line) => log(definition.logicalId, line));
    forEachLine(this.#worker.stderr, (line) => log(definition.logicalId, line));
    this.#worker.on('message', (message: RuntimeMessage) => this.#receive(message));
    this.#worker.on('error', (error) => this.#crash(error));
    this.#worker.on('exit', (status) => this.#exit(status));
    this.started = this.#expect(initLimitMs);
  }

  /** Whether its worker is gone. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Hands one event to the function. Nothing else may be running in it. */
  async handle(payload: string, timeoutMs: number): Promise<InvocationResult> {
    this.#requestId = randomUUID();
    const answer = this.#expect(timeoutMs);
    this.#worker.postMessage({
      requestId: this.#requestId,
      deadline: Date.now() + timeoutMs,
      event: payload,
    });
    return (await answer) ?? failure('crashed', 'Runtime.ExitError', 'the function was stopped');
  }

  /** Ends the worker. */
  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  #expect(limitMs: number): Promise<InvocationResult | undefined> {
    return new Promise((resolve) => {
      this.#settle = (result) => {
        clearTimeout(this.#timer);
        this.#settle = () => undefined;
        resolve(result);
      };
      this.#timer = setTimeout(() => this.#timeOut(limitMs), limitMs);
    });
  }

  #receive(message: RuntimeMessage): void {
    if (message.kind === 'ready') return this.#settle(undefined);
    if (message.kind === 'initError') {
      this.#fail('unhandled', message.error);
      void this.stop();
      return undefined;
    }
    if (message.requestId !== this.#requestId) return undefined;
    return message.kind === 'done'
      ? this.#settle(responseOf(message.payload))
      : this.#fail('unhandled', message.error);
  }

  #fail(cause: FailureCause, { errorType, errorMessage, stack }: RuntimeFailure): void {
    this.#log(
      this.#definition.logicalId,
      `ERROR ${stack?.includes(errorMessage) ? stack : `${errorType}: ${errorMessage}`}`,
    );
    this.#settle(failure(cause, errorType, errorMessage));
  }

  #timeOut(limitMs: number): void {
    const seconds = (limitMs / 1000).toFixed(2);
    const errorMessage = `RequestId: ${this.#requestId} Error: Task timed out after ${seconds} seconds`;
    this.#fail('timeout', { errorType: 'Sandbox.Timedout', errorMessage });
    void this.stop();
  }

  #crash(error: unknown): void {
    const outOfMemory =
      error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    const errorMessage = `RequestId: ${this.#requestId} Error: Runtime exited with error: signal: killed`;
    const [name, message] =
      error instanceof Error ? [error.name, error.message] : [typeof error, String(error)];
    if (outOfMemory) this.#fail('crashed', { errorType: 'Runtime.ExitError', errorMessage });
    else this.#fail('crashed', { errorType: name, errorMessage: message });
  }

  #exit(status: number): void {
    this.#ended = true;
    const errorMessage = `RequestId: ${this.#requestId} Error: Runtime exited with error: exit status ${status}`;
    this.#settle(failure('crashed', 'Runtime.ExitError', errorMessage));
    this.#onEnd();
  }
}

function startWorker(definition: FunctionDefinition): Worker {
  const workerData: RuntimeData = {
    directory: definition.directory,
    handler: definition.handler,
    functionName: definition.name,
    arn: definition.arn,
    memorySize: definition.memorySize,
    callbacks: Number(/^nodejs(\d+)/.exec(definition.runtime)?.[1]) < 24,
  };
  return new Worker(runtimeSource, {
    eval: true,
    workerData,
    env: { ...definition.environment },
    execArgv: [],
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: Math.max(64, definition.memorySize) },
  });
}

function responseOf(payload: string): InvocationResult {
  if (payload.length <= responseLimit) return { ok: true, payload: JSON.parse(payload) as unknown };
  return failure(
    'unhandled',
    'Function.ResponseSizeTooLarge',
    `Response payload size exceeded maximum allowed payload size (${responseLimit} bytes).`,
  );
}
