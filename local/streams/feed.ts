import type { Clock } from '../clock.ts';
import { arrayOf, objectOf } from '../json.ts';
import { requestLimit } from '../lambda/outcome.ts';
import type { FunctionInvoker, InvocationResult, Log } from '../types.ts';
import type { Backlog } from './backlog.ts';
import type { StreamMapping } from './mapping.ts';
import type { StreamRecord } from './record.ts';

const firstBackoffMs = 200;
const longestBackoffMs = 30_000;

/** What a feed works with. */
export interface FeedTools {
  readonly invoker: FunctionInvoker;
  readonly log: Log;
  readonly clock: Clock;
  readonly backlog: Backlog;
}

/**
 * Feeds one function from a stream, in order and at least once: a batch that fails is tried again, and holds up
 * those behind it.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export class Feed {
  readonly #mapping: StreamMapping;
  readonly #tools: FeedTools;
  #running: Promise<void> | undefined;
  #isStopped = false;
  /** Ends the wait for the window or for the next try. */
  #wake: (() => void) | undefined;
  #isGathering = false;

  constructor(mapping: StreamMapping, tools: FeedTools) {
    this.#mapping = mapping;
    this.#tools = tools;
    this.#start();
  }

  /** Takes new records. */
  push(records: readonly StreamRecord[]): void {
    const accepted = records.filter((record) => this.#mapping.accepts(record));
    if (accepted.length === 0) return;
    const { backlog } = this.#tools;
    backlog.add(accepted);
    if (this.#isGathering && backlog.records.length >= this.#mapping.batchSize) this.#wake?.();
    this.#start();
  }

  /** Ends after the event that is under way; what is left is delivered after the next start. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#wake?.();
    await this.#running;
  }

  #start(): void {
    if (this.#tools.backlog.records.length > 0) this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    const { backlog } = this.#tools;
    while (backlog.records.length > 0 && !this.#isStopped) {
      await this.#gather();
      const batch = firstBatch(backlog.records, this.#mapping.batchSize);
      if (await this.#deliver(batch, 1)) backlog.remove(batch.length);
    }
    this.#running = undefined;
  }

  async #gather(): Promise<void> {
    const { windowMs, batchSize } = this.#mapping;
    if (windowMs === 0 || this.#tools.backlog.records.length >= batchSize) return;
    this.#isGathering = true;
    await this.#wait(windowMs);
    this.#isGathering = false;
  }

  /** Delivers records until they are handled or given up; false when it was stopped before. */
  async #deliver(records: readonly StreamRecord[], attempt: number): Promise<boolean> {
    if (this.#isStopped) return false;
    const { functionArn, reportsFailures, bisects } = this.#mapping;
    const result = await this.#tools.invoker.invoke(functionArn, { Records: records });
    const from = firstFailure(result, records, reportsFailures);
    if (from === undefined) return true;
    const failed = records.slice(from);
    if (this.#isGivenUp(failed, attempt)) return this.#drop(failed, result);
    const half = Math.ceil(failed.length / 2);
    if (bisects && from === 0 && half < failed.length)
      return (
        (await this.#deliver(failed.slice(0, half), attempt)) &&
        (await this.#deliver(failed.slice(half), attempt))
      );
    await this.#backOff(attempt, result);
    return await this.#deliver(failed, attempt + 1);
  }

  async #backOff(attempt: number, result: InvocationResult): Promise<void> {
    if (this.#isStopped) return;
    const waitMs = Math.min(firstBackoffMs * 2 ** (attempt - 1), longestBackoffMs);
    const what = `attempt ${attempt} failed: ${reasonOf(result)}; again in ${waitMs} ms`;
    this.#tools.log(this.#mapping.logicalId, what);
    await this.#wait(waitMs);
  }

  #isGivenUp(records: readonly StreamRecord[], attempt: number): boolean {
    const { retries, maximumAgeMs, bisects } = this.#mapping;
    if (retries >= 0 && attempt > retries) return !bisects || records.length === 1;
    const oldest = (records[0]?.dynamodb.ApproximateCreationDateTime ?? 0) * 1000;
    return maximumAgeMs >= 0 && this.#tools.clock.now() - oldest > maximumAgeMs;
  }

  #drop(records: readonly StreamRecord[], result: InvocationResult): true {
    const { failureArn, logicalId } = this.#mapping;
    const whereto =
      failureArn === undefined ? 'dropped' : `dropped (on AWS, ${failureArn} would be told of them now)`;
    this.#tools.log(logicalId, `${records.length} records are ${whereto}: ${reasonOf(result)}`);
    return true;
  }

  #wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#tools.clock.after(milliseconds, () => this.#wake?.());
      this.#wake = () => {
        cancel();
        this.#wake = undefined;
        resolve();
      };
    });
  }
}

/** As many records as the batch size and Lambda's limit on events allow, at least one. */
function firstBatch(records: readonly StreamRecord[], batchSize: number): readonly StreamRecord[] {
  let bytes = 100;
  const taken = records.slice(0, batchSize);
  const end = taken.findIndex((record) => (bytes += JSON.stringify(record).length + 1) > requestLimit);
  return end < 1 ? taken : taken.slice(0, end);
}

/** The index of the first record that was not handled; undefined when all were. */
function firstFailure(
  result: InvocationResult,
  records: readonly StreamRecord[],
  reportsFailures: boolean,
): number | undefined {
  if (!result.ok) return 0;
  if (!reportsFailures) return undefined;
  const failures = arrayOf(objectOf(result.payload).batchItemFailures);
  const indexes = failures.map((failure) =>
    records.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === objectOf(failure).itemIdentifier),
  );
  // An identifier that is none of the batch's fails the whole batch.
  return indexes.length === 0 ? undefined : Math.max(0, Math.min(...indexes));
}

function reasonOf(result: InvocationResult): string {
  return result.ok
    ? 'the function reported batchItemFailures'
    : `${result.error.errorType}: ${result.error.errorMessage}`;
}
