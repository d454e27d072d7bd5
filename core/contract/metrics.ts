/** CloudWatch namespace, metric and dimension names; written as embedded metric format (EMF) log lines. */
export const Metrics = {
  namespace: 'Keyturn',
  /** Refused tokens; dimension {@link Metrics.reason}. */
  refused: 'Refused',
  /** Authorizations that could not be decided (table or key set out of reach); each failed closed as a 5xx. */
  undecided: 'Undecided',
  /** Requests that were decided by an older answer about revocation, on routes that take one. */
  staleAnswers: 'StaleAnswers',
  /** Flushes of authorizer caches that revocations made. */
  cacheFlushes: 'CacheFlushes',
  tokensIssued: 'TokensIssued',
  keysRotated: 'KeysRotated',
  /** Secrets with a token that were seen to in time; dimension {@link Metrics.secret}. */
  tokenSecretsFresh: 'TokenSecretsFresh',
  /** Refresh tokens that were used again; each took its family along. */
  refreshTokensReused: 'RefreshTokensReused',
  reason: 'Reason',
  secret: 'Secret',
} as const;
