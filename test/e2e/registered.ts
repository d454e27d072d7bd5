/** Clients of a played stack, registered in its own table by the store that the functions read. */
import { connectDynamoDb } from '../../adapters/dynamodb/connection.ts';
import { clientStore } from '../../adapters/dynamodb/clients.ts';
import { grantTypes, offlineAccess } from '../../core/contract/grants.ts';
import { Outputs } from '../../core/contract/outputs.ts';
import { hashSecret } from '../../core/issue/client-secret.ts';
import type { Client } from '../../core/issue/client.ts';
import { type Played, running } from './keyturn.ts';

/** What a client is, besides what {@link register} gives every one of them. */
export type Registration = Pick<Client, 'clientId'> & Partial<Client> & { readonly secret?: string };

/** Registers clients that may use every grant, have `orders:read`, `orders:write` and `offline_access`, and are as said. */
export async function register(stack: Played, registrations: readonly Registration[]): Promise<void> {
  const { endpoints, outputs } = running(stack);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const connection = connectDynamoDb({ region: 'us-east-1', credentials, endpoint: endpoints.dynamodb });
  const clients = clientStore(connection, outputs[Outputs.clientTable] ?? '');
  const createdAt = Math.floor(Date.now() / 1000);
  const common = { grants: grantTypes, scopes: ['orders:read', 'orders:write', offlineAccess] };
  for (const { secret, ...more } of registrations) {
    const secrets = secret === undefined ? [] : [{ hash: await hashSecret(secret), createdAt }];
    await clients.create({ ...common, secrets, createdAt, version: 1, ...more });
  }
  connection.destroy();
}
