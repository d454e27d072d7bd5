import { base64url } from 'jose';
import type { Client, ClientSecret } from './client.ts';
import { equalInConstantTime } from './constant-time.ts';

/** SHA-256 of a secret, base64url: what a client record keeps of it. */
export async function hashSecret(secret: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(secret));
  return base64url.encode(new Uint8Array(digest));
}

/** A new client secret: 256 random bits, base64url. */
export function newSecret(randomBytes: (length: number) => Uint8Array): string {
  return base64url.encode(randomBytes(32));
}

/** What a secret is called by: the beginning of its hash, of which nobody can guess 256 random bits. */
export function secretId({ hash }: ClientSecret): string {
  return hash.slice(0, 12);
}

/**
 * Whether the secret is one of the client's. An unknown client costs the same work as a known one, and every
 * stored hash is compared in full.
 */
export async function isSecretOf(client: Client | undefined, secret: string): Promise<boolean> {
  const presented = await hashSecret(secret);
  const { secrets } = client ?? nobody;
  const matches = secrets.map(({ hash }) => equalInConstantTime(hash, presented));
  return client !== undefined && matches.includes(true);
}

/** Its hash is as long as a real one, and of nothing that is ever presented, since base64url has no dot. */
const nobody: Pick<Client, 'secrets'> = { secrets: [{ hash: '.'.repeat(43), createdAt: 0 }] };
