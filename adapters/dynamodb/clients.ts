import { marshall } from '@aws-sdk/util-dynamodb';
import { Tables } from '../../core/contract/tables.ts';
import type { Client } from '../../core/issue/client.ts';
import type { ClientStore } from '../../core/ports.ts';
import { startBudget } from '../aws-call.ts';
import type { ItemCalls } from './item-calls.ts';
import { readItem, type Item, type ItemPlace } from './items.ts';
import { getItem, isAbsent, putItemIf } from './put.ts';

/** Registered clients. IAM: `dynamodb:GetItem`; to register, `dynamodb:PutItem` too. */
export function clientStore(client: ItemCalls, tableName: string): ClientStore {
  const place = { tableName, partitionKey: Tables.client.partitionKey };
  return {
    async get(clientId) {
      const item = await getItem(client, { ...place, budget: startBudget() }, clientId);
      return item && toClient(place, item);
    },

    create(registered) {
      const item = marshall(registered, { removeUndefinedValues: true });
      return putItemIf(client, { ...place, item, budget: startBudget() }, isAbsent(place));
    },
  };
}

function toClient(place: ItemPlace, stored: Item): Client {
  const { string, number, strings, boolean, list, optional } = readItem(place, stored);
  return {
    clientId: string('clientId'),
    scopes: strings('scopes'),
    ...optional('audience', strings),
    ...optional('tokenLifetimeSeconds', number),
    secrets: list('secrets').map((secret) => ({
      hash: secret.string('hash'),
      createdAt: secret.number('createdAt'),
    })),
    ...optional('disabled', boolean),
    createdAt: number('createdAt'),
  };
}
