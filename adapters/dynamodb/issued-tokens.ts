import { marshall } from '@aws-sdk/util-dynamodb';
import { issuedTokenShards, Tables } from '../../core/contract/tables.ts';
import type { IssuedToken } from '../../core/issue/client.ts';
import type { IssuedTokenStore } from '../../core/ports.ts';
import { callAws, startBudget } from '../aws-call.ts';
import type { ItemCalls } from './item-calls.ts';
import { readItem, type Item, type ItemPlace } from './items.ts';
import { callOn, getItem } from './put.ts';

const { partitionKey, indexes } = Tables.issuedToken;

/** The record of what was issued. IAM: `dynamodb:PutItem` to write, `dynamodb:GetItem` to read. */
export function issuedTokenStore(client: ItemCalls, tableName: string): IssuedTokenStore {
  const place = { tableName, partitionKey };
  return {
    async put(token) {
      const input = { TableName: tableName, Item: toItem(token) };
      const call = callOn({ ...place, budget: startBudget() }, 'PutItem');
      await callAws(call, (options) => client.putItem(input, options));
    },

    async get(jti) {
      const item = await getItem(client, { ...place, budget: startBudget() }, jti);
      return item && toIssuedToken(place, item);
    },
  };
}

/** The keys of a token in the indexes: which partition of several is said by its `jti`. */
function toItem(token: IssuedToken): Item {
  const hash = hashOf(token.jti);
  const keys = {
    [indexes.client.partitionKey]: shardKey(hash % issuedTokenShards.client, token.clientId),
    [indexes.expiry.partitionKey]: shardKey(hash % issuedTokenShards.expiry),
    ...(token.subject !== token.clientId && { [indexes.subject.partitionKey]: token.subject }),
  };
  return marshall({ ...token, ...keys }, { removeUndefinedValues: true });
}

/** Partition key of one of an index's partitions for a value. */
export function shardKey(shard: number, value = ''): string {
  return `${shard}:${value}`;
}

/** FNV-1a: spreads, and is no secret. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  }
  return hash;
}

/** Reads an item of the table or of one of its indexes. */
export function toIssuedToken(place: ItemPlace, stored: Item): IssuedToken {
  const { string, number, map, optional } = readItem(place, stored);
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
    ...optional('lastRefusal', (name) => {
      const { at, reason } = map(name);
      return { at: Number(at), reason: String(reason) };
    }),
  };
}
