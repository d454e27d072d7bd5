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
  issuedToken: { partitionKey: 'jti', ttl: 'expiresAt' },
  /**
   * Who did what, when: a partition for each day (UTC), within it by time. One key takes 1,000 writes a second, which is
   * far beyond what administrators do.
   */
  event: { partitionKey: 'day', sortKey: 'id', ttl: 'expiresAt' },
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
