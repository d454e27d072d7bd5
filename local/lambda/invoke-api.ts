import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { serve, type Answer, type Listening } from '../loopback.ts';
import type { InvocationResult, Log } from '../types.ts';
import type { Functions } from './functions.ts';
import { requestLimit } from './outcome.ts';

const invocationPath = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/** Lambda tries an asynchronous event twice more, after 1 and 2 minutes; here after 1 and 2 seconds. */
const retryAfterMs = [1_000, 2_000];

/**
 * Serves the Lambda Invoke API. Every other path answers that the service is not played, so that a call meant for
 * another AWS service ends here and not on the internet.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export async function startInvokeApi(functions: Functions, log: Log): Promise<Listening> {
  return await serve(async (request, body) => {
    const path = new URL(request.url ?? '/', 'http://local').pathname;
    const name = invocationPath.exec(path)?.[1];
    if (request.method !== 'POST' || name === undefined) return notPlayed(request, path);
    return await invoke(decodeURIComponent(name), { request, body, functions, log });
  });
}

interface Call {
  readonly request: IncomingMessage;
  readonly body: Buffer;
  readonly functions: Functions;
  readonly log: Log;
}

async function invoke(name: string, call: Call): Promise<Answer> {
  const { request, body, functions, log } = call;
  if (!functions.has(name)) return refusal(404, 'ResourceNotFoundException', `Function not found: ${name}`);
  if (body.length > requestLimit) {
    return refusal(
      413,
      'RequestTooLargeException',
      `Request must be smaller than ${requestLimit} bytes for the InvokeFunction operation`,
    );
  }
  const event = parse(body);
  if (event === undefined)
    return refusal(400, 'InvalidRequestContentException', 'Could not parse request body into json');
  const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
  if (type === 'DryRun') return { status: 204 };
  if (type === 'Event') {
    void invokeLater(name, event.value, { functions, log });
    return { status: 202, headers: { 'x-amzn-requestid': randomUUID() } };
  }
  return answerOf(await functions.invoke(name, event.value));
}

async function invokeLater(
  name: string,
  event: unknown,
  { functions, log }: Pick<Call, 'functions' | 'log'>,
): Promise<void> {
  let result = await functions.invoke(name, event);
  for (const waitMs of retryAfterMs) {
    if (result.ok) return;
    await sleep(waitMs, undefined, { ref: false });
    result = await functions.invoke(name, event);
  }
  if (!result.ok)
    log(
      name,
      `an asynchronous event failed ${retryAfterMs.length + 1} times and is dropped: ${result.error.errorType}`,
    );
}

function answerOf(result: InvocationResult): Answer {
  const headers = {
    'content-type': 'application/json',
    'x-amz-executed-version': '$LATEST',
    'x-amzn-requestid': randomUUID(),
  };
  if (result.ok) return { status: 200, headers, body: JSON.stringify(result.payload) ?? 'null' };
  if (result.cause === 'throttled')
    return refusal(429, 'TooManyRequestsException', result.error.errorMessage);
  return {
    status: 200,
    headers: { ...headers, 'x-amz-function-error': 'Unhandled' },
    body: JSON.stringify(result.error),
  };
}

function parse(body: Buffer): { readonly value: unknown } | undefined {
  if (body.length === 0) return { value: {} };
  try {
    return { value: JSON.parse(body.toString()) as unknown };
  } catch {
    return undefined;
  }
}

function refusal(status: number, type: string, message: string): Answer {
  const headers = {
    'content-type': 'application/json',
    'x-amzn-errortype': type,
    'x-amzn-requestid': randomUUID(),
  };
  return { status, headers, body: JSON.stringify({ Type: 'User', Message: message, message }) };
}

function notPlayed(request: IncomingMessage, path: string): Answer {
  const target = request.headers['x-amz-target'];
  const what = typeof target === 'string' ? target : `${request.method} ${path}`;
  return refusal(501, 'NotPlayedException', `This AWS operation is not played on this machine: ${what}`);
}
