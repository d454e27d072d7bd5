import { setTimeout as sleep } from 'node:timers/promises';
import { clientDefaults, isTransient } from '../aws-call.ts';
import { AwsHttpFault, jsonCaller } from '../aws-http/json-call.ts';
import type { AwsHttpSettings } from '../aws-http/settings.ts';
import type { CallOptions, ItemCalls } from './item-calls.ts';

const dynamoDb = {
  service: 'dynamodb',
  target: 'DynamoDB_20120810',
  contentType: 'application/x-amz-json-1.0',
} as const;

/** Longest pause before a second attempt, in milliseconds: the SDK's for DynamoDB. */
const longestPauseMs = 50;

/**
 * A DynamoDB connection without the SDK, for the function that every request waits for: one signed POST over node:http
 * a call, 500 ms an attempt, two attempts, as `connectDynamoDb` has them. One for each container.
 *
 * Items travel as they stand in JSON, so that attributes of the types B and BS, which the SDK turns into bytes, are no
 * business of this connection.
 */
export function connectLightly(settings: AwsHttpSettings): ItemCalls {
  const send = jsonCaller(settings, dynamoDb);
  const timeMs = clientDefaults.requestHandler.requestTimeout;

  async function call<T>(operation: string, input: object, { abortSignal }: CallOptions): Promise<T> {
    const body = JSON.stringify(input);
    for (let attempts = 1; ; attempts++) {
      try {
        return JSON.parse(await send(operation, body, { timeMs, signal: abortSignal })) as T;
      } catch (error) {
        if (error instanceof AwsHttpFault) error.$metadata.attempts = attempts;
        if (attempts === clientDefaults.maxAttempts || !isTransient(error)) throw error;
      }
      await sleep(Math.random() * longestPauseMs, undefined, { signal: abortSignal });
    }
  }

  return {
    getItem: (input, options) => call('GetItem', input, options),
    batchGetItem: (input, options) => call('BatchGetItem', input, options),
    putItem: (input, options) => call('PutItem', input, options),
    updateItem: (input, options) => call('UpdateItem', input, options),
    deleteItem: (input, options) => call('DeleteItem', input, options),
  };
}
