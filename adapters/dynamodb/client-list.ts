import { Tables } from '../../core/contract/tables.ts';
import type { ClientLister } from '../../core/ports.ts';
import { toClient } from './clients.ts';
import type { DynamoDbConnection } from './connection.ts';
import { scanPage } from './scan.ts';

/** All registered clients, for administration. IAM: `dynamodb:Scan`. */
export function clientLister(client: DynamoDbConnection, tableName: string): ClientLister {
  const place = { tableName, partitionKey: Tables.client.partitionKey };
  return { list: (page) => scanPage(client, place, { ...page, read: toClient }) };
}
