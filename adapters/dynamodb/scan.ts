import { ScanCommand } from '@aws-sdk/client-dynamodb';
import type { Listed, ListPage } from '../../core/ports.ts';
import { callAws, startBudget } from '../aws-call.ts';
import type { DynamoDbConnection } from './connection.ts';
import type { Item, ItemPlace } from './items.ts';
import { callOn } from './put.ts';

/** One page of a whole table, in no order. IAM: `dynamodb:Scan`. */
export async function scanPage<T>(
  client: DynamoDbConnection,
  place: ItemPlace,
  { limit, after, read }: ListPage & { readonly read: (place: ItemPlace, item: Item) => T },
): Promise<Listed<T>> {
  const { tableName, partitionKey } = place;
  const command = new ScanCommand({
    TableName: tableName,
    Limit: limit,
    ...(after !== undefined && { ExclusiveStartKey: { [partitionKey]: { S: after } } }),
  });
  const call = callOn({ tableName, budget: startBudget() }, 'Scan');
  const answer = await callAws(call, (options) => client.send(command, options));
  const next = answer.LastEvaluatedKey?.[partitionKey]?.S;
  return {
    items: (answer.Items ?? []).map((item) => read(place, item)),
    ...(next !== undefined && { next }),
  };
}
