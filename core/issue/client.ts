/** A registered client (RFC 6749 §2). Times are NumericDates. */
export interface Client {
  readonly clientId: string;
  /** Allowed scopes (RFC 6749 §3.3); also what is granted when a request names none. */
  readonly scopes: readonly string[];
  /** `aud` of its tokens. Default: the token service's audience. */
  readonly audience?: readonly string[];
  /** Lifetime of its tokens, in seconds. Default, and upper bound: the token service's. */
  readonly tokenLifetimeSeconds?: number;
  /** Up to two at a time, so that a rotation never locks the client out. */
  readonly secrets: readonly ClientSecret[];
  readonly disabled?: boolean;
  readonly createdAt: number;
}

/** A client secret as it is kept: its hash alone. */
export interface ClientSecret {
  /** SHA-256 of the secret, base64url. A 256-bit random secret needs no slow hash. */
  readonly hash: string;
  readonly createdAt: number;
}

/** The record of one issued token, without the token. Times are NumericDates. */
export interface IssuedToken {
  readonly jti: string;
  readonly issuer: string;
  readonly subject: string;
  readonly clientId: string;
  readonly scope: string;
  readonly kid: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
}
