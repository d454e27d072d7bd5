import { marshall } from '@aws-sdk/util-dynamodb';
import { Tables } from '../../core/contract/tables.ts';
import type { TicketStore } from '../../core/ports.ts';
import type { StoredTicket } from '../../core/ticket/stored-ticket.ts';
import { callAws, startBudget } from '../aws-call.ts';
import type { ItemCalls } from './item-calls.ts';
import { type Item, type ItemPlace, readItem } from './items.ts';
import { callOn, isAbsent, putItemIf } from './put.ts';

/**
 * Keeps tickets until they are taken. Taking is one delete that answers with what it deleted, so that of many that race
 * for a ticket one gets it. IAM: `dynamodb:PutItem`, `dynamodb:GetItem` to put, `dynamodb:DeleteItem` to take.
 */
export function ticketStore(client: ItemCalls, tableName: string): TicketStore {
  const place: ItemPlace = { tableName, partitionKey: Tables.ticket.partitionKey };
  return {
    async put(ticket) {
      const item = marshall({ ...ticket, claims: JSON.stringify(ticket.claims) });
      await putItemIf(client, { ...place, item, budget: startBudget() }, isAbsent(place));
    },

    async take(id) {
      const input = {
        TableName: tableName,
        Key: { [place.partitionKey]: { S: id } },
        ReturnValues: 'ALL_OLD' as const,
      };
      const call = callOn({ ...place, budget: startBudget() }, 'DeleteItem');
      const { Attributes: taken } = await callAws(call, (options) => client.deleteItem(input, options));
      return taken && toTicket(place, taken);
    },
  };
}

function toTicket(place: ItemPlace, taken: Item): StoredTicket {
  const { string, number } = readItem(place, taken);
  return {
    id: string(Tables.ticket.partitionKey),
    kid: string('kid'),
    claims: JSON.parse(string('claims')) as StoredTicket['claims'],
    expiresAt: number(Tables.ticket.ttl),
  };
}
