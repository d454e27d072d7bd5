import {
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  DeleteItemCommand,
  type DeleteItemCommandInput,
  DynamoDBClient,
  type DynamoDBClientConfig,
  GetItemCommand,
  type GetItemCommandInput,
  PutItemCommand,
  type PutItemCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { clientDefaults } from '../aws-call.ts';
import type { CallOptions, ItemCalls } from './item-calls.ts';

/** What a caller may choose. Default: what the SDK finds in the environment. */
export type DynamoDbSettings = Pick<DynamoDBClientConfig, 'credentials' | 'endpoint' | 'region'>;

/** The SDK's client, with the calls that most stores get by with. */
export class DynamoDbConnection extends DynamoDBClient implements ItemCalls {
  getItem(input: GetItemCommandInput, options: CallOptions) {
    return this.send(new GetItemCommand(input), options);
  }

  batchGetItem(input: BatchGetItemCommandInput, options: CallOptions) {
    return this.send(new BatchGetItemCommand(input), options);
  }

  putItem(input: PutItemCommandInput, options: CallOptions) {
    return this.send(new PutItemCommand(input), options);
  }

  updateItem(input: UpdateItemCommandInput, options: CallOptions) {
    return this.send(new UpdateItemCommand(input), options);
  }

  deleteItem(input: DeleteItemCommandInput, options: CallOptions) {
    return this.send(new DeleteItemCommand(input), options);
  }
}

/**
 * A DynamoDB client that gives up in time: 300 ms to connect, 500 ms an attempt, two attempts. One for each
 * container, made in init, so that its connections are reused.
 */
export function connectDynamoDb(settings: DynamoDbSettings = {}): DynamoDbConnection {
  return new DynamoDbConnection({ ...clientDefaults, ...settings });
}
