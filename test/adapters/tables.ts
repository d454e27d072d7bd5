import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  connectDynamoDb,
  type DynamoDbConnection,
  type DynamoDbSettings,
} from '../../adapters/dynamodb/connection.ts';

/** Credentials that no AWS account has. */
export const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/** A client of an engine on this machine. */
export function connect(endpoint: string, settings: DynamoDbSettings = {}): DynamoDbConnection {
  return connectDynamoDb({ endpoint, region: 'us-east-1', credentials, ...settings });
}

/** Creates a table with a string partition key alone. */
export async function createTable(
  client: DynamoDBClient,
  tableName: string,
  partitionKey: string,
): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: partitionKey, AttributeType: 'S' }],
      KeySchema: [{ AttributeName: partitionKey, KeyType: 'HASH' }],
    }),
  );
}
