import { setTimeout as sleep } from 'node:timers/promises';
import { clientDefaults, isTransient } from '../aws-call.ts';
import { poster, type PostAnswer } from '../aws-http/post.ts';
import { type AwsHttpSettings } from '../aws-http/settings.ts';
import { signerV4 } from '../aws-http/signature-v4.ts';
import type { CallOptions, ItemCalls } from './item-calls.ts';

/** DynamoDB's error answer, with the SDK's names. The service's text is left out: it may quote an item. */
class DynamoDbFault extends Error {
  override readonly name: string;
  readonly $metadata: { readonly httpStatusCode: number; readonly requestId?: string; attempts: number };

  constructor({ status, requestId, body }: PostAnswer) {
    super('refused');
    this.name = codeOf(body);
    this.$metadata = { httpStatusCode: status, ...(requestId !== undefined && { requestId }), attempts: 1 };
  }
}

/** Longest pause before a second attempt, in milliseconds: the SDK's for DynamoDB. */
const longestPauseMs = 50;

/**
 * A DynamoDB connection without the SDK, for the function that every request waits for: one signed POST over node:http
 * a call, 500 ms an attempt, two attempts, as `connectDynamoDb` has them. One for each container.
 *
 * Items travel as they stand in JSON, so that attributes of the types B and BS, which the SDK turns into bytes, are no
 * business of this connection.
 */
export function connectLightly({ endpoint, region, credentials }: AwsHttpSettings): ItemCalls {
  const url = new URL(endpoint);
  const post = poster(url);
  const sign = signerV4({ credentials, region, service: 'dynamodb' });

  async function attempt(operation: string, body: string, signal: AbortSignal): Promise<PostAnswer> {
    const headers = {
      host: url.host,
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
    };
    const signed = sign({ headers, body, now: Date.now() });
    const sent = { ...signed, 'content-length': String(Buffer.byteLength(body)) };
    const timeMs = clientDefaults.requestHandler.requestTimeout;
    const answer = await post({ headers: sent, body, timeMs, signal });
    if (answer.status !== 200) throw new DynamoDbFault(answer);
    return answer;
  }

  async function call<T>(operation: string, input: object, { abortSignal }: CallOptions): Promise<T> {
    const body = JSON.stringify(input);
    for (let attempts = 1; ; attempts++) {
      try {
        const answer = await attempt(operation, body, abortSignal);
        return JSON.parse(answer.body) as T;
      } catch (error) {
        if (error instanceof DynamoDbFault) error.$metadata.attempts = attempts;
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

/** `com.amazonaws.dynamodb.v20120810#ThrottlingException` is `ThrottlingException`. */
function codeOf(body: string): string {
  try {
    const { __type: type } = JSON.parse(body) as { readonly __type?: unknown };
    return typeof type === 'string' ? type.slice(type.indexOf('#') + 1) : 'UnknownError';
  } catch {
    return 'UnknownError';
  }
}
