import type { ClientRegistration } from '../contract/messages.ts';
import type { Client } from '../issue/client.ts';
import { hashSecret } from '../issue/client-secret.ts';
import type { ClientStore, SecretVersions } from '../ports.ts';
import { readClientSecret } from './client-secret-value.ts';

/** What registering the clients of a stack works with. */
export interface RegistrationContext {
  readonly clients: ClientStore;
  readonly secrets: Pick<SecretVersions, 'get'>;
  /** The resource that the client belongs to; nothing else may change or delete it. */
  readonly owner: string;
  /** NumericDate, read once. */
  readonly now: number;
}

/**
 * Makes a client what its stack says, however often it is asked. Secrets, and whether it is disabled, stay as they are:
 * rotations and administrators see to these.
 *
 * @throws Error where the client id is taken by a client of somebody else
 * @throws UnavailableError where a table or Secrets Manager cannot be reached
 */
export async function registerClient(
  wanted: ClientRegistration,
  context: RegistrationContext,
): Promise<void> {
  const { clients, owner, now } = context;
  for (;;) {
    const known = await clients.get(wanted.clientId);
    if (known === undefined) {
      const secrets = await firstSecrets(wanted, context);
      if (await clients.create({ ...wanted, owner, secrets, createdAt: now, version: 1 })) return;
    } else {
      checkOwner(known, owner);
      const { secrets, createdAt, version, disabled } = known;
      const kept = { owner, secrets, createdAt, ...(disabled !== undefined && { disabled }) };
      if (await clients.replace({ ...wanted, ...kept, version: version + 1 })) return;
    }
  }
}

/**
 * Deletes a client that its stack no longer has. One that is another's, or not there, is left alone.
 *
 * @throws UnavailableError where the table cannot be reached
 */
export async function unregisterClient(
  clientId: string,
  { clients, owner }: Pick<RegistrationContext, 'clients' | 'owner'>,
): Promise<void> {
  const known = await clients.get(clientId);
  if (known?.owner === owner) await clients.delete(clientId);
}

async function firstSecrets(
  { secretArn }: ClientRegistration,
  { secrets, now }: RegistrationContext,
): Promise<Client['secrets']> {
  if (secretArn === undefined) return [];
  const current = await secrets.get(secretArn, { stage: 'AWSCURRENT' });
  const { client_secret: secret } = readClientSecret(current?.text ?? '', secretArn);
  return [{ hash: await hashSecret(secret), createdAt: now }];
}

function checkOwner(client: Client, owner: string): void {
  if (client.owner === owner) return;
  throw new Error(
    `the client id ${client.clientId} is taken: got a client that ${client.owner ?? 'an administrator'} made; ` +
      'allowed: an id that no other client has; choose another clientId or delete that client',
  );
}
