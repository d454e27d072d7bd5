import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { Tables } from '../../core/contract/tables.ts';
import type { RefreshFamilyStore } from '../../core/ports.ts';
import type { RefreshFamily } from '../../core/refresh/family.ts';
import { callAws, startBudget } from '../aws-call.ts';
import type { DynamoDbConnection } from './connection.ts';
import { readItem, type Item, type ItemPlace } from './items.ts';
import { callOn, type Condition, getItem, isAbsent, isConditionFault, putItemIf } from './put.ts';

/** Refresh families. IAM: `dynamodb:GetItem`, `dynamodb:PutItem`, `dynamodb:UpdateItem`. */
export function refreshFamilyStore(client: DynamoDbConnection, tableName: string): RefreshFamilyStore {
  const place = { tableName, partitionKey: Tables.refreshFamily.partitionKey };
  const put = (family: RefreshFamily, condition: Condition): Promise<boolean> => {
    const item = marshall(family, { removeUndefinedValues: true });
    return putItemIf(client, { ...place, item, budget: startBudget() }, condition);
  };
  return {
    async get(sid) {
      const item = await getItem(client, { ...place, budget: startBudget() }, sid);
      return item && toFamily(place, item);
    },

    async create(family) {
      if (await put(family, isAbsent(place))) return;
      throw new Error(`table ${tableName}: a family of this sid is there already; sids must be random`);
    },

    turn: (next) => put(next, isBefore(next)),

    async revoke(sid, revokedAt) {
      const command = new UpdateItemCommand({
        TableName: tableName,
        Key: { [place.partitionKey]: { S: sid } },
        UpdateExpression: 'SET #revokedAt = if_not_exists(#revokedAt, :revokedAt)',
        ConditionExpression: 'attribute_exists(#key)',
        ExpressionAttributeNames: { '#key': place.partitionKey, '#revokedAt': 'revokedAt' },
        ExpressionAttributeValues: { ':revokedAt': { N: String(revokedAt) } },
      });
      const call = callOn({ ...place, budget: startBudget() }, 'UpdateItem');
      await callAws(call, (options) => client.send(command, options)).catch(ignoreAbsent);
    },
  };
}

/** The nonce of each turn is random, so that no two turns write the same item. */
function isBefore(next: RefreshFamily): Condition {
  return {
    expression: '#generation = :before AND #hash = :hash AND attribute_not_exists(#revokedAt)',
    names: { '#generation': 'generation', '#hash': 'currentHash', '#revokedAt': 'revokedAt' },
    values: { ':before': { N: String(next.generation - 1) }, ':hash': { S: next.previousHash ?? '' } },
  };
}

function ignoreAbsent(error: unknown): void {
  if (!isConditionFault(error)) throw error;
}

function toFamily(place: ItemPlace, stored: Item): RefreshFamily {
  const { string, number, strings, optional } = readItem(place, stored);
  return {
    sid: string('sid'),
    clientId: string('clientId'),
    subject: string('subject'),
    scopes: strings('scopes'),
    audience: strings('audience'),
    ...optional('jkt', string),
    proofHash: string('proofHash'),
    generation: number('generation'),
    currentHash: string('currentHash'),
    ...optional('previousHash', string),
    ...optional('nonce', string),
    ...optional('turnedAt', number),
    createdAt: number('createdAt'),
    expiresAt: number('expiresAt'),
    ...optional('revokedAt', number),
  };
}
