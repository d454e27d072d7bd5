/** A token service with registered clients, a held key and stores in memory. */
import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import type { TokenServiceSettings } from '../../../core/contract/settings.ts';
import type { Client } from '../../../core/issue/client.ts';
import { clientKeySources } from '../../../core/issue/client-keys.ts';
import { hashSecret } from '../../../core/issue/client-secret.ts';
import { signerOf } from '../../../core/issue/signer.ts';
import type { OAuthRequest } from '../../../core/oauth/form.ts';
import type { TokenContext } from '../../../core/oauth/token-endpoint.ts';
import { makeKey, now, type TestKey } from '../issuer.ts';
import { key as signingKey } from '../keys/key-sets.ts';
import {
  clientsOf,
  type MemoryClients,
  MemoryFamilies,
  MemoryIssuedTokens,
  memoryReplays,
  MemoryRevocations,
} from '../stores.ts';

export const issuer = 'https://issuer.example';

export const settings: TokenServiceSettings = {
  ...{ algorithm: 'ES256', audience: 'orders', tokenLifetimeSeconds: 900, rotationPeriodSeconds: 100_000 },
  ...{ jwksCacheSeconds: 7200, clockSkewSeconds: 60, propagationSeconds: 60, signerHoldSeconds: 5 },
  ...{ resultsCacheSeconds: 0, refreshTokenLifetimeSeconds: 86_400, refreshGraceSeconds: 30 },
};

/** Registers a client with these secrets. */
export async function client(
  clientId: string,
  secrets: readonly string[],
  more: Partial<Client> = {},
): Promise<Client> {
  const hashes = await Promise.all(secrets.map(hashSecret));
  const kept = hashes.map((hash) => ({ hash, createdAt: 1 }));
  const grants = ['client_credentials', 'refresh_token'] as const;
  return { clientId, grants, scopes: ['read', 'write'], secrets: kept, createdAt: 1, version: 1, ...more };
}

export const clients = async (): Promise<readonly Client[]> => [
  await client('shop', ['s3cret']),
  await client('two', ['old', 'new']),
  await client('none', []),
  await client('off', ['s3cret'], { disabled: true }),
  await client('a:b%c+&', ['p:w d+%é']),
];

export interface Service {
  readonly key: TestKey;
  readonly issuedTokens: MemoryIssuedTokens;
  readonly families: MemoryFamilies;
  readonly revocations: MemoryRevocations;
  readonly clients: MemoryClients;
  readonly context: TokenContext;
}

export async function service(...more: readonly Client[]): Promise<Service> {
  const key = await makeKey('ES256', 'es');
  const issuedTokens = new MemoryIssuedTokens();
  const unsealed = {
    signingKey: signingKey('es', 'active', { algorithm: 'ES256' }),
    sign: signerOf(key.privateKey),
  };
  const families = new MemoryFamilies();
  const revocations = new MemoryRevocations();
  const registered = clientsOf(...(await clients()), ...more);
  const context: TokenContext = {
    ...{ issuer, settings, clients: registered, issuedTokens, families, revocations, randomBytes },
    ...{ signer: { current: () => Promise.resolve(unsealed) }, newJti: () => 'jti-1' },
    ...{ keysOf: clientKeySources({ fetch: noFetch }), replays: memoryReplays() },
    ...{ clockSkewSeconds: settings.clockSkewSeconds, now: now + 0.75 },
  };
  return { key, issuedTokens, families, revocations, clients: registered, context };
}

const noFetch = () => Promise.reject(new Error('nothing is fetched here'));

export const basic = (id: string, secret: string): string =>
  `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

const form = 'application/x-www-form-urlencoded';

/** A form-encoded request with client_secret_basic of `shop`, unless said otherwise. */
export function request(body: string, headers: OAuthRequest['headers'] = {}): OAuthRequest {
  return { headers: { 'content-type': form, authorization: basic('shop', 's3cret'), ...headers }, body };
}
