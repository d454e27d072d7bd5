/** Two independent OAuth clients behind one face, each told no more than the issuer and what the client holds. */
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';

/** How a client authenticates, in the words of the OAuth registry. */
export type Credential =
  | { readonly method: 'client_secret_basic' | 'client_secret_post'; readonly secret: string }
  | { readonly method: 'private_key_jwt'; readonly key: oauth.CryptoKey; readonly kid: string }
  | { readonly method: 'none' };

export interface PeerOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly credential: Credential;
  /** Key pair that tokens are bound to and proofs are signed with. Default: Bearer tokens. */
  readonly dpop?: oauth.CryptoKeyPair;
}

/** Parameters of a request besides those of its grant; `resource` may be there several times. */
export type Parameters = readonly (readonly [name: string, value: string])[];

export interface Peer {
  issue(parameters: Parameters): Promise<oauth.TokenEndpointResponse>;
  refresh(token: string, parameters?: Parameters): Promise<oauth.TokenEndpointResponse>;
  revoke(token: string): Promise<void>;
  introspect(token: string): Promise<oauth.IntrospectionResponse>;
  /** Asks a protected resource, with a proof where the tokens are bound. */
  get(url: string, token: string): Promise<Response>;
}

/** oauth4webapi and openid-client, connected by discovery (RFC 8414). */
export const peers: Readonly<Record<string, (options: PeerOptions) => Promise<Peer>>> = {
  oauth4webapi: connectOauth4webapi,
  'openid-client': connectOpenidClient,
};

const search = (parameters: Parameters = []) =>
  new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, value]));

function authenticationOf(credential: Credential): oauth.ClientAuth {
  if (credential.method === 'none') return oauth.None();
  if (credential.method === 'private_key_jwt')
    return oauth.PrivateKeyJwt({ key: credential.key, kid: credential.kid });
  const { method, secret } = credential;
  return method === 'client_secret_post' ? oauth.ClientSecretPost(secret) : oauth.ClientSecretBasic(secret);
}

async function connectOauth4webapi({ issuer, clientId, credential, dpop }: PeerOptions): Promise<Peer> {
  const client: oauth.Client = { client_id: clientId };
  const bound = dpop === undefined ? {} : { DPoP: oauth.DPoP(client, dpop) };
  const options = { [oauth.allowInsecureRequests]: true, ...bound };
  const at = new URL(issuer);
  const server = await oauth.processDiscoveryResponse(
    at,
    await oauth.discoveryRequest(at, { ...options, algorithm: 'oauth2' }),
  );
  const authentication = authenticationOf(credential);
  return {
    async issue(parameters) {
      const body = search(parameters);
      const answer = await oauth.clientCredentialsGrantRequest(server, client, authentication, body, options);
      return oauth.processClientCredentialsResponse(server, client, answer);
    },
    async refresh(token, parameters) {
      const more = { ...options, additionalParameters: search(parameters) };
      const answer = await oauth.refreshTokenGrantRequest(server, client, authentication, token, more);
      return oauth.processRefreshTokenResponse(server, client, answer);
    },
    async revoke(token) {
      const answer = await oauth.revocationRequest(server, client, authentication, token, options);
      await oauth.processRevocationResponse(answer);
    },
    async introspect(token) {
      const answer = await oauth.introspectionRequest(server, client, authentication, token, options);
      return oauth.processIntrospectionResponse(server, client, answer);
    },
    get: (url, token) =>
      oauth.protectedResourceRequest(token, 'GET', new URL(url), new Headers(), null, options),
  };
}

async function connectOpenidClient({ issuer, clientId, credential, dpop }: PeerOptions): Promise<Peer> {
  const execute = [openid.allowInsecureRequests];
  const authentication = authenticationOf(credential) as openid.ClientAuth;
  const found = await openid.discovery(new URL(issuer), clientId, {}, authentication, { execute });
  const bound = dpop === undefined ? {} : { DPoP: openid.getDPoPHandle(found, dpop) };
  return {
    issue: (parameters) => openid.clientCredentialsGrant(found, search(parameters), bound),
    refresh: (token, parameters) => openid.refreshTokenGrant(found, token, search(parameters), bound),
    revoke: (token) => openid.tokenRevocation(found, token),
    introspect: (token) => openid.tokenIntrospection(found, token),
    get: (url, token) =>
      openid.fetchProtectedResource(found, token, new URL(url), 'GET', null, new Headers(), bound),
  };
}
