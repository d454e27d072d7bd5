import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { type AwsHttpSettings, serviceEndpoint } from '../adapters/aws-http/settings.ts';
import { connectDynamoDb, type DynamoDbConnection } from '../adapters/dynamodb/connection.ts';
import type { DirectAdminAnswer, DirectAdminRequest } from '../core/contract/messages.ts';
import { Outputs } from '../core/contract/outputs.ts';
import type { AdminRouteName } from '../core/contract/routes.ts';
import { describeStack } from './aws-stack.ts';
import { type OptionValues, stringOption, UsageError } from './command.ts';

/** Folder that holds the data of the local stack, relative to where the command runs. */
export const defaultDataDirectory = '.keyturn';

/** A stack that the command line talks to: one that plays on this machine, or one in AWS. */
export interface Stack {
  /** The value of one of the stack's outputs. */
  output(name: keyof typeof Outputs): string;
  readonly dynamoDb: DynamoDbConnection;
  /** Where its Secrets Manager is, and who asks it. */
  secretsManager(): Promise<AwsHttpSettings>;
  /** Invokes a function and returns its answer; a failed invocation is a {@link UsageError} with its message. */
  invoke(functionName: string, event: object): Promise<unknown>;
}

interface Running {
  readonly pid: number;
  readonly endpoints: Readonly<Record<'dynamodb' | 'lambda' | 'secretsmanager', string>>;
  readonly outputs: Readonly<Record<string, string>>;
}

/** The stack that the options name: `--stack NAME` in AWS, else the local one of the data folder. */
export async function openStack(options: OptionValues): Promise<Stack> {
  const name = stringOption(options, 'stack');
  if (name === undefined) return localStack(stringOption(options, 'data') ?? defaultDataDirectory);
  return stackOf({
    name,
    outputs: await describeStack(name),
    dynamoDb: connectDynamoDb(),
    lambda: new LambdaClient({}),
  });
}

async function localStack(dataDirectory: string): Promise<Stack> {
  const { pid, endpoints, outputs } = await readRunning(dataDirectory);
  if (!isAlive(pid)) throw noLocalStack(dataDirectory, ` (process ${pid}, the last one, has ended)`);
  return stackOf({
    ...{ name: 'the local stack', outputs, secretsManager: endpoints.secretsmanager },
    dynamoDb: connectDynamoDb(at(endpoints.dynamodb)),
    lambda: new LambdaClient(at(endpoints.lambda)),
  });
}

/** The local endpoints take any Region and any credentials. */
function at(endpoint: string) {
  return { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
}

async function readRunning(dataDirectory: string): Promise<Running> {
  try {
    return JSON.parse(await readFile(path.join(dataDirectory, 'running.json'), 'utf8')) as Running;
  } catch {
    throw noLocalStack(dataDirectory);
  }
}

function noLocalStack(dataDirectory: string, detail = ''): UsageError {
  return new UsageError(
    `no local stack is running on the data folder ${dataDirectory}${detail}; start one with \`npm start\` or \`keyturn local\`, ` +
      `name its folder with --data FOLDER, or name one in AWS with --stack NAME`,
    1,
  );
}

/** A stack that was killed leaves its file behind. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

interface StackParts {
  readonly name: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly dynamoDb: DynamoDbConnection;
  readonly lambda: LambdaClient;
  /** Endpoint. Default: that of the Region. */
  readonly secretsManager?: string;
}

function stackOf({ name, outputs, dynamoDb, lambda, secretsManager }: StackParts): Stack {
  return {
    dynamoDb,
    async secretsManager() {
      const [region, credentials] = await Promise.all([lambda.config.region(), lambda.config.credentials()]);
      const endpoint = secretsManager ?? serviceEndpoint('secretsmanager', region);
      return { endpoint, region, credentials };
    },
    output(key) {
      const value = outputs[Outputs[key]];
      if (value === undefined)
        throw new UsageError(`${name} has no output ${Outputs[key]}: it is not a Keyturn stack`, 1);
      return value;
    },
    async invoke(functionName, event) {
      const answer = await lambda.send(
        new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(event) }),
      );
      const payload: unknown = JSON.parse(new TextDecoder().decode(answer.Payload) || 'null');
      if (answer.FunctionError === undefined) return payload;
      throw new UsageError((payload as { errorMessage?: string }).errorMessage ?? answer.FunctionError, 1);
    },
  };
}

/**
 * Asks the admin API by a direct invoke: who may is for IAM to say.
 *
 * @throws {@link UsageError} with its description, where the request is refused
 */
export async function askAdmin(
  stack: Stack,
  route: AdminRouteName,
  request: Pick<DirectAdminRequest, 'query' | 'body'>,
): Promise<object> {
  const event: DirectAdminRequest = { action: 'admin', route, actor: 'keyturn command line', ...request };
  const answer = (await stack.invoke(stack.output('adminFunction'), event)) as DirectAdminAnswer;
  if (answer.status < 400) return answer.body;
  const { error_description: description } = answer.body as { readonly error_description?: string };
  throw new UsageError(
    description ?? `the admin API answered ${answer.status}`,
    answer.status === 400 ? 2 : 1,
  );
}
