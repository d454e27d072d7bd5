import { Tables } from '../../core/contract/tables.ts';
import type { RevocationStore } from '../../core/ports.ts';
import { callAws, startBudget } from '../aws-call.ts';
import type { DynamoDbConnection } from './connection.ts';
import { callOn, getItem, isConditionFault } from './put.ts';
import { isUnchanged, revocationWriter, toRecord } from './revocations.ts';
import { scanPage } from './scan.ts';

/**
 * All of the revocation table, for administration. IAM: `dynamodb:GetItem`, `dynamodb:PutItem`, `dynamodb:DeleteItem`,
 * `dynamodb:Scan`.
 */
export function revocationStore(client: DynamoDbConnection, tableName: string): RevocationStore {
  const place = { tableName, partitionKey: Tables.revocation.partitionKey };
  return {
    ...revocationWriter(client, tableName),

    async get(id) {
      const item = await getItem(client, { ...place, budget: startBudget() }, id);
      return item && toRecord(place, item);
    },

    async remove(record) {
      const { expression, names, values } = isUnchanged(record);
      const input = {
        TableName: tableName,
        Key: { [place.partitionKey]: { S: record.id } },
        ConditionExpression: expression,
        ExpressionAttributeNames: names,
        ...(values && { ExpressionAttributeValues: values }),
      };
      const call = callOn({ tableName, budget: startBudget() }, 'DeleteItem');
      try {
        await callAws(call, (options) => client.deleteItem(input, options));
        return true;
      } catch (error) {
        if (!isConditionFault(error)) throw error;
        // A first attempt whose answer was lost has deleted it; then nothing is there.
        return error.attempts > 1 && (await this.get(record.id)) === undefined;
      }
    },

    list: (page) => scanPage(client, place, { ...page, read: toRecord }),
  };
}
