/**
 * Independent OAuth clients drive every grant over real HTTP by discovery alone: each way of client authentication, refresh
 * with rotation, resource indicators, DPoP, introspection and revocation.
 */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { calculateJwkThumbprint, decodeJwt, exportJWK, generateKeyPair } from 'jose';
import * as oauth from 'oauth4webapi';
import { Outputs } from '../../core/contract/outputs.ts';
import { makeCanaries } from '../attack/canaries.ts';
import { type Played, running, startLocal } from './keyturn.ts';
import { type Credential, type Peer, peers } from './oauth-peers.ts';
import { register } from './registered.ts';

jest.setTimeout(120_000);

const orders = 'https://orders.example/v1';
const secret = randomBytes(32).toString('base64url');
const canaries = makeCanaries();
const credentials: Credential[] = [
  { method: 'client_secret_basic', secret },
  { method: 'client_secret_post', secret },
];

let stack: Played;
let clientKeys: oauth.CryptoKeyPair;
let proofKeys: oauth.CryptoKeyPair;

beforeAll(async () => {
  clientKeys = await generateKeyPair('ES256', { extractable: true });
  proofKeys = await generateKeyPair('ES256', { extractable: true });
  credentials.push({ method: 'private_key_jwt', key: clientKeys.privateKey, kid: 'one' });
  stack = await startLocal();
  const jwk = { ...(await exportJWK(clientKeys.publicKey)), kid: 'one', alg: 'ES256' };
  const audience = [stack.url, orders];
  await register(stack, [
    { clientId: 'shop', secret, audience, jwks: { keys: [jwk] } },
    { clientId: 'spa', isPublic: true },
  ]);
  canaries.secret(secret);
  for (const { privateKey } of [clientKeys, proofKeys])
    canaries.secret((await exportJWK(privateKey)).d ?? '');
});

afterAll(async () => {
  await stack.end('SIGINT');
});

function noted<T extends oauth.TokenEndpointResponse>(tokens: T): T {
  canaries.token(tokens.access_token);
  if (tokens.refresh_token !== undefined) canaries.secret(tokens.refresh_token);
  return tokens;
}

const refused = (error: string) => expect.objectContaining({ error, status: 400 });
const whoami = () => `${stack.url}/whoami`;

describe.each(Object.entries(peers))('%s', (_, connect) => {
  describe.each(['client_secret_basic', 'client_secret_post', 'private_key_jwt'])('by %s', (method) => {
    let peer: Peer;
    beforeAll(async () => {
      const credential = credentials.find((known) => known.method === method) ?? { method: 'none' };
      peer = await connect({ issuer: stack.url, clientId: 'shop', credential });
    });

    it('gets a token by client_credentials that passes', async () => {
      const tokens = noted(await peer.issue([['scope', 'orders:read']]));
      expect(tokens).toMatchObject({ token_type: 'bearer', expires_in: 900, scope: 'orders:read' });
      expect(tokens).not.toHaveProperty('refresh_token');
      const caller = await peer.get(whoami(), tokens.access_token);
      expect(await caller.json()).toMatchObject({ subject: 'shop', scopes: ['orders:read'] });
    });

    it('gets a token for one resource, for several, and for no other (RFC 8707)', async () => {
      const audienceFor = async (...resources: readonly string[]) => {
        const tokens = await peer.issue(resources.map((resource) => ['resource', resource]));
        return decodeJwt(noted(tokens).access_token).aud;
      };
      expect(await audienceFor(orders)).toBe(orders);
      expect(await audienceFor(orders, stack.url)).toEqual([orders, stack.url]);
      await expect(audienceFor('https://other.example')).rejects.toEqual(refused('invalid_target'));
    });

    it('uses a refresh token once; its successor is another one, of fewer scopes where it asks so', async () => {
      const first = noted(await peer.issue([['scope', 'orders:read orders:write offline_access']]));
      const second = noted(await peer.refresh(first.refresh_token ?? '', [['scope', 'orders:read']]));
      expect(second.scope).toBe('orders:read');
      expect(second.refresh_token).not.toBe(first.refresh_token);
      const third = noted(await peer.refresh(second.refresh_token ?? '', [['resource', stack.url]]));
      expect((await peer.get(whoami(), third.access_token)).status).toBe(200);
      await expect(peer.refresh(first.refresh_token ?? '')).rejects.toEqual(refused('invalid_grant'));
      await expect(peer.refresh(third.refresh_token ?? '')).rejects.toEqual(refused('invalid_grant'));
    });

    it('introspects and revokes an access token, and a refresh token with its access tokens', async () => {
      const single = noted(await peer.issue([]));
      const family = noted(await peer.issue([['scope', 'orders:read offline_access']]));
      const active = async () =>
        Promise.all([single, family].map(async (each) => (await peer.introspect(each.access_token)).active));
      expect(await active()).toEqual([true, true]);
      const refreshToken = family.refresh_token ?? '';
      expect(await peer.introspect(refreshToken)).toMatchObject({
        ...{ active: true, client_id: 'shop', scope: 'orders:read offline_access' },
        ...{ iss: stack.url, sid: decodeJwt(family.access_token)['sid'] },
      });
      await peer.revoke(single.access_token);
      expect(await active()).toEqual([false, true]);
      await peer.revoke(refreshToken);
      await eventually(active, [false, false]);
      expect(await peer.introspect(refreshToken)).toEqual({ active: false });
      await expect(peer.refresh(refreshToken)).rejects.toEqual(refused('invalid_grant'));
    });

    it('is refused a scope that the client may not have', async () => {
      await expect(peer.issue([['scope', 'admin']])).rejects.toEqual(refused('invalid_scope'));
    });
  });

  it('gets a token that is bound to its DPoP key and passes with a proof of that key alone', async () => {
    const credential: Credential = { method: 'client_secret_basic', secret };
    const options = { issuer: stack.url, clientId: 'shop', credential };
    const peer = await connect({ ...options, dpop: proofKeys });
    const tokens = noted(await peer.issue([['resource', stack.url]]));
    expect(tokens.token_type).toBe('dpop');
    expect(decodeJwt(tokens.access_token)['cnf']).toEqual({ jkt: await thumbprint() });
    expect((await peer.get(whoami(), tokens.access_token)).status).toBe(200);
    const { active, token_type: type, cnf } = await peer.introspect(tokens.access_token);
    expect({ active, type, cnf }).toEqual({ active: true, type: 'DPoP', cnf: { jkt: await thumbprint() } });
    const other = await connect({ ...options, dpop: await generateKeyPair('ES256') });
    for (const without of [other, await connect(options)])
      expect(await statusOf(without.get(whoami(), tokens.access_token))).toBe(401);
  });

  it('refreshes for a public client, whose tokens a login backend had bound to its DPoP key', async () => {
    const first = noted(await loginBackend());
    const options = { issuer: stack.url, clientId: 'spa', credential: { method: 'none' } } as const;
    const peer = await connect({ ...options, dpop: proofKeys });
    const second = noted(await peer.refresh(first.refresh_token ?? ''));
    expect(second.token_type).toBe('dpop');
    const caller = await peer.get(whoami(), second.access_token);
    expect(await caller.json()).toMatchObject({ subject: 'alice', clientId: 'spa' });
    const thief = await connect({ ...options, dpop: await generateKeyPair('ES256') });
    await expect(thief.refresh(second.refresh_token ?? '')).rejects.toEqual(refused('invalid_dpop_proof'));
    await peer.revoke(second.refresh_token ?? '');
    await eventually(() => statusOf(peer.get(whoami(), second.access_token)), 401);
  });
});

it('oauth4webapi finds the authorization server from the API alone (RFC 9728)', async () => {
  const api = new URL(stack.url);
  const answer = await oauth.resourceDiscoveryRequest(api, { [oauth.allowInsecureRequests]: true });
  const resource = await oauth.processResourceDiscoveryResponse(api, answer);
  expect(resource.authorization_servers).toEqual([stack.url]);
});

it('nothing secret was printed', () => {
  canaries.out(stack.output());
  expect(canaries.found()).toEqual([]);
});

async function thumbprint(): Promise<string> {
  return calculateJwkThumbprint(await exportJWK(proofKeys.publicKey));
}

/** What a backend that has logged a user in asks token-issue for, by IAM. */
async function loginBackend(): Promise<oauth.TokenEndpointResponse> {
  const { endpoints, outputs } = running(stack);
  const credential = { accessKeyId: 'local', secretAccessKey: 'local' };
  const lambda = new LambdaClient({
    region: 'us-east-1',
    credentials: credential,
    endpoint: endpoints.lambda,
  });
  const asked = { action: 'issue', clientId: 'spa', subject: 'alice', scope: 'orders:read offline_access' };
  const command = new InvokeCommand({
    FunctionName: outputs[Outputs.tokenIssueFunction],
    Payload: JSON.stringify({ ...asked, jkt: await thumbprint() }),
  });
  const { Payload: payload } = await lambda.send(command);
  lambda.destroy();
  return JSON.parse(new TextDecoder().decode(payload)) as oauth.TokenEndpointResponse;
}

/** A client may throw at a 401 that has a challenge. */
async function statusOf(answer: Promise<Response>): Promise<number> {
  try {
    return (await answer).status;
  } catch (error) {
    return (error as { readonly status?: number }).status ?? 0;
  }
}

/** A family is held in a container for about a second: asks until it is so, for 5 s at most. */
async function eventually<T>(ask: () => Promise<T>, expected: T): Promise<void> {
  for (let attempt = 0; attempt < 25; attempt += 1) {
    if (JSON.stringify(await ask()) === JSON.stringify(expected)) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  expect(await ask()).toEqual(expected);
}
