/** What one record revokes. */
export type RevocationKind = 'token' | 'subject' | 'client' | 'session' | 'key' | 'issuer';

/** One item of the revocation table. Times are NumericDates. */
export interface RevocationRecord {
  /** From {@link revocationId}. */
  readonly id: string;
  readonly kind: RevocationKind;
  readonly issuer: string;
  /** `jti` or digest, `sub`, client id, `sid`, `kid`; empty for a whole issuer. */
  readonly value: string;
  /** Tokens with `iat` ≤ this are refused; absent where the kind refuses whatever its `iat` (token, key). */
  readonly revokedBefore?: number;
  readonly revokedAt: number;
  /** From when the record says nothing any more: what it revokes has expired by then. */
  readonly expiresAt: number;
  /** Why, in the words of whoever revoked. */
  readonly reason?: string;
  /** Who revoked: a client id or `sub`. */
  readonly actor?: string;
}

/**
 * The partition key of a record. Injective: the kind holds no colon and the issuer is preceded by its length
 * in UTF-16 units, so no two different tuples share an id.
 */
export function revocationId(kind: RevocationKind, issuer: string, value: string): string {
  return `${kind}:${issuer.length}:${issuer}:${value}`;
}
