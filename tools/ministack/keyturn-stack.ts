/** What can be done with Keyturn's default stack once it is deployed: as a client, an operator or CloudFormation does it. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod/mini';
import { clientStore } from '../../adapters/dynamodb/clients.ts';
import { connectDynamoDb } from '../../adapters/dynamodb/connection.ts';
import { publicKeySetReader } from '../../adapters/dynamodb/key-sets.ts';
import type { KeyRotationRequest } from '../../core/contract/messages.ts';
import { Outputs } from '../../core/contract/outputs.ts';
import { Routes } from '../../core/contract/routes.ts';
import { hashSecret, newSecret } from '../../core/issue/client-secret.ts';
import { activeKey, type KeySet } from '../../core/keys/key-set.ts';
import { type ApiAnswer, type ApiRequest, deployedApi } from './api.ts';
import { root } from './cdk.ts';
import type { DeployedStack } from './deploy.ts';
import { type Outcome, run } from './processes.ts';

/** A registered client and its secret. */
export interface RegisteredClient {
  readonly clientId: string;
  readonly secret: string;
}

/** The default stack, deployed. */
export interface DeployedKeyturn extends DeployedStack {
  readonly issuer: string;
  call(route: string, request?: ApiRequest): Promise<ApiAnswer>;
  /** Writes a client to the client table, as an operator with access to it does. */
  register(clientId: string, scopes: readonly string[]): Promise<RegisteredClient>;
  /** An access token by client_credentials. */
  newToken(client: RegisteredClient): Promise<string>;
  /** Status of `GET /whoami` with a token. */
  statusWith(token: string): Promise<number>;
  /** The key set as its table has it, without the private part. */
  keySet(): Promise<KeySet>;
  /** `kid` of the key that signs. */
  activeKid(): Promise<string>;
  /** A direct invoke of key-rotation. */
  invokeKeyRotation(
    request: KeyRotationRequest,
  ): Promise<{ readonly rotated: boolean; readonly active: string }>;
  /** Runs the built `keyturn` command; `input` is its standard input. */
  keyturn(args: readonly string[], input?: string): Promise<Outcome>;
}

/** @throws Error where the stack lacks one of Keyturn's outputs */
export function deployedKeyturn(stack: DeployedStack): DeployedKeyturn {
  const output = (name: keyof typeof Outputs) => {
    const value = stack.outputs[Outputs[name]];
    if (value === undefined) throw new Error(`${stack.stackName} has no output ${Outputs[name]}`);
    return value;
  };
  const { miniStack } = stack;
  const dynamoDb = connectDynamoDb(miniStack.clientSettings);
  const lambda = new LambdaClient(miniStack.clientSettings);
  const api = deployedApi(miniStack.endpoint, output('apiUrl'));
  const issuer = output('issuer');
  const keySet = async () => {
    const stored = await publicKeySetReader(dynamoDb, output('keySetTable')).readPublic(issuer);
    return stored ?? assert.fail('the key-set table holds no key set of the issuer');
  };
  return {
    ...stack,
    issuer,
    keySet,
    call: (route, request) => api.call(route, request),
    register: (clientId, scopes) => register(clientStore(dynamoDb, output('clientTable')), clientId, scopes),
    async newToken({ clientId, secret }) {
      const form = { grant_type: 'client_credentials' };
      const answer = await api.call(`POST ${Routes.token}`, { basic: [clientId, secret], form });
      assert.equal(answer.status, 200, `the token endpoint answered ${answer.status}`);
      return String(answer.body['access_token']);
    },
    statusWith: async (bearer) => (await api.call(`GET ${Routes.whoami}`, { bearer })).status,
    activeKid: async () => activeKey(await keySet())?.kid ?? assert.fail('no key of the key set is active'),
    invokeKeyRotation: (request) => invokeKeyRotation(lambda, output('keyRotationFunction'), request),
    keyturn: (args, input = '') =>
      run([process.execPath, path.join(root, 'dist', 'cli', 'keyturn.js'), ...args], {
        cwd: root,
        env: stack.environment,
        input,
      }),
  };
}

async function register(
  clients: ReturnType<typeof clientStore>,
  clientId: string,
  scopes: readonly string[],
): Promise<RegisteredClient> {
  const secret = newSecret(randomBytes);
  const createdAt = Math.floor(Date.now() / 1000);
  const secrets = [{ hash: await hashSecret(secret), createdAt }];
  assert.ok(
    await clients.create({
      clientId,
      grants: ['client_credentials'],
      scopes,
      secrets,
      createdAt,
      version: 1,
    }),
    `the client id ${clientId} is taken`,
  );
  return { clientId, secret };
}

const keyRotationResult = z.object({ rotated: z.boolean(), active: z.string() });

async function invokeKeyRotation(
  lambda: LambdaClient,
  functionName: string,
  request: KeyRotationRequest,
): Promise<z.infer<typeof keyRotationResult>> {
  const answer = await lambda.send(
    new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(request) }),
  );
  const text = new TextDecoder().decode(answer.Payload);
  if (answer.FunctionError !== undefined) throw new Error(`${functionName} failed: ${text}`);
  return keyRotationResult.parse(JSON.parse(text));
}
