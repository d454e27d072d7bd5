import type { ClientEntry, ClientWithSecret } from '../core/admin/client-entry.ts';
import type { Page } from '../core/admin/page.ts';
import { pageWords, paint, relativeTime, table, visible } from './output.ts';

/** A list of clients as a table. */
export function listWords({ items, next }: Page<ClientEntry>, now: number): string {
  const rows = items.map((client) => [
    ...[client.clientId, stateOf(client), client.scopes.join(' '), client.grants.join(' ')],
    ...[lifetimeOf(client.tokenLifetimeSeconds), proofOf(client), relativeTime(client.createdAt, now)],
  ]);
  const list = table(['client', 'state', 'scopes', 'grants', 'lifetime', 'authenticates by', 'made'], rows);
  return pageWords(list, next, 'clients list');
}

/** One client, a member a line. */
export function words(client: ClientEntry): string {
  const rows = [
    ['client', client.clientId],
    ['state', stateOf(client)],
    ['scopes', client.scopes.join(' ')],
    ['grants', client.grants.join(' ')],
    ['audience', visible(client.audience?.join(' ') ?? 'default')],
    ['token lifetime', lifetimeOf(client.tokenLifetimeSeconds)],
    ['refresh lifetime', lifetimeOf(client.refreshTokenLifetimeSeconds)],
    ['authenticates by', proofOf(client)],
    ['registered', `${timeOf(client.createdAt)}${client.isOfStack ? ', by its CloudFormation stack' : ''}`],
    ...client.secrets.map(({ id, createdAt }) => ['secret', `${id}, made ${timeOf(createdAt)}`]),
  ];
  const width = Math.max(...rows.map(([name = '']) => name.length));
  return rows.map(([name = '', value = '']) => `${paint('dim', name.padEnd(width))}  ${value}`).join('\n');
}

/** A client and its new secret, which nothing prints again. */
export function withSecretWords({ client, secret }: ClientWithSecret): string {
  if (secret === undefined) return words(client);
  return `${words(client)}\n\n${paint('bold', secret)}\n\nThis is its secret. It is shown only once: the stack keeps just a hash.`;
}

function stateOf({ disabled }: ClientEntry): string {
  return disabled ? paint('red', 'disabled') : paint('green', 'enabled');
}

function proofOf({ isPublic, jwks, jwksUri, secrets }: ClientEntry): string {
  if (isPublic === true) return 'nothing: public';
  if ((jwks ?? jwksUri) !== undefined) return 'its keys';
  if (secrets.length === 0) return 'IAM alone';
  return secrets.length === 1 ? 'a secret' : `${secrets.length} secrets`;
}

function lifetimeOf(seconds: number | undefined): string {
  return seconds === undefined ? 'default' : `${seconds} s`;
}

function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
