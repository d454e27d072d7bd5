/**
 * Names of the environment variables that constructs set and that a function's compose.ts reads.
 * A construct's `grantX` sets the IAM permission and the variable together.
 */
export const Environment = {
  /** Issuer identifier of our own token service: the exact `iss`, no trailing slash. */
  issuer: 'KEYTURN_ISSUER',
  /** Settings of the token service: JSON of {@link TokenServiceSettings}. */
  tokenService: 'KEYTURN_TOKEN_SERVICE',
  /** Whom the authorizer believes: JSON of {@link AuthorizerSettings}. */
  authorizer: 'KEYTURN_AUTHORIZER',
  /** Whose tokens a function of the user's own may revoke: JSON of {@link RevokerSettings}. */
  revoker: 'KEYTURN_REVOKER',
  revocationTable: 'KEYTURN_REVOCATION_TABLE',
  keySetTable: 'KEYTURN_KEY_SET_TABLE',
  clientTable: 'KEYTURN_CLIENT_TABLE',
  issuedTokenTable: 'KEYTURN_ISSUED_TOKEN_TABLE',
  eventTable: 'KEYTURN_EVENT_TABLE',
  /** Stages whose authorizer caches are flushed: JSON of {@link CachingStage}[]. */
  cachingStages: 'KEYTURN_CACHING_STAGES',
  /** Name of the function that issues, where a backend of the user's own may invoke it. */
  tokenIssueFunction: 'KEYTURN_TOKEN_ISSUE_FUNCTION',
  /** Name of the function that turns the signing keys, where the admin API may invoke it. */
  keyRotationFunction: 'KEYTURN_KEY_ROTATION_FUNCTION',
  refreshFamilyTable: 'KEYTURN_REFRESH_FAMILY_TABLE',
  /** Absent where DPoP is not on. */
  replayTable: 'KEYTURN_REPLAY_TABLE',
  /** Absent where WebSockets are opened by header alone. */
  ticketTable: 'KEYTURN_TICKET_TABLE',
  /** ARN of the symmetric KMS key that seals private JWKs. */
  sealingKey: 'KEYTURN_SEALING_KEY',
} as const;

/**
 * A variable's value.
 *
 * @throws Error naming the variable where the construct that makes the function did not set it
 */
export function readVariable(env: Readonly<Record<string, string | undefined>>, name: string): string {
  const value = env[name];
  if (value === undefined || value === '') {
    throw new Error(`environment variable ${name}: got nothing; allowed: what the construct's grant sets`);
  }
  return value;
}

/** A variable's value as the JSON that the construct wrote; the construct's types stand for its shape. */
export function readJsonVariable(env: Readonly<Record<string, string | undefined>>, name: string): unknown {
  return JSON.parse(readVariable(env, name));
}
