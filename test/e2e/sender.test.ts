/** DPoP, tickets and shared secrets over real HTTP, through APIs whose URLs are what the client sees: with stage and port. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  GetSecretValueCommand,
  ListSecretsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { calculateJwkThumbprint } from 'jose';
import { WebSocket } from 'ws';
import { makeCanaries } from '../attack/canaries.ts';
import { accessTokenHash, compact, forgeKey, macced, proof, secretsOf } from '../attack/forge.ts';
import { freePort, type Played, root, startLocal } from './keyturn.ts';

jest.setTimeout(120_000);

const key = forgeKey('ES256', 'issuer-key');
const client = forgeKey('ES256', 'client');
const canaries = makeCanaries();

interface Running {
  readonly apis: readonly {
    readonly url: string;
    readonly kind?: string;
    readonly stageUrls: readonly string[];
  }[];
  readonly endpoints: Readonly<Record<string, string>>;
}

let jwks: Server;
let issuer: string;
let stack: Played;
let state: Running;

beforeAll(async () => {
  jwks = createServer(({ url }, response) => {
    const metadata = { issuer, jwks_uri: `${issuer}/keys` };
    const isMetadata = url === '/.well-known/openid-configuration';
    response.end(JSON.stringify(isMetadata ? metadata : { keys: [key.publicJwk] }));
  });
  await new Promise<void>((resolve) => jwks.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(jwks.address() as AddressInfo).port}`;
  const app = path.join(root, 'test', 'e2e', 'sender-app');
  stack = await startLocal({ app, env: { ISSUER: issuer }, port: await freePort() });
  state = JSON.parse(readFileSync(path.join(stack.dataDirectory, 'running.json'), 'utf8')) as Running;
  [...secretsOf(key), ...secretsOf(client)].forEach(canaries.secret);
});

afterAll(async () => {
  await stack.end('SIGINT');
  jwks.close();
});

let count = 0;

async function claimsOf(changes: object = {}): Promise<Record<string, unknown>> {
  const now = Math.floor(Date.now() / 1000);
  count += 1;
  return {
    iss: issuer,
    sub: 'ada',
    aud: 'orders',
    jti: `jti-${count}`,
    iat: now,
    exp: now + 300,
    ...changes,
  };
}

async function newToken(changes: object = {}): Promise<string> {
  const token = compact({ alg: 'ES256', typ: 'at+jwt', kid: key.kid }, await claimsOf(changes), key);
  canaries.token(token);
  return token;
}

async function boundToken(): Promise<string> {
  const { kty = '', crv = '', x = '', y = '' } = client.publicJwk;
  return newToken({ cnf: { jkt: await calculateJwkThumbprint({ kty, crv, x, y }) } });
}

/** What is told of a proof for one URL. */
function proofFor(token: string, htu: string, htm = 'POST'): string {
  const made = proof(client, { htm, htu, iat: Math.floor(Date.now() / 1000), ath: accessTokenHash(token) });
  canaries.token(made);
  return made;
}

async function post(url: string, token: string, dpop?: string): Promise<number> {
  const headers = {
    authorization: `${dpop === undefined ? 'Bearer' : 'DPoP'} ${token}`,
    ...(dpop !== undefined && { dpop }),
  };
  return (await fetch(url, { method: 'POST', headers })).status;
}

/** Where the routes are: of the REST API behind its stage, of the HTTP API at the root. */
function ordersAt(kind: 'HTTP' | 'REST'): string {
  const isRest = (url: string) => url.replace(/\/$/, '').endsWith('/prod');
  const others = state.apis.filter(({ url }) => url !== stack.url).flatMap(({ stageUrls }) => stageUrls);
  const base = others.find((url) => url.startsWith('http') && isRest(url) === (kind === 'REST')) ?? '';
  return `${base.replace(/\/$/, '')}/orders`;
}

function webSocketUrl(): string {
  return state.apis.flatMap(({ stageUrls }) => stageUrls).find((url) => url.startsWith('ws')) ?? '';
}

/** Status of a handshake; 101 where it opened. */
function handshake(query: string, headers: Record<string, string> = {}): Promise<number> {
  const socket = new WebSocket(`${webSocketUrl()}${query}`, { headers });
  return new Promise((resolve, reject) => {
    socket.once('open', () => {
      socket.close();
      resolve(101);
    });
    socket.once('unexpected-response', (_, { statusCode = 0 }) => resolve(statusCode));
    socket.once('error', reject);
  });
}

describe.each(['HTTP', 'REST'] as const)('DPoP through a %s API', (kind) => {
  it('passes once with a proof for the URL as the client sees it', async () => {
    const url = ordersAt(kind);
    const token = await boundToken();
    const dpop = proofFor(token, url);
    expect(await post(url, token, dpop)).toBe(200);
    expect(await post(url, token, dpop)).toBe(401);
    expect(stack.output()).toContain('"Reason":"dpop_proof_replayed"');
  });

  it('refuses a bound token as a bearer token', async () => {
    expect(await post(ordersAt(kind), await boundToken())).toBe(401);
    expect(stack.output()).toContain('"Reason":"sender_constraint_unmet"');
  });

  it.each([
    ['another path', (url: string) => `${url}/1`],
    ['no port', (url: string) => url.replace(/:\d+/, '')],
    ['https', (url: string) => url.replace('http:', 'https:')],
    [
      'no stage, or another',
      (url: string) =>
        url.includes('/prod') ? url.replace('/prod', '') : url.replace('/orders', '/prod/orders'),
    ],
  ])('refuses a proof for %s', async (_, change) => {
    const url = ordersAt(kind);
    const token = await boundToken();
    expect(await post(url, token, proofFor(token, change(url)))).toBe(401);
    expect(stack.output()).toContain('"Reason":"dpop_proof_mismatch"');
  });

  it('passes a token that is bound to nothing as a bearer token', async () => {
    expect(await post(ordersAt(kind), await newToken())).toBe(200);
  });
});

describe('tickets', () => {
  async function newTicket(): Promise<string> {
    const url = ordersAt('HTTP').replace('/orders', '/ticket');
    const token = await boundToken();
    const answer = await fetch(url, {
      method: 'POST',
      headers: { authorization: `DPoP ${token}`, dpop: proofFor(token, url) },
    });
    const { ticket, expires_in } = (await answer.json()) as { ticket: string; expires_in: number };
    canaries.secret(ticket);
    expect(expires_in).toBe(30);
    return ticket;
  }

  it('open one WebSocket each', async () => {
    const ticket = await newTicket();
    expect(await handshake(`?ticket=${ticket}`)).toBe(101);
    expect(await handshake(`?ticket=${ticket}`)).toBe(401);
    expect(stack.output()).toContain('"Reason":"ticket_invalid"');
  });

  it('come alone: not beside a token, not twice', async () => {
    const authorization = `Bearer ${await newToken()}`;
    expect(await handshake(`?ticket=${await newTicket()}`, { authorization })).toBe(401);
    const ticket = await newTicket();
    expect(await handshake(`?ticket=${ticket}&ticket=${ticket}`)).toBe(401);
  });

  it('are not asked for where the header holds a token', async () => {
    expect(await handshake('', { authorization: `Bearer ${await newToken()}` })).toBe(101);
    expect(await handshake('')).toBe(401);
  });
});

describe('an issuer with a shared secret', () => {
  it('passes with the secret that Secrets Manager holds, and with no other', async () => {
    const endpoint = state.endpoints['secretsmanager'] ?? '';
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const manager = new SecretsManagerClient({ endpoint, region: 'us-east-1', credentials });
    const { SecretList: [{ ARN: SecretId } = {}] = [] } = await manager.send(new ListSecretsCommand({}));
    const { SecretString: secret = '' } = await manager.send(new GetSecretValueCommand({ SecretId }));
    canaries.secret(secret);
    const header = { alg: 'HS256', typ: 'at+jwt' };
    const claims = await claimsOf({ iss: 'https://partner.example.com' });
    const good = macced(header, claims, secret);
    canaries.token(good);
    expect(await post(ordersAt('HTTP'), good)).toBe(200);
    expect(await post(ordersAt('HTTP'), macced(header, claims, `${secret.slice(1)}x`))).toBe(401);
    expect(stack.output()).toContain('"Reason":"signature_invalid"');
  });
});

it('nothing of tokens, proofs, tickets, secrets and private keys was printed', () => {
  canaries.out(stack.output());
  expect(stack.output()).toContain('"Reason"');
  expect(canaries.found()).toEqual([]);
});
