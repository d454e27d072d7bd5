import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { clientDefaults } from '../aws-call.ts';

/** What a caller may choose. Default: what the SDK finds in the environment. */
export type DynamoDbSettings = Pick<DynamoDBClientConfig, 'credentials' | 'endpoint' | 'region'>;

/**
 * A DynamoDB client that gives up in time: 300 ms to connect, 500 ms an attempt, two attempts. One for each
 * container, made in init, so that its connections are reused.
 */
export function connectDynamoDb(settings: DynamoDbSettings = {}): DynamoDBClient {
  return new DynamoDBClient({ ...clientDefaults, ...settings });
}
