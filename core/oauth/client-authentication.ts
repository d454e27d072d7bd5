import type { Client } from '../issue/client.ts';
import { isSecretOf } from '../issue/client-secret.ts';
import type { ClientStore } from '../ports.ts';
import { OAuthError } from './errors.ts';

interface Credentials {
  readonly clientId: string;
  readonly secret: string;
}

/**
 * Authenticates a client by client_secret_basic or client_secret_post (RFC 6749 §2.3.1), exactly one of them.
 *
 * @param authorization value of the Authorization header
 * @throws {@link OAuthError} `invalid_client`: unknown, wrong secret and disabled are not told apart;
 *   `invalid_request` for two methods at once
 */
export async function authenticateClient(
  authorization: string | undefined,
  form: ReadonlyMap<string, string>,
  clients: ClientStore,
): Promise<Client> {
  const { clientId, secret } = credentialsOf(authorization, form);
  const client = await clients.get(clientId);
  const holds = await isSecretOf(client, secret);
  if (client === undefined || !holds || client.disabled === true) throw failed();
  return client;
}

function credentialsOf(authorization: string | undefined, form: ReadonlyMap<string, string>): Credentials {
  const id = form.get('client_id');
  const secret = form.get('client_secret');
  if (authorization === undefined) {
    if (id === undefined || secret === undefined) throw failed();
    return { clientId: id, secret };
  }
  const basic = basicCredentials(authorization);
  if (secret !== undefined)
    throw new OAuthError('invalid_request', 'two ways of client authentication at once');
  if (id !== undefined && id !== basic.clientId) {
    throw new OAuthError('invalid_request', 'client_id is not the client of the Authorization header');
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
