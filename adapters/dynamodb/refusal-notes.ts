import { Tables } from '../../core/contract/tables.ts';
import type { RefusalNotes } from '../../core/ports.ts';
import { callAws } from '../aws-call.ts';
import type { ItemCalls } from './item-calls.ts';
import { callOn, isConditionFault } from './put.ts';

const { partitionKey, lastRefusal } = Tables.issuedToken;

/** What a refused request may wait for its note, in milliseconds: a warm write takes a tenth of it. */
const noteBudgetMs = 50;

/**
 * Notes refusals, each by one UpdateItem of one attribute. IAM: `dynamodb:UpdateItem`.
 *
 * @param budgetMs when to give up, in milliseconds. Default 50
 */
export function refusalNotes(
  client: Pick<ItemCalls, 'updateItem'>,
  tableName: string,
  budgetMs = noteBudgetMs,
): RefusalNotes {
  return {
    async note(jti, { at, reason }) {
      const input = {
        TableName: tableName,
        Key: { [partitionKey]: { S: jti } },
        UpdateExpression: 'SET #lastRefusal = :lastRefusal',
        ConditionExpression: 'attribute_exists(#key)',
        ExpressionAttributeNames: { '#lastRefusal': lastRefusal, '#key': partitionKey },
        ExpressionAttributeValues: {
          ':lastRefusal': { M: { at: { N: String(at) }, reason: { S: reason } } },
        },
      };
      const budget = AbortSignal.timeout(budgetMs);
      try {
        await callAws(callOn({ tableName, budget }, 'UpdateItem'), (options) =>
          client.updateItem(input, options),
        );
      } catch (error) {
        if (!isConditionFault(error)) throw error;
      }
    },
  };
}
