import type { InvocationResult, Log } from '../types.ts';
import type { FunctionDefinition } from './function-definition.ts';
import { Instance } from './instance.ts';
import { failure, requestLimit } from './outcome.ts';

/** Instances of one function at once; further events wait. */
const instanceLimit = 20;

/** An event waits this long for a busy instance before a further one is started: a start costs more than that. */
const patienceMs = 20;

/** Instances that start at the same moment: more of them would only slow each other down. */
const startingLimit = 2;

interface Waiting {
  readonly payload: string;
  readonly timeoutMs: number;
  readonly settle: (result: InvocationResult) => void;
}

/** All instances of one function: idle ones are kept warm, and more are started under load. */
export class FunctionPool {
  readonly definition: FunctionDefinition;
  readonly #log: Log;
  readonly #instances = new Set<Instance>();
  readonly #idle: Instance[] = [];
  readonly #queue: Waiting[] = [];
  #running = 0;
  #starting = 0;
  #stopped = false;

  constructor(definition: FunctionDefinition, log: Log) {
    this.definition = definition;
    this.#log = log;
  }

  /** Handles one event; throttled when the reserved concurrency is used up. */
  async invoke(event: unknown, timeoutMs?: number): Promise<InvocationResult> {
    const payload = JSON.stringify(event) ?? 'null';
    if (Buffer.byteLength(payload) > requestLimit) {
      return failure(
        'unhandled',
        'RequestTooLargeException',
        `Request must be smaller than ${requestLimit} bytes for the InvokeFunction operation`,
      );
    }
    const { reservedConcurrency = Number.POSITIVE_INFINITY, timeoutSeconds } = this.definition;
    if (this.#running >= reservedConcurrency)
      return failure('throttled', 'TooManyRequestsException', 'Rate Exceeded.');
    this.#running += 1;
    const limitMs = Math.min(timeoutMs ?? Number.POSITIVE_INFINITY, timeoutSeconds * 1000);
    try {
      return await new Promise((settle) => this.#enqueue({ payload, timeoutMs: limitMs, settle }));
    } finally {
      this.#running -= 1;
    }
  }

  /** Ends all instances. Events still running fail. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const waiting of this.#queue.splice(0)) waiting.settle(stoppedResult());
    await Promise.all([...this.#instances].map((instance) => instance.stop()));
  }

  #enqueue(waiting: Waiting): void {
    if (this.#stopped) return waiting.settle(stoppedResult());
    this.#queue.push(waiting);
    const idle = this.#idle.pop();
    if (idle !== undefined) return this.#next(idle);
    if (this.#instances.size === 0) return this.#start();
    return this.#startIfStillWaiting(waiting);
  }

  #startIfStillWaiting(waiting: Waiting): void {
    setTimeout(() => {
      if (!this.#queue.includes(waiting) || this.#instances.size >= instanceLimit) return;
      if (this.#starting < startingLimit) this.#start();
      else this.#startIfStillWaiting(waiting);
    }, patienceMs);
  }

  #start(): void {
    if (this.#instances.size >= instanceLimit || this.#stopped) return;
    const instance = new Instance(this.definition, this.#log, () => this.#ended(instance));
    this.#instances.add(instance);
    this.#starting += 1;
    void instance.started.then((failed) => {
      this.#starting -= 1;
      if (failed === undefined) this.#next(instance);
      else this.#queue.shift()?.settle(failed);
    });
  }

  /** Gives an instance that has nothing to do the next event, or keeps it warm. */
  #next(instance: Instance): void {
    if (instance.ended) return;
    const waiting = this.#queue.shift();
    if (waiting === undefined) {
      this.#idle.push(instance);
      return;
    }
    void instance.handle(waiting.payload, waiting.timeoutMs).then((result) => {
      waiting.settle(result);
      if (result.ok || result.cause === 'unhandled') this.#next(instance);
    });
  }

  #ended(instance: Instance): void {
    this.#instances.delete(instance);
    const index = this.#idle.indexOf(instance);
    if (index >= 0) this.#idle.splice(index, 1);
    if (this.#queue.length > 0) this.#start();
  }
}

function stoppedResult(): InvocationResult {
  return failure('crashed', 'Runtime.ExitError', 'the local stack was stopped');
}
