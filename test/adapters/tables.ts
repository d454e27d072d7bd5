import {
  CreateTableCommand,
  waitUntilTableExists,
  type CreateTableCommandInput,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import {
  connectDynamoDb,
  type DynamoDbConnection,
  type DynamoDbSettings,
} from '../../adapters/dynamodb/connection.ts';
import type { ItemCalls } from '../../adapters/dynamodb/item-calls.ts';
import { connectLightly } from '../../adapters/dynamodb/light-connection.ts';
import { engines, type EngineKind } from '../engines.ts';

/** Credentials that no AWS account has. */
export const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/** A client of an engine on this machine. */
export function connect(endpoint: string, settings: DynamoDbSettings = {}): DynamoDbConnection {
  return connectDynamoDb({ endpoint, region: 'us-east-1', credentials, ...settings });
}

/** A way to connect a store. */
export interface ConnectionKind {
  readonly connection: string;
  connect(endpoint: string): ItemCalls;
}

/** What a store may be given that gets by with {@link ItemCalls}. */
export const connections: readonly ConnectionKind[] = [
  { connection: 'the SDK', connect },
  {
    connection: 'the light connection',
    connect: (endpoint) => connectLightly({ endpoint, region: 'us-east-1', credentials }),
  },
];

/** Every engine with every connection. */
export const backends: readonly (EngineKind & ConnectionKind)[] = engines.flatMap((engine) =>
  connections.map((connection) => ({ ...engine, ...connection })),
);

/** Creates a table with a string partition key, and a string sort key where one is named. */
export async function createTable(
  client: DynamoDBClient,
  tableName: string,
  partitionKey: string,
  sortKey?: string,
): Promise<void> {
  const keys = sortKey === undefined ? [partitionKey] : [partitionKey, sortKey];
  await createActiveTable(client, {
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: keys.map((name) => ({ AttributeName: name, AttributeType: 'S' })),
    KeySchema: keys.map((name, index) => ({
      AttributeName: name,
      KeyType: index === 0 ? 'HASH' : 'RANGE',
    })),
  });
}

/** Creates a table and waits until it is active: until then the engines refuse calls of it, as DynamoDB does. */
export async function createActiveTable(
  client: DynamoDBClient,
  table: CreateTableCommandInput,
): Promise<void> {
  await client.send(new CreateTableCommand(table));
  await waitUntilTableExists(
    { client, maxWaitTime: 20, minDelay: 0.01, maxDelay: 0.1 },
    { TableName: table.TableName },
  );
}
