import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { Tables } from '../../core/contract/tables.ts';
import type { ClientLister } from '../../core/ports.ts';
import { callAws, startBudget } from '../aws-call.ts';
import { toClient } from './clients.ts';
import type { DynamoDbConnection } from './connection.ts';
import { callOn } from './put.ts';

/** All registered clients, for administration. IAM: `dynamodb:Scan`. */
export function clientLister(client: DynamoDbConnection, tableName: string): ClientLister {
  const place = { tableName, partitionKey: Tables.client.partitionKey };
  return {
    async list({ limit, after }) {
      const command = new ScanCommand({
        TableName: tableName,
        Limit: limit,
        ...(after !== undefined && { ExclusiveStartKey: { [place.partitionKey]: { S: after } } }),
      });
      const call = callOn({ tableName, budget: startBudget() }, 'Scan');
      const answer = await callAws(call, (options) => client.send(command, options));
      const next = answer.LastEvaluatedKey?.[place.partitionKey]?.S;
      return {
        items: (answer.Items ?? []).map((item) => toClient(place, item)),
        ...(next !== undefined && { next }),
      };
    },
  };
}
