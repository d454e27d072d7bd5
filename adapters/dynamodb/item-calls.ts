import type {
  BatchGetItemCommandInput,
  BatchGetItemCommandOutput,
  DeleteItemCommandInput,
  DeleteItemCommandOutput,
  GetItemCommandInput,
  GetItemCommandOutput,
  PutItemCommandInput,
  UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';

/** Ends a call early. */
export interface CallOptions {
  readonly abortSignal: AbortSignal;
}

/**
 * The calls that most stores get by with. Two connections make them: the SDK's (`connectDynamoDb`), and for the
 * authorizer one without the SDK (`connectLightly`), which costs a third of the time. A store that asks for more takes
 * the SDK's `DynamoDbConnection`.
 *
 * Every method rejects with an error that has the SDK's `name`, `code` and `$metadata`; `callAws` reads these.
 */
export interface ItemCalls {
  getItem(input: GetItemCommandInput, options: CallOptions): Promise<Pick<GetItemCommandOutput, 'Item'>>;
  batchGetItem(
    input: BatchGetItemCommandInput,
    options: CallOptions,
  ): Promise<Pick<BatchGetItemCommandOutput, 'Responses' | 'UnprocessedKeys'>>;
  putItem(input: PutItemCommandInput, options: CallOptions): Promise<unknown>;
  updateItem(input: UpdateItemCommandInput, options: CallOptions): Promise<unknown>;
  deleteItem(
    input: DeleteItemCommandInput,
    options: CallOptions,
  ): Promise<Pick<DeleteItemCommandOutput, 'Attributes'>>;
}
