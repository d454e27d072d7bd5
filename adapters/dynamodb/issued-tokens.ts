import { marshall } from '@aws-sdk/util-dynamodb';
import { Tables } from '../../core/contract/tables.ts';
import type { IssuedToken } from '../../core/issue/client.ts';
import type { IssuedTokenStore } from '../../core/ports.ts';
import { callAws, startBudget } from '../aws-call.ts';
import type { ItemCalls } from './item-calls.ts';
import { readItem, type Item, type ItemPlace } from './items.ts';
import { callOn, getItem } from './put.ts';

/** The record of what was issued. IAM: `dynamodb:PutItem` to write, `dynamodb:GetItem` to read. */
export function issuedTokenStore(client: ItemCalls, tableName: string): IssuedTokenStore {
  const place = { tableName, partitionKey: Tables.issuedToken.partitionKey };
  return {
    async put(token) {
      const input = { TableName: tableName, Item: marshall(token, { removeUndefinedValues: true }) };
      const call = callOn({ ...place, budget: startBudget() }, 'PutItem');
      await callAws(call, (options) => client.putItem(input, options));
    },

    async get(jti) {
      const item = await getItem(client, { ...place, budget: startBudget() }, jti);
      return item && toIssuedToken(place, item);
    },
  };
}

function toIssuedToken(place: ItemPlace, stored: Item): IssuedToken {
  const { string, number, optional } = readItem(place, stored);
  return {
    jti: string('jti'),
    issuer: string('issuer'),
    subject: string('subject'),
    clientId: string('clientId'),
    scope: string('scope'),
    ...optional('sid', string),
    kid: string('kid'),
    issuedAt: number('issuedAt'),
    expiresAt: number('expiresAt'),
  };
}
