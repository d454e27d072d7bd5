import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { Metrics } from '../../core/contract/metrics.ts';
import { flushesAtMs } from '../../core/revocation/flush-times.ts';
import { compose } from './compose.ts';

const { stages, caches, telemetry } = compose();

/**
 * Flushes the authorizers' cached answers of every attached stage when revocations change. While it waits, the stream
 * gathers further changes into one next batch: a thousand revocations make a handful of flushes. A flush that fails is
 * tried again with its whole batch, by the stream.
 */
export async function handler({ Records: records }: DynamoDBStreamEvent): Promise<void> {
  let waited = 0;
  for (const at of flushesAtMs) {
    await sleep(at - waited);
    waited = at;
    await Promise.all(stages.map((stage) => caches.flush(stage)));
  }
  telemetry.count(Metrics.cacheFlushes, {}, { changes: records.length, stages: stages.length });
}
