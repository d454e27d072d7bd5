import type { Client } from '../issue/client.ts';
import { secretId } from '../issue/client-secret.ts';
import { findClient } from '../issue/find-client.ts';
import { OAuthError } from '../oauth/errors.ts';
import type { AdminContext } from './request.ts';

/** A client as the admin API shows it: of its secrets the names alone. Times are NumericDates. */
export interface ClientEntry extends Omit<
  Client,
  'secrets' | 'owner' | 'secretArn' | 'version' | 'disabled'
> {
  readonly disabled: boolean;
  /** Whether a CloudFormation stack registered it, which alone may then change and delete it. */
  readonly isOfStack: boolean;
  readonly secrets: readonly { readonly id: string; readonly createdAt: number }[];
}

/** A client, and a secret that nobody is shown again. */
export interface ClientWithSecret {
  readonly client: ClientEntry;
  /** Absent where the client was registered without one: it is public, or has keys. */
  readonly secret?: string;
}

/** What is shown of a client. */
export function entryOf(client: Client): ClientEntry {
  const { secrets, owner, secretArn: _, version: __, disabled = false, ...shown } = client;
  return {
    ...shown,
    ...{ disabled, isOfStack: owner !== undefined },
    secrets: secrets.map((secret) => ({ id: secretId(secret), createdAt: secret.createdAt })),
  };
}

/** @throws {@link OAuthError} 404 where there is no such client */
export async function clientOf(clientId: string, { clients }: AdminContext): Promise<Client> {
  const client = await findClient(clientId, clients);
  if (client !== undefined) return client;
  throw new OAuthError('invalid_request', 'there is no client of this id', 404);
}

/**
 * Writes what a change makes of a client, over what it was made of: another writer's change is kept.
 *
 * @param change what is to become of it; the same object where nothing is
 * @returns the client before and after
 * @throws {@link OAuthError} 404 where there is no such client, and whatever the change throws
 */
export async function writeChange(
  clientId: string,
  change: (client: Client) => Client,
  context: AdminContext,
): Promise<{ readonly before: Client; readonly after: Client }> {
  for (;;) {
    const before = await clientOf(clientId, context);
    const after = change(before);
    if (after === before) return { before, after };
    if (await context.clients.replace({ ...after, version: before.version + 1 })) return { before, after };
  }
}
