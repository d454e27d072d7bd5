import { randomUUID } from 'node:crypto';
import { Tables } from '../../core/contract/tables.ts';
import { ranges } from '../../core/contract/times.ts';
import type { ReplayStore } from '../../core/ports.ts';
import { startBudget } from '../aws-call.ts';
import type { ItemCalls } from './item-calls.ts';
import { isAbsent, putItemIf } from './put.ts';

/** TTL goes by DynamoDB's clock: whoever takes a proof by one that is behind must still find it, in seconds. */
const marginSeconds = ranges.clockSkewSeconds.max;

/**
 * Remembers ids with one conditional put each. `by` tells our own write from another's: after a put whose answer was
 * lost, an item without it would look like ours whoever wrote it, and a replay would pass.
 * IAM: `dynamodb:PutItem`, `dynamodb:GetItem`.
 */
export function replayStore(client: ItemCalls, tableName: string): ReplayStore {
  const { partitionKey, ttl } = Tables.replay;
  return {
    remember(id, expiresAt) {
      const item = {
        [partitionKey]: { S: id },
        [ttl]: { N: String(Math.ceil(expiresAt) + marginSeconds) },
        by: { S: randomUUID() },
      };
      const place = { tableName, partitionKey };
      return putItemIf(client, { ...place, item, budget: startBudget() }, isAbsent(place));
    },
  };
}
