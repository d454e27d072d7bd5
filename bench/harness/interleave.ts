import { setTimeout as sleep } from 'node:timers/promises';

/** Something that is measured beside others. */
export interface Candidate {
  readonly name: string;
  /** One operation. */
  readonly run: () => Promise<unknown>;
}

/** How often, and how long the process is idle before each operation, in milliseconds. */
export interface Schedule {
  readonly rounds: number;
  readonly idleMs: number;
}

/** Operations before the first that counts, each candidate. */
const warmup = 15;

/**
 * Times candidates in turn, in another order each round, so that whatever else the machine does meets all of them
 * alike. A Lambda authorizer handles one event at a time, after some idle time: so does this.
 *
 * @returns milliseconds of each operation, by candidate
 */
export async function interleave(
  candidates: readonly Candidate[],
  { rounds, idleMs }: Schedule,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const times = new Map(candidates.map(({ name }) => [name, [] as number[]]));
  for (let round = -Math.min(warmup, rounds); round < rounds; round += 1) {
    for (const { name, run } of shuffled(candidates)) {
      if (idleMs > 0) await sleep(idleMs);
      const started = performance.now();
      await run();
      if (round >= 0) times.get(name)?.push(performance.now() - started);
    }
  }
  return times;
}

function shuffled<T>(values: readonly T[]): readonly T[] {
  return values
    .map((value) => ({ value, order: Math.random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ value }) => value);
}
