import { setTimeout as sleep } from 'node:timers/promises';
import { BatchWriteItemCommand, QueryCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { type AdminAction, type AdminEvent, dayOf } from '../../core/admin/event.ts';
import { eventDays } from '../../core/admin/events.ts';
import { Tables } from '../../core/contract/tables.ts';
import type { EventLog } from '../../core/ports.ts';
import { callAws, startBudget } from '../aws-call.ts';
import { type Item, readItem } from './items.ts';
import { callOn } from './put.ts';

const { partitionKey, sortKey, ttl } = Tables.event;

/** Items that one BatchWriteItem takes. */
const maxPuts = 25;

/** The record of who did what. IAM: `dynamodb:BatchWriteItem` to append, `dynamodb:Query` to read. */
export function eventLog(client: DynamoDBClient, tableName: string): EventLog {
  return {
    async append(events) {
      const items = events.map(toItem);
      for (let at = 0; at < items.length; at += maxPuts)
        await putAll(client, tableName, items.slice(at, at + maxPuts));
    },

    async ofDay(day, { limit, before }) {
      const budget = startBudget();
      const command = new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: `#day = :day${before === undefined ? '' : ' AND #id < :before'}`,
        ExpressionAttributeNames: { '#day': partitionKey, ...(before !== undefined && { '#id': sortKey }) },
        ExpressionAttributeValues: marshall({
          ':day': day,
          ...(before !== undefined && { ':before': before }),
        }),
        ScanIndexForward: false,
        ConsistentRead: true,
        Limit: limit,
      });
      const call = callOn({ tableName, budget }, 'Query');
      const { Items: items = [] } = await callAws(call, (options) => client.send(command, options));
      return items.map((item) => toEvent(tableName, item));
    },
  };
}

/** DynamoDB may leave puts unprocessed under load; they are tried again while the budget lasts. */
async function putAll(client: DynamoDBClient, tableName: string, items: readonly Item[]): Promise<void> {
  const budget = startBudget();
  let puts = items.map((item) => ({ PutRequest: { Item: item } }));
  for (let pauseMs = 10; puts.length > 0; pauseMs *= 2) {
    const command = new BatchWriteItemCommand({ RequestItems: { [tableName]: puts } });
    const call = callOn({ tableName, budget }, 'BatchWriteItem');
    const answer = await callAws(call, (options) => client.send(command, options));
    const left = answer.UnprocessedItems?.[tableName] ?? [];
    puts = left.flatMap(({ PutRequest: put }) => (put?.Item ? [{ PutRequest: { Item: put.Item } }] : []));
    if (puts.length > 0) await sleep(pauseMs, undefined, { signal: budget }).catch(endOfBudget);
  }
}

/** The pause ends with the budget; the call after it then fails. */
function endOfBudget(): void {}

function toItem(event: AdminEvent): Item {
  const stored = {
    ...event,
    [partitionKey]: dayOf(event.id),
    [ttl]: Math.ceil(event.at) + eventDays * 86_400,
  };
  return marshall(stored, { removeUndefinedValues: true });
}

function toEvent(tableName: string, item: Item): AdminEvent {
  const { string, number, map, optional } = readItem({ tableName, partitionKey }, item);
  return {
    id: string(sortKey),
    at: number('at'),
    action: string('action') as AdminAction,
    actor: string('actor'),
    target: map('target') as unknown as AdminEvent['target'],
    ...optional('reason', string),
    ...optional('detail', string),
  };
}
