import { clientFault, needsSecret } from '../contract/client-rules.ts';
import type { ClientRegistration } from '../contract/messages.ts';
import type { Client } from '../issue/client.ts';
import { hashSecret, newSecret } from '../issue/client-secret.ts';
import { findClient } from '../issue/find-client.ts';
import { OAuthError } from '../oauth/errors.ts';
import { namedRecord } from '../revocation/revoke.ts';
import { readBody } from './body.ts';
import { type ClientEntry, type ClientWithSecret, entryOf, writeChange } from './client-entry.ts';
import { clientChange, newClient, shapes } from './client-request.ts';
import type { AdminAction } from './event.ts';
import { recordDeeds } from './events.ts';
import { allowOnly, type Page, readLimit, readPageToken, readText, toAfter, toPageToken } from './page.ts';
import { checkMayGrant } from './may-grant.ts';
import type { AdminContext, AdminRequest } from './request.ts';
import { trustedIssuer } from './revocation-request.ts';

/**
 * `GET /admin/clients`: who may ask for tokens, with what. It goes through the whole table, at half a read unit for every
 * 4 kB of it; with `clientId` it reads one.
 *
 * @throws {@link OAuthError} `invalid_request` for a query that cannot be used
 */
export async function listClients(
  { query }: AdminRequest,
  { clients }: AdminContext,
): Promise<Page<ClientEntry>> {
  allowOnly(query, ['clientId', 'limit', 'page']);
  const clientId = query.get('clientId');
  if (clientId !== null) {
    const client = await findClient(clientId, clients);
    return { items: client === undefined ? [] : [entryOf(client)] };
  }
  const after = readPageToken(query, toAfter);
  const { items, next } = await clients.list({
    limit: readLimit(query),
    ...(after !== undefined && { after }),
  });
  return { items: items.map(entryOf), ...(next !== undefined && { next: toPageToken({ after: next }) }) };
}

/**
 * `POST /admin/clients`: registers a client, with its first secret unless it is public or brings keys.
 *
 * @throws {@link OAuthError} `invalid_request`: 400 for a body that cannot be used, 409 where the id is taken;
 *   `insufficient_scope` by {@link checkMayGrant}
 * @throws UnavailableError where a table cannot be reached
 */
export async function registerClient(
  { actor, body, scopes }: AdminRequest,
  context: AdminContext,
): Promise<ClientWithSecret> {
  const wanted = readBody(body, newClient, shapes.newClient);
  checkMayGrant(wanted.scopes, scopes);
  const grants = wanted.grants ?? [wanted.isPublic === true ? 'refresh_token' : 'client_credentials'];
  const registration = given({ ...wanted, grants });
  checkFit(registration, context);
  const { now } = context.verification;
  const secret = needsSecret(registration) ? newSecret(context.randomBytes) : undefined;
  const secrets = secret === undefined ? [] : [{ hash: await hashSecret(secret), createdAt: now }];
  const client = { ...registration, secrets, createdAt: now, version: 1 };
  if (!(await context.clients.create(client)))
    throw new OAuthError('invalid_request', 'the client id is taken; choose another one', 409);
  await record('client.registered', { actor, client }, context);
  return { client: entryOf(client), ...(secret !== undefined && { secret }) };
}

/**
 * `POST /admin/clients/change`: what is not named stays as it is. Tokens that were issued live on; a disabled client gets no
 * more of them, by refresh tokens neither.
 *
 * @throws {@link OAuthError} `invalid_request`: 400 for a body that cannot be used, 404 where there is no such client, 409
 *   where its stack alone may change it; `insufficient_scope` by {@link checkMayGrant}, but for disabling and enabling
 * @throws UnavailableError where a table cannot be reached
 */
export async function changeClient(
  { actor, body, scopes }: AdminRequest,
  context: AdminContext,
): Promise<ClientEntry> {
  const { clientId, disabled, ...changes } = readBody(body, clientChange, shapes.clientChange);
  const names = Object.keys(changes);
  const { before, after } = await writeChange(
    clientId,
    (client) => {
      if (names.length === 0 && (disabled ?? client.disabled) === client.disabled) return client;
      if (names.length > 0) checkOwner(client);
      if (names.length > 0) checkMayGrant([...client.scopes, ...(changes.scopes ?? [])], scopes);
      const next = given({ ...client, ...changes, ...(disabled !== undefined && { disabled }) });
      checkFit(next, context);
      return next;
    },
    context,
  );
  if (names.length > 0)
    await record('client.changed', { actor, client: after, detail: names.join(', ') }, context);
  if ((before.disabled === true) !== (after.disabled === true)) {
    const action = after.disabled === true ? 'client.disabled' : 'client.enabled';
    await record(action, { actor, client: after }, context);
  }
  return entryOf(after);
}

/**
 * `DELETE /admin/clients`: deletes a client, and revokes all of its tokens, refresh tokens too. It is disabled first, and
 * deleted last: until then the same request can be made again.
 *
 * Tokens are revoked up to the clock skew ahead of now, so that none is missed that is being issued meanwhile. A new client
 * of the same id gets tokens that pass once that time is over.
 *
 * @throws {@link OAuthError} `invalid_request`: 404 where there is no such client, 409 where its stack alone may delete it
 * @throws UnavailableError where a table cannot be reached
 */
export async function deleteClient(
  { actor, query }: AdminRequest,
  context: AdminContext,
): Promise<{ readonly clientId: string }> {
  allowOnly(query, ['clientId']);
  const clientId = readText(query, 'clientId');
  const { after: client } = await writeChange(
    clientId,
    (known) => {
      checkOwner(known);
      return known.disabled === true ? known : { ...known, disabled: true };
    },
    context,
  );
  await context.revocations.write(tokensOf(client, actor, context));
  await context.clients.delete(clientId);
  await record('client.deleted', { actor, client }, context);
  return { clientId };
}

function tokensOf({ clientId: value }: Client, actor: string, context: AdminContext) {
  const { ownIssuer: issuer, settings, verification } = context;
  const { now } = verification;
  const { maxLifetimeSeconds } = trustedIssuer(issuer, context).settings;
  return namedRecord(
    {
      ...{ kind: 'client', issuer, value },
      maxLifetimeSeconds: Math.max(maxLifetimeSeconds, settings.refreshTokenLifetimeSeconds),
      before: Math.ceil(now) + settings.clockSkewSeconds,
    },
    { now, settings, note: { actor, reason: 'the client was deleted' } },
  );
}

/** What an administrator changed, the next deployment would change back. */
function checkOwner({ owner }: Client): void {
  if (owner === undefined) return;
  throw new OAuthError(
    'invalid_request',
    'the client belongs to a CloudFormation stack; allowed: disabled, and the rest by a deployment',
    409,
  );
}

/** What listens on the machine that serves the stack, Lambda's runtime for one, is nothing for an administrator to have asked. */
function checkFit(client: ClientRegistration, { ownIssuer }: AdminContext): void {
  const { jwksUri = ownIssuer } = client;
  const isPlain = new URL(jwksUri).protocol === 'http:' && ownIssuer.startsWith('https:');
  const fault = isPlain ? 'got a jwksUri of plain http; allowed: https' : clientFault(client);
  if (fault !== undefined) throw new OAuthError('invalid_request', fault);
}

type Given<T> = { [K in keyof T]: Exclude<T[K], null | undefined> };

/** Without what is null or undefined: that has its default. */
function given<T extends object>(members: T): Given<T> {
  const entries = Object.entries(members).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(entries) as Given<T>;
}

function record(
  action: AdminAction,
  deed: { readonly actor: string; readonly client: Client; readonly detail?: string },
  context: AdminContext,
): Promise<void> {
  const { actor, client, detail } = deed;
  const target = { kind: 'client', value: client.clientId };
  return recordDeeds([{ action, actor, target, ...(detail !== undefined && { detail }) }], context);
}
