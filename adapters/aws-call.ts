import { setTimeout as sleep } from 'node:timers/promises';
import { UnavailableError } from '../core/ports.ts';

/** Longest time that one operation of ours may wait for AWS, retries and all its calls together, in milliseconds. */
export const budgetMs = 1500;

/** Starts the budget of one operation; pass it to each of the operation's calls. */
export function startBudget(): AbortSignal {
  return AbortSignal.timeout(budgetMs);
}

/** Time-outs and retries of every SDK client: a dead or a hanging service is known well within 2 s. */
export const clientDefaults = {
  maxAttempts: 2,
  retryMode: 'standard',
  requestHandler: { connectionTimeout: 300, requestTimeout: 500, throwOnRequestTimeout: true },
} as const;

/** Which call failed, for the message. Names a table or a key, never what is in it. */
export interface AwsCall {
  /** For instance `DynamoDB`. */
  readonly service: string;
  /** For instance `GetItem`. */
  readonly operation: string;
  /** For instance `table Keyturn-Clients`. */
  readonly resource: string;
  /** From {@link startBudget}. */
  readonly budget: AbortSignal;
}

/**
 * AWS refused a call, and would refuse it again: permissions, configuration, a wrong request, or a condition
 * that does not hold. The message carries the service's error code, never its text, which may quote an item.
 */
export class AwsRefusalError extends Error {
  override readonly name = 'AwsRefusalError';
  /** The service's error code, for instance `ValidationException`. */
  readonly code: string;
  /** How often the request was sent. Above 1 an earlier one may have taken effect, unanswered. */
  readonly attempts: number;

  constructor(call: AwsCall, failure: Failure) {
    super(refusalMessage(call, failure));
    this.code = failure.name;
    this.attempts = failure.attempts;
  }
}

interface Failure {
  readonly name: string;
  readonly code: string;
  readonly status: number;
  readonly requestId: string | undefined;
  readonly attempts: number;
}

const throttling = new Set([
  'LimitExceededException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'TooManyRequestsException',
]);
const timeouts = new Set(['AbortError', 'TimeoutError', 'RequestTimeout', 'RequestTimeoutException']);
const network =
  /^(?:ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;

/**
 * Makes one AWS call within its budget.
 *
 * @param send sends the command with these options
 * @throws UnavailableError on a network fault, a time-out, throttling or a 5xx answer; its cause is the client's error
 * @throws {@link AwsRefusalError} on any other refusal
 */
export async function callAws<T>(
  call: AwsCall,
  send: (options: { readonly abortSignal: AbortSignal }) => Promise<T>,
): Promise<T> {
  try {
    return await send({ abortSignal: call.budget });
  } catch (cause) {
    const failure = describe(cause);
    if (!isUnavailable(failure)) throw new AwsRefusalError(call, failure);
    const what = `${call.service} ${call.operation} on ${call.resource}`;
    throw new UnavailableError(`${what} was not answered: ${failure.code || failure.name}`, { cause });
  }
}

/** Whether an error of an AWS client says that the service could not answer now: another attempt may go well. */
export function isTransient(error: unknown): boolean {
  return isUnavailable(describe(error));
}

/**
 * Does work that AWS may refuse at first: IAM is eventually consistent, and a role that was made a moment ago may still be
 * denied what its policy allows. Four attempts in 7 s.
 *
 * @throws whatever the work rejects with; the last denial
 */
export async function onceAllowed<T>(work: () => Promise<T>): Promise<T> {
  for (const waitMs of [1000, 2000, 4000]) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AwsRefusalError) || error.code !== 'AccessDeniedException') throw error;
      await sleep(waitMs);
    }
  }
  return work();
}

function isUnavailable({ name, code, status }: Failure): boolean {
  return status >= 500 || status === 429 || throttling.has(name) || timeouts.has(name) || network.test(code);
}

/** Picks out of an SDK's error what may be shown. */
function describe(error: unknown): Failure {
  const metadata = field(error, '$metadata');
  return {
    name: text(field(error, 'name')) ?? 'Error',
    code: text(field(error, 'code')) ?? '',
    status: Number(field(metadata, 'httpStatusCode') ?? 0),
    requestId: text(field(metadata, 'requestId')),
    attempts: Number(field(metadata, 'attempts') ?? 1),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function refusalMessage(call: AwsCall, failure: Failure): string {
  const request = failure.requestId === undefined ? '' : ` (request id ${failure.requestId})`;
  return `${call.service} refused ${call.operation} on ${call.resource}: ${failure.name}${request}; ${mend(call, failure.name)}`;
}

function mend(call: AwsCall, code: string): string {
  switch (code) {
    case 'AccessDeniedException':
      return `the caller's role needs ${call.service.toLowerCase()}:${call.operation} there`;
    case 'ResourceNotFoundException':
    case 'NotFoundException':
      return `there is no such ${call.resource.split(' ', 1)[0]} in this account and Region; check its name`;
    case 'CredentialsProviderError':
      return 'no AWS credentials were found; set them in the environment or a profile';
    default:
      return 'the same request will be refused again; check the configuration and the version in use';
  }
}
