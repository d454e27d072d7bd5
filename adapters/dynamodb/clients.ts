import { marshall } from '@aws-sdk/util-dynamodb';
import { grantTypes } from '../../core/contract/grants.ts';
import { Tables } from '../../core/contract/tables.ts';
import type { Client, ClientKeys } from '../../core/issue/client.ts';
import type { ClientStore } from '../../core/ports.ts';
import { callAws, startBudget } from '../aws-call.ts';
import type { ItemCalls } from './item-calls.ts';
import { readItem, type Item, type ItemPlace } from './items.ts';
import { callOn, getItem, isAbsent, putItemIf, type Condition } from './put.ts';

/**
 * Registered clients. IAM: `dynamodb:GetItem`; to register and to change, `dynamodb:PutItem`; to delete,
 * `dynamodb:DeleteItem`.
 */
export function clientStore(client: ItemCalls, tableName: string): ClientStore {
  const place = { tableName, partitionKey: Tables.client.partitionKey };
  const put = (registered: Client, condition: Condition): Promise<boolean> => {
    const item = marshall(registered, { removeUndefinedValues: true });
    return putItemIf(client, { ...place, item, budget: startBudget() }, condition);
  };
  return {
    async get(clientId) {
      const item = await getItem(client, { ...place, budget: startBudget() }, clientId);
      return item && toClient(place, item);
    },

    create: (registered) => put(registered, isAbsent(place)),

    replace: (next) => put(next, follows(next.version)),

    async delete(clientId) {
      const input = { TableName: tableName, Key: { [place.partitionKey]: { S: clientId } } };
      const call = callOn({ ...place, budget: startBudget() }, 'DeleteItem');
      await callAws(call, (options) => client.deleteItem(input, options));
    },
  };
}

function follows(version: number): Condition {
  return {
    expression: '#version = :previous',
    names: { '#version': 'version' },
    values: { ':previous': { N: String(version - 1) } },
  };
}

/** An item of a client, as the table keeps it. */
export function toClient(place: ItemPlace, stored: Item): Client {
  const item = readItem(place, stored);
  const { string, number, strings, boolean, list, optional } = item;
  return {
    clientId: string('clientId'),
    grants: strings('grants').flatMap((grant) => grantTypes.find((known) => known === grant) ?? []),
    scopes: strings('scopes'),
    ...optional('audience', strings),
    ...optional('tokenLifetimeSeconds', number),
    ...optional('refreshTokenLifetimeSeconds', number),
    ...optional('isPublic', boolean),
    secrets: list('secrets').map((secret) => ({
      hash: secret.string('hash'),
      createdAt: secret.number('createdAt'),
    })),
    ...optional('jwks', (name) => item.map(name) as unknown as ClientKeys),
    ...optional('jwksUri', string),
    ...optional('secretArn', string),
    ...optional('owner', string),
    ...optional('disabled', boolean),
    createdAt: number('createdAt'),
    version: number('version'),
  };
}
