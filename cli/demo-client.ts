import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { clientStore } from '../adapters/dynamodb/clients.ts';
import { grantTypes, offlineAccess } from '../core/contract/grants.ts';
import { hashSecret, newSecret } from '../core/issue/client-secret.ts';
import { UsageError } from './command.ts';
import type { Stack } from './stack.ts';

/** The client that the local stack comes with. */
export interface DemoClient {
  readonly clientId: string;
  readonly secret: string;
}

const fileName = 'demo-client.json';
const clientId = 'demo';

/** Scopes of the demo client. */
export const demoScopes: readonly string[] = ['orders:read', 'orders:write'];

/** The demo client of a data folder. */
export async function readDemoClient(dataDirectory: string): Promise<DemoClient> {
  const file = path.join(dataDirectory, fileName);
  try {
    return JSON.parse(await readFile(file, 'utf8')) as DemoClient;
  } catch {
    throw new UsageError(`${file} cannot be read: the demo client is made when the local stack starts`, 1);
  }
}

/**
 * Registers the demo client where it is missing. Its secret is written first, readable by its owner alone, so that
 * a stop between the two leaves nothing that the next start does not mend.
 */
export async function ensureDemoClient(stack: Stack, dataDirectory: string, now: number): Promise<void> {
  const clients = clientStore(stack.dynamoDb, stack.output('clientTable'));
  if ((await clients.get(clientId)) !== undefined) return;
  const secret = newSecret(randomBytes);
  const file = path.join(dataDirectory, fileName);
  await writeFile(`${file}.new`, JSON.stringify({ clientId, secret } satisfies DemoClient), { mode: 0o600 });
  await rename(`${file}.new`, file);
  const secrets = [{ hash: await hashSecret(secret), createdAt: now }];
  await clients.create({
    clientId,
    grants: grantTypes,
    scopes: [...demoScopes, offlineAccess],
    secrets,
    createdAt: now,
    version: 1,
  });
}
