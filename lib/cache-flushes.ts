import { type Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';
import { CacheFlush, type CachingApi } from './cache-flush.ts';
import { isCached } from './result-cache.ts';
import type { IRevocationTable } from './revocation-table.ts';

/** The flushes of one authorizer: one for each stack that has APIs of it. */
export class CacheFlushes {
  readonly #authorizer: Construct;
  readonly #revocations: IRevocationTable;
  readonly #resultsCacheTtl: Duration;
  readonly #byStack = new Map<Stack, CacheFlush>();

  constructor(authorizer: Construct, revocations: IRevocationTable, resultsCacheTtl: Duration) {
    this.#authorizer = authorizer;
    this.#revocations = revocations;
    this.#resultsCacheTtl = resultsCacheTtl;
  }

  /** Those that are made by now. */
  get all(): readonly CacheFlush[] {
    return [...this.#byStack.values()];
  }

  /**
   * Has an API's answers flushed, where any are kept and the table's stream is there to be followed. Of an API that is looked
   * up the stages are not known: its answers are kept for their time.
   */
  add(api: CachingApi, construct: IConstruct): void {
    if (construct.node.tryFindChild('Resource') === undefined) return;
    const streamArn = isCached(this.#resultsCacheTtl) ? this.#revocations.openStream() : undefined;
    if (streamArn === undefined) return;
    const stack = Stack.of(construct);
    const flush = this.#byStack.get(stack) ?? this.#make(stack, streamArn);
    this.#byStack.set(stack, flush);
    flush.add(api);
  }

  #make(stack: Stack, streamArn: string): CacheFlush {
    const authorizer = this.#authorizer;
    const [scope, id] =
      stack === Stack.of(authorizer) ? [authorizer, 'Flush'] : [stack, `KeyturnFlush${authorizer.node.addr}`];
    const [revocations, resultsCacheTtl] = [this.#revocations, this.#resultsCacheTtl];
    return new CacheFlush(scope, id, { revocations, streamArn, resultsCacheTtl });
  }
}
