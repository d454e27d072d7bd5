import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { UnavailableError } from '../../core/ports.ts';
import { callAws } from '../aws-call.ts';

/** Longest time that the function may take, in milliseconds: a cold start and its work. */
const timeMs = 9000;

/** An invoked function ended with an error. */
export class FunctionError extends Error {
  override readonly name = 'FunctionError';
  /** The name of that error. */
  readonly type: string;
  /** Its message. */
  readonly description: string;
  constructor(resource: string, type: string, description: string) {
    super(`${resource} refused: ${type}: ${description}`);
    this.type = type;
    this.description = description;
  }
}

/**
 * Invokes a function and waits for what it answers. IAM: `lambda:InvokeFunction`.
 *
 * @returns a function from event to answer; it throws {@link UnavailableError}, also where the function ended with one,
 *   AwsRefusalError, or a {@link FunctionError}
 */
export function invokeFunction(
  functionName: string,
  client: LambdaClient = new LambdaClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 300, requestTimeout: timeMs },
  }),
): (event: object) => Promise<unknown> {
  return async (event) => {
    const command = new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(event) });
    const resource = `function ${functionName}`;
    const call = { service: 'Lambda', operation: 'Invoke', resource, budget: AbortSignal.timeout(timeMs) };
    const answer = await callAws(call, (options) => client.send(command, options));
    const payload: unknown = JSON.parse(new TextDecoder().decode(answer.Payload) || 'null');
    if (answer.FunctionError === undefined) return payload;
    const { errorType = 'Error', errorMessage = 'no message' } = Object(payload) as Record<string, string>;
    if (errorType === 'UnavailableError') throw new UnavailableError(`${resource}: ${errorMessage}`);
    throw new FunctionError(resource, errorType, errorMessage);
  };
}
