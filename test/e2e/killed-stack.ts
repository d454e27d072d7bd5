/** The default stack, and beside it a Secrets Manager that calls functions which run in processes of their own. */
import { rmSync } from 'node:fs';
import path from 'node:path';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { clientStore } from '../../adapters/dynamodb/clients.ts';
import { Environment } from '../../core/contract/environment.ts';
import { hashSecret } from '../../core/issue/client-secret.ts';
import { systemClock } from '../../local/clock.ts';
import { play } from '../../local/index.ts';
import { startSecretsManager } from '../../local/secrets-manager/index.ts';
import type { FunctionInvoker } from '../../local/types.ts';
import { connect } from '../adapters/tables.ts';
import { canary } from '../canary.ts';
import { type EngineKind, freePort } from '../engines.ts';
import { localClient } from '../local/played.ts';
import type { Delivery, Kill } from './killed-process.ts';
import { synthesized, temporaryFolder } from './keyturn.ts';

/** Starts both, with a client `shop` whose secret is in that Secrets Manager. */
export async function startKilledStack(engine: EngineKind['name']) {
  const folder = temporaryFolder();
  const lines: string[] = [];
  const stack = await play({
    ...{ assembly: synthesized(), dataDirectory: path.join(folder, 'stack'), engine },
    ...{ port: await freePort(), log: (source, line) => void lines.push(`${source}: ${line}`) },
  });
  const output = (name: string) => stack.outputs[name] ?? '';
  const dynamoDb = connect(stack.endpoints.dynamodb);
  const clients = clientStore(dynamoDb, output('ClientTable'));
  let invoker: FunctionInvoker | undefined;
  const service = await startSecretsManager({
    ...{ file: path.join(folder, 'secrets.json'), secrets: [], clock: systemClock, isPlayed: () => true },
    ...{ seal: { seal: (bytes) => bytes, unseal: (bytes) => bytes } },
    invoker: {
      invoke(...given) {
        if (invoker === undefined) throw new Error('nothing is to be rotated yet');
        return invoker.invoke(...given);
      },
    },
    log: (_, line) => void lines.push(line),
  });
  const secretsManager = new SecretsManagerClient({ ...localClient, endpoint: service.url });
  await registerShop();

  async function registerShop(): Promise<void> {
    const secret = canary('the-first-secret-of-the-shop');
    const value = {
      client_id: 'shop',
      client_secret: secret,
      token_endpoint: `${output('Issuer')}/oauth2/token`,
    };
    const command = new CreateSecretCommand({ Name: 'shop', SecretString: JSON.stringify(value) });
    const { ARN: secretArn = '' } = await secretsManager.send(command);
    await clients.create({
      ...{ clientId: 'shop', grants: ['client_credentials'], scopes: ['orders:read'], secretArn },
      ...{ secrets: [{ hash: await hashSecret(secret), createdAt: 1 }], createdAt: 1, version: 1 },
    });
  }

  return {
    ...{ output, dynamoDb, clients, secretsManager, lines },

    /** Who stands for Lambda from now on where Secrets Manager rotates. */
    invokeBy(next: FunctionInvoker): void {
      invoker = next;
    },

    /** The JSON that a secret holds under a label. */
    async valueOf<T>(secretId: string, stage = 'AWSCURRENT'): Promise<T> {
      const command = new GetSecretValueCommand({ SecretId: secretId, VersionStage: stage });
      return JSON.parse((await secretsManager.send(command)).SecretString ?? 'null') as T;
    },

    /** A delivery to a bundle that is wired as the stack's functions are. */
    deliveryOf(bundle: string, event: object, kill?: Kill): Delivery {
      const { dynamodb, lambda } = stack.endpoints;
      return {
        ...{ bundle, event, ...(kill && { kill }) },
        services: { DYNAMODB: dynamodb, LAMBDA: lambda, SECRETS_MANAGER: service.url },
        env: {
          [Environment.clientTable]: output('ClientTable'),
          [Environment.revocationTable]: output('RevocationTable'),
          [Environment.eventTable]: output('EventTable'),
          [Environment.tokenIssueFunction]: output('TokenIssueFunction'),
        },
      };
    },

    async end(): Promise<void> {
      secretsManager.destroy();
      dynamoDb.destroy();
      await service.stop();
      await service.close();
      await stack.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** A stack whose functions can be killed. */
export type KilledStack = Awaited<ReturnType<typeof startKilledStack>>;
