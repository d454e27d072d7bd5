import { clientIdPattern } from '../contract/client-rules.ts';
import type { ClientReader } from '../ports.ts';
import type { Client } from './client.ts';

/**
 * The client of this id, which anybody may have written; undefined where there is none, also for an id that no client can
 * have: it may be longer than a key of a table.
 */
export async function findClient(clientId: string, clients: ClientReader): Promise<Client | undefined> {
  return clientIdPattern.test(clientId) ? clients.get(clientId) : undefined;
}
