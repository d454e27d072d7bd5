import type { KMSClient } from '@aws-sdk/client-kms';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** One implementation of KMS and Secrets Manager. */
export interface Services {
  readonly kms: KMSClient;
  readonly secrets: SecretsManagerClient;
}

/** What is done to both implementations; what it returns must be equal, as JSON. */
export interface Scenario {
  readonly title: string;
  readonly run: (services: Services) => Promise<unknown>;
}

/** The name of the error of a call that is refused; `undefined` where it is not. */
export async function errorOf(call: Promise<unknown>): Promise<string | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
}

/** A request token that is told from others by its last characters. */
export function token(name: string): string {
  return name.padStart(32, '0');
}

/** Text of bytes. */
export function textOf(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString();
}
