/**
 * Partition keys and attributes that more than one room must agree on. Every table but the
 * events' has a partition key alone; every TTL attribute holds epoch seconds.
 */
export const Tables = {
  revocation: { partitionKey: 'id', ttl: 'expiresAt' },
  /**
   * One item per issuer. `sealed` (kid → KMS ciphertext of the private JWK) is an attribute of its own, so that
   * IAM can keep it from every role but those that sign and rotate.
   */
  keySet: {
    partitionKey: 'issuer',
    version: 'version',
    keys: 'keys',
    sealed: 'sealed',
    windows: 'windows',
  },
  client: { partitionKey: 'clientId' },
  /** The record of what was issued, without the tokens. */
  issuedToken: {
    partitionKey: 'jti',
    ttl: 'expiresAt',
    /** When and why the authorizer last refused the token: all of an item that its role may write. */
    lastRefusal: 'lastRefusal',
    /** Each is a second write of every token. All are ordered by when the token expires. */
    indexes: {
      /** Tokens of a subject that is not its own client: nobody gets a thousand of them in a second. */
      subject: { name: 'bySubject', partitionKey: 'subjectKey' },
      /** Tokens of a client, in {@link issuedTokenShards} partitions. */
      client: { name: 'byClient', partitionKey: 'clientKey' },
      /** All tokens, in {@link issuedTokenShards} partitions. */
      expiry: { name: 'byExpiry', partitionKey: 'expiryKey' },
    },
  },
  /**
   * Who did what, when: a partition for each day (UTC), within it by time. One key takes 1,000 writes a second, which is
   * far beyond what administrators do. One more partition, of no day, has the last run of each schedule, by its name.
   */
  event: { partitionKey: 'day', sortKey: 'id', ttl: 'expiresAt', runs: 'schedules' },
  /** Refresh families, one item each, whatever the number of its tokens. */
  refreshFamily: { partitionKey: 'sid', ttl: 'expiresAt' },
  /** What may be used once: DPoP proofs, client assertions. */
  replay: { partitionKey: 'id', ttl: 'expiresAt' },
  /** One-time tickets for WebSocket handshakes, by their hash. */
  ticket: { partitionKey: 'id', ttl: 'expiresAt' },
} as const;

/** Attributes of a key set that a role which only verifies may read. */
export const publicKeySetAttributes = [
  Tables.keySet.partitionKey,
  Tables.keySet.version,
  Tables.keySet.keys,
  Tables.keySet.windows,
] as const;

/**
 * Partitions of an index for one key. A partition takes 1,000 writes a second; beyond it an index holds up the table
 * itself. So a client may be issued 8,000 tokens a second, and all of them 16,000.
 */
export const issuedTokenShards = { client: 8, expiry: 16 } as const;
