/** What every candidate is called with: of an HTTP API's payload 2.0, what an authorizer looks at. */
export interface AuthorizerRequest {
  readonly headers: Readonly<Record<string, string>>;
}

/** The simple answer of an HTTP API's authorizer. */
export interface AuthorizerAnswer {
  readonly isAuthorized: boolean;
}

export function bearerOf({ headers }: AuthorizerRequest): string {
  return (headers.authorization ?? '').slice('Bearer '.length);
}

/** Reads the peers' environment. */
export function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`environment variable ${name} is missing`);
  return value;
}
