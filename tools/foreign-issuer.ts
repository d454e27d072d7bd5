/** A foreign issuer for the checks: an OpenID provider of its own code and keys (oidc-provider), on a loopback port. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';

/** A provider that listens. */
export interface RunningProvider {
  readonly issuer: string;
  readonly jwksUri: string;
  /** An access token by client_credentials. */
  token(scope: string, resource?: string): Promise<string>;
  close(): void;
}

/** The audience of its tokens. */
export const audience = 'https://orders.example.com';

const client = { client_id: 'partner', client_secret: 'partner-secret-of-the-tests' };

/** Starts a provider with one client, `partner`. */
export async function startProvider(): Promise<RunningProvider> {
  const Provider = await load();
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const provider = new Provider(issuer, {
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'provider-key', use: 'sig', alg: 'RS256' }] },
    clients: [{ ...client, grant_types: ['client_credentials'], redirect_uris: [], response_types: [] }],
    scopes: ['orders:read', 'orders:write'],
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_, resource) => ({
          audience: resource,
          scope: 'orders:read orders:write',
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  });
  const answer = provider.callback();
  server.on('request', (request, response) => void answer(request, response));
  return {
    issuer,
    jwksUri: `${issuer}/jwks`,
    token: (scope, resource = audience) => requestToken(issuer, { scope, resource }),
    close: () => server.close(),
  };
}

/** It warns, when loaded and when made, that it is set up for tests and wants a newer Node.js; both are so. */
async function load(): Promise<typeof import('oidc-provider').default> {
  console.warn = console.info = () => undefined;
  return (await import('oidc-provider')).default;
}

async function requestToken(issuer: string, parameters: Record<string, string>): Promise<string> {
  const answer = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${client.client_id}:${client.client_secret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...parameters }),
  });
  const body = (await answer.json()) as { readonly access_token?: string };
  if (body.access_token === undefined) throw new Error(`the provider answered ${answer.status}`);
  return body.access_token;
}
