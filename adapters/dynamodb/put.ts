import { isDeepStrictEqual } from 'node:util';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { AwsRefusalError, callAws, type AwsCall } from '../aws-call.ts';
import type { ItemCalls } from './item-calls.ts';
import type { Item, ItemPlace } from './items.ts';

/** When a put may happen: an expression over `#name` and `:value` placeholders. */
export interface Condition {
  readonly expression: string;
  readonly names: Readonly<Record<string, string>>;
  readonly values?: Record<string, AttributeValue>;
}

/** A place, and the budget of the operation that goes there. */
export interface ItemInBudget extends ItemPlace {
  readonly budget: AbortSignal;
}

/** The condition that nothing is stored under the key yet. */
export function isAbsent(place: ItemPlace): Condition {
  return { expression: 'attribute_not_exists(#key)', names: { '#key': place.partitionKey } };
}

/** The longest partition key that DynamoDB takes, in bytes. */
const maxKeyBytes = 2048;

/**
 * One item by its key, strongly consistent. Under a name that is no key, empty or too long, nothing was ever put: DynamoDB
 * would refuse to look, and whoever wrote the name could have us fail.
 *
 * @throws UnavailableError, AwsRefusalError
 */
export async function getItem(
  client: ItemCalls,
  place: ItemInBudget,
  key: string,
): Promise<Item | undefined> {
  if (key === '' || Buffer.byteLength(key) > maxKeyBytes) return undefined;
  const input = {
    TableName: place.tableName,
    Key: { [place.partitionKey]: { S: key } },
    ConsistentRead: true,
  };
  const answer = await callAws(callOn(place, 'GetItem'), (options) => client.getItem(input, options));
  return answer.Item;
}

/**
 * Puts an item if the condition holds.
 *
 * A request that was sent twice may be refused because of its own first attempt, whose answer was lost:
 *
 *     we      put ──────────────╳ (written, answer lost)   put again ──▶ condition fails
 *     others                                                              (nothing)
 *
 * So a refusal after a retry is looked at: if what is stored is what we put, it was us. Where two writers might put
 * the same and only one may win, the item needs an attribute that no other writer has.
 *
 * @returns false if the condition did not hold; nothing is changed then
 * @throws UnavailableError where it is not known whether it was written; AwsRefusalError
 */
export async function putItemIf(
  client: ItemCalls,
  { item, ...place }: ItemInBudget & { readonly item: Item },
  condition: Condition,
): Promise<boolean> {
  const input = {
    TableName: place.tableName,
    Item: item,
    ConditionExpression: condition.expression,
    ExpressionAttributeNames: condition.names,
    ...(condition.values && { ExpressionAttributeValues: condition.values }),
  };
  try {
    await callAws(callOn(place, 'PutItem'), (options) => client.putItem(input, options));
    return true;
  } catch (error) {
    if (!isConditionFault(error)) throw error;
    if (error.attempts === 1) return false;
    return isDeepStrictEqual(await getItem(client, place, item[place.partitionKey]?.S ?? ''), item);
  }
}

/** Whether DynamoDB refused a write because its condition did not hold. */
export function isConditionFault(error: unknown): error is AwsRefusalError {
  return error instanceof AwsRefusalError && error.code === 'ConditionalCheckFailedException';
}

/** Names a call on a table, for messages. */
export function callOn(
  { tableName, budget }: Omit<ItemInBudget, 'partitionKey'>,
  operation: string,
): AwsCall {
  return { service: 'DynamoDB', operation, resource: `table ${tableName}`, budget };
}
