import type { Client } from '../issue/client.ts';
import { isSecretOf } from '../issue/client-secret.ts';
import { findClient } from '../issue/find-client.ts';
import type { ClientReader } from '../ports.ts';
import { type AssertionContext, assertedClient, assertionType } from './client-assertion.ts';
import { OAuthError } from './errors.ts';
import type { Form, OAuthRequest } from './form.ts';

/** What authenticating clients works with. */
export interface ClientAuthenticationContext extends AssertionContext {
  readonly clients: ClientReader;
}

interface Credentials {
  readonly clientId: string;
  readonly secret: string;
}

/**
 * Authenticates a client by client_secret_basic, client_secret_post (RFC 6749 §2.3.1) or private_key_jwt (RFC 7523 §2.2),
 * exactly one of them; a public client names itself (RFC 6749 §3.2.1).
 *
 * @throws {@link OAuthError} `invalid_client`: unknown, wrong secret and disabled are not told apart;
 *   `invalid_request` for two methods at once
 * @throws UnavailableError where a table or the client's keys cannot be reached
 */
export async function authenticateClient(
  { headers }: Pick<OAuthRequest, 'headers'>,
  form: Form,
  context: ClientAuthenticationContext,
): Promise<Client> {
  const { authorization } = headers;
  checkOneMethod(authorization, form);
  const assertion = form.get('client_assertion');
  if (assertion !== undefined) return byAssertion(assertion, form, context);
  const clientId = form.get('client_id');
  if (authorization === undefined && clientId !== undefined && !form.has('client_secret')) {
    return publicClient(clientId, context);
  }
  return bySecret(credentialsOf(authorization, form), context);
}

/** RFC 6749 §2.3: one method a request. */
function checkOneMethod(authorization: string | undefined, form: Form): void {
  const used = [authorization, form.get('client_secret'), form.get('client_assertion')];
  if (used.filter((credential) => credential !== undefined).length > 1)
    throw new OAuthError('invalid_request', 'two client authentication methods at once; allowed: one');
}

async function bySecret(
  { clientId, secret }: Credentials,
  { clients }: ClientAuthenticationContext,
): Promise<Client> {
  const client = await findClient(clientId, clients);
  const holds = await isSecretOf(client, secret);
  if (client === undefined || !holds || client.disabled === true) throw failed();
  return client;
}

async function byAssertion(
  assertion: string,
  form: Form,
  context: ClientAuthenticationContext,
): Promise<Client> {
  if (form.get('client_assertion_type') !== assertionType)
    throw new OAuthError('invalid_request', `client_assertion_type must be ${assertionType}`);
  const client = await assertedClient(assertion, context.clients, context);
  if (client === undefined) throw failed();
  if ((form.get('client_id') ?? client.clientId) !== client.clientId)
    throw new OAuthError('invalid_request', 'client_id does not match the client_assertion');
  return client;
}

async function publicClient(clientId: string, { clients }: ClientAuthenticationContext): Promise<Client> {
  const client = await findClient(clientId, clients);
  if (client?.isPublic !== true || client.disabled === true) throw failed();
  return client;
}

function credentialsOf(authorization: string | undefined, form: Form): Credentials {
  const id = form.get('client_id');
  const secret = form.get('client_secret');
  if (authorization === undefined) {
    if (id === undefined || secret === undefined) throw failed();
    return { clientId: id, secret };
  }
  const basic = basicCredentials(authorization);
  if (id !== undefined && id !== basic.clientId) {
    throw new OAuthError('invalid_request', 'client_id does not match the Authorization header');
  }
  return basic;
}

/** RFC 7617, each part form-encoded first (RFC 6749 §2.3.1). */
function basicCredentials(authorization: string): Credentials {
  const encoded = /^basic ([A-Za-z0-9+/]+={0,2})$/i.exec(authorization)?.[1];
  const pair = encoded === undefined ? undefined : decodeBase64(encoded);
  const colon = pair?.indexOf(':') ?? -1;
  if (pair === undefined || colon < 1) throw failed();
  return { clientId: formDecode(pair.slice(0, colon)), secret: formDecode(pair.slice(colon + 1)) };
}

function decodeBase64(encoded: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function formDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw failed();
  }
}

function failed(): OAuthError {
  return new OAuthError(
    'invalid_client',
    'client authentication failed: unknown client, wrong secret, or none given',
  );
}
