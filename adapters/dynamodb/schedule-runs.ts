import { PutItemCommand, QueryCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { Tables } from '../../core/contract/tables.ts';
import type { ScheduleRunLog } from '../../core/ports.ts';
import type { ScheduleRun } from '../../core/schedule/run.ts';
import { callAws, startBudget } from '../aws-call.ts';
import { type Item, readItem } from './items.ts';
import { callOn, isConditionFault } from './put.ts';

const { partitionKey, sortKey, ttl, runs } = Tables.event;

/** How long the last run of a schedule is kept, in days: one that is gone is forgotten after that. */
const runDays = 30;

/**
 * The last run of each schedule, in a partition of the table of events. IAM: `dynamodb:PutItem` to record, `dynamodb:Query`
 * to read.
 */
export function scheduleRunLog(client: DynamoDBClient, tableName: string): ScheduleRunLog {
  return {
    async record({ name, everySeconds, ranAt, outcome, tokenExpiresAt }) {
      const times = { everySeconds, ranAt, [ttl]: Math.ceil(ranAt) + runDays * 86_400 };
      const item = {
        ...{ [partitionKey]: runs, [sortKey]: name, outcome, ...times },
        ...(tokenExpiresAt !== undefined && { tokenExpiresAt }),
      };
      const command = new PutItemCommand({
        TableName: tableName,
        Item: marshall(item),
        ConditionExpression: 'attribute_not_exists(#day) OR #ranAt <= :ranAt',
        ExpressionAttributeNames: { '#day': partitionKey, '#ranAt': 'ranAt' },
        ExpressionAttributeValues: marshall({ ':ranAt': ranAt }),
      });
      const call = callOn({ tableName, budget: startBudget() }, 'PutItem');
      await callAws(call, (options) => client.send(command, options)).catch(unlessLater);
    },

    async all(now) {
      const command = new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: '#day = :runs',
        ExpressionAttributeNames: { '#day': partitionKey },
        ExpressionAttributeValues: { ':runs': { S: runs } },
        ConsistentRead: true,
      });
      const call = callOn({ tableName, budget: startBudget() }, 'Query');
      const { Items: items = [] } = await callAws(call, (options) => client.send(command, options));
      return items.flatMap((item) => toRun(tableName, item, now));
    },
  };
}

/** A run that began later is recorded already. */
function unlessLater(error: unknown): void {
  if (!isConditionFault(error)) throw error;
}

function toRun(tableName: string, item: Item, now: number): readonly ScheduleRun[] {
  const { string, number, optional } = readItem({ tableName, partitionKey }, item);
  if (number(ttl) <= now) return [];
  const outcome = string('outcome') === 'failed' ? 'failed' : 'succeeded';
  const times = { everySeconds: number('everySeconds'), ranAt: number('ranAt') };
  return [{ name: string(sortKey), ...times, outcome, ...optional('tokenExpiresAt', number) }];
}
