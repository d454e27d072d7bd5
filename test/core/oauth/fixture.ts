/** A token service with registered clients, a held key and stores in memory. */
import { Buffer } from 'node:buffer';
import type { TokenServiceSettings } from '../../../core/contract/settings.ts';
import type { Client } from '../../../core/issue/client.ts';
import { hashSecret } from '../../../core/issue/client-secret.ts';
import { signerOf } from '../../../core/issue/signer.ts';
import type { OAuthRequest } from '../../../core/oauth/form.ts';
import type { IssueContext } from '../../../core/oauth/token-endpoint.ts';
import { makeKey, now, type TestKey } from '../issuer.ts';
import { key as signingKey } from '../keys/key-sets.ts';
import { clientsOf, MemoryIssuedTokens } from '../stores.ts';

export const issuer = 'https://issuer.example';

export const settings: TokenServiceSettings = {
  ...{ algorithm: 'ES256', audience: 'orders', tokenLifetimeSeconds: 900, rotationPeriodSeconds: 100_000 },
  ...{ jwksCacheSeconds: 7200, clockSkewSeconds: 60, propagationSeconds: 60, signerHoldSeconds: 5 },
  resultsCacheSeconds: 0,
};

/** Registers a client with these secrets. */
export async function client(
  clientId: string,
  secrets: readonly string[],
  more: Partial<Client> = {},
): Promise<Client> {
  const hashes = await Promise.all(secrets.map(hashSecret));
  const kept = hashes.map((hash) => ({ hash, createdAt: 1 }));
  return { clientId, scopes: ['read', 'write'], secrets: kept, createdAt: 1, ...more };
}

export const clients = async (): Promise<readonly Client[]> => [
  await client('shop', ['s3cret']),
  await client('two', ['old', 'new']),
  await client('none', []),
  await client('off', ['s3cret'], { disabled: true }),
  await client('a:b c+é', ['p:w d+%é']),
];

export interface Service {
  readonly key: TestKey;
  readonly issuedTokens: MemoryIssuedTokens;
  readonly context: IssueContext;
}

export async function service(...more: readonly Client[]): Promise<Service> {
  const key = await makeKey('ES256', 'es');
  const issuedTokens = new MemoryIssuedTokens();
  const unsealed = {
    signingKey: signingKey('es', 'active', { algorithm: 'ES256' }),
    sign: signerOf(key.privateKey),
  };
  const context: IssueContext = {
    ...{ issuer, settings, clients: clientsOf(...(await clients()), ...more), issuedTokens, now: now + 0.75 },
    ...{ signer: { current: () => Promise.resolve(unsealed) }, newJti: () => 'jti-1' },
  };
  return { key, issuedTokens, context };
}

export const basic = (id: string, secret: string): string =>
  `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

const form = 'application/x-www-form-urlencoded';

/** A form-encoded request with client_secret_basic of `shop`, unless said otherwise. */
export function request(body: string, headers: OAuthRequest['headers'] = {}): OAuthRequest {
  return { headers: { 'content-type': form, authorization: basic('shop', 's3cret'), ...headers }, body };
}
