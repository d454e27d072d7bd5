/** What a Secrets Manager secret of a client holds, as JSON: all that the client needs to get a token. */
export interface ClientSecretValue {
  readonly client_id: string;
  readonly client_secret: string;
  readonly token_endpoint: string;
}

/**
 * Reads the value of a client's secret.
 *
 * @throws Error that names the secret and what it lacks, never what is in it
 */
export function readClientSecret(text: string, secretId: string): ClientSecretValue {
  const value = parse(text);
  for (const name of ['client_id', 'client_secret', 'token_endpoint'] as const) {
    if (typeof value?.[name] !== 'string' || value[name] === '')
      throw new Error(`secret ${secretId}: got a value without ${name}; allowed: what addClient made of it`);
  }
  return value as unknown as ClientSecretValue;
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
