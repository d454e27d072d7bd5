import { needsSecret } from '../contract/client-rules.ts';
import type { Client } from '../issue/client.ts';
import { hashSecret, newSecret, secretId } from '../issue/client-secret.ts';
import { OAuthError } from '../oauth/errors.ts';
import { readBody } from './body.ts';
import { type ClientEntry, type ClientWithSecret, entryOf, writeChange } from './client-entry.ts';
import { namedClient, shapes } from './client-request.ts';
import { recordDeeds } from './events.ts';
import { allowOnly, readText } from './page.ts';
import { checkMayGrant } from './may-grant.ts';
import type { AdminContext, AdminRequest } from './request.ts';

/** Two, so that one can be rolled out while the other is in use. */
const maxSecrets = 2;

/**
 * `POST /admin/clients/secrets`: a second secret, shown this once. The first stays valid until it is removed.
 *
 * @throws {@link OAuthError} `invalid_request`: 404 where there is no such client, 409 where there are two, or where
 *   Secrets Manager has it; `insufficient_scope` by {@link checkMayGrant}
 * @throws UnavailableError where a table cannot be reached
 */
export async function addSecret(
  { actor, body, scopes }: AdminRequest,
  context: AdminContext,
): Promise<ClientWithSecret> {
  const { clientId } = readBody(body, namedClient, shapes.namedClient);
  const secret = newSecret(context.randomBytes);
  const added = { hash: await hashSecret(secret), createdAt: context.verification.now };
  const { after } = await writeChange(
    clientId,
    (client) => {
      checkMayGrant(client.scopes, scopes);
      return withSecret(client, added);
    },
    context,
  );
  await recordSecret('client.secret-added', { actor, clientId, id: secretId(added) }, context);
  return { client: entryOf(after), secret };
}

function withSecret(client: Client, added: Client['secrets'][number]): Client {
  if (client.secretArn !== undefined)
    throw conflict('the secret of this client is in Secrets Manager; allowed: rotate it there');
  if (!needsSecret(client))
    throw conflict('the client is public or authenticates with its keys; allowed: a client with a secret');
  if (client.secrets.length >= maxSecrets)
    throw conflict(`the client has ${maxSecrets} secrets; allowed: remove one, then add another`);
  return { ...client, secrets: [...client.secrets, added] };
}

/**
 * `DELETE /admin/clients/secrets`: removes one of two secrets. Tokens that were got with it live on.
 *
 * @throws {@link OAuthError} `invalid_request`: 404 where there is no such client or secret, 409 where it is the only one
 * @throws UnavailableError where a table cannot be reached
 */
export async function removeSecret(
  { actor, query }: AdminRequest,
  context: AdminContext,
): Promise<ClientEntry> {
  allowOnly(query, ['clientId', 'id']);
  const [clientId, id] = [readText(query, 'clientId'), readText(query, 'id')];
  const { after } = await writeChange(clientId, (client) => withoutSecret(client, id), context);
  await recordSecret('client.secret-removed', { actor, clientId, id }, context);
  return entryOf(after);
}

function withoutSecret(client: Client, id: string): Client {
  const kept = client.secrets.filter((secret) => secretId(secret) !== id);
  if (kept.length === client.secrets.length)
    throw new OAuthError('invalid_request', 'the client has no secret with this id', 404);
  if (kept.length === 0 && needsSecret(client))
    throw conflict('it is the only secret of the client; allowed: add another first, or disable the client');
  return { ...client, secrets: kept };
}

function recordSecret(
  action: 'client.secret-added' | 'client.secret-removed',
  { actor, clientId, id }: { readonly actor: string; readonly clientId: string; readonly id: string },
  context: AdminContext,
): Promise<void> {
  const target = { kind: 'client', value: clientId };
  return recordDeeds([{ action, actor, target, detail: `secret ${id}` }], context);
}

function conflict(description: string): OAuthError {
  return new OAuthError('invalid_request', description, 409);
}
