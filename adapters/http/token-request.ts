import type { ClientSecretValue } from '../../core/secrets/client-secret-value.ts';
import { exchange } from './exchange.ts';

const timeMs = 5000;
const maxBytes = 65_536;

/**
 * Gets a token by client_credentials, as the client itself does, and drops it.
 *
 * @throws Error with status and OAuth error code where there is none; nothing else of the answer is told
 */
export async function requestToken(credentials: ClientSecretValue): Promise<void> {
  const { client_id: clientId, client_secret: secret, token_endpoint: address } = credentials;
  const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`;
  const headers = {
    authorization: `Basic ${Buffer.from(pair).toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
  };
  const body = 'grant_type=client_credentials';
  const answer = await exchange(address, { method: 'POST', headers, body, timeMs, maxBytes });
  const said = parse(answer.body);
  if (answer.status === 200 && typeof said.access_token === 'string') return;
  const code =
    typeof said.error === 'string' && /^[a-z_]{1,40}$/.test(said.error) ? said.error : 'no OAuth error';
  throw new Error(`the token endpoint: got ${answer.status}, ${code}; allowed: 200 with an access_token`);
}

function parse(body: Buffer): { readonly access_token?: unknown; readonly error?: unknown } {
  try {
    return Object(JSON.parse(body.toString())) as object;
  } catch {
    return {};
  }
}
