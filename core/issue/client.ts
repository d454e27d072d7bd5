import type { GrantType } from '../contract/grants.ts';

/** A registered client (RFC 6749 §2). Times are NumericDates. */
export interface Client {
  readonly clientId: string;
  /** What it may ask the token endpoint for. */
  readonly grants: readonly GrantType[];
  /**
   * Allowed scopes (RFC 6749 §3.3); also what is granted when a request names none, but for `offline_access`, which has
   * to be asked for.
   */
  readonly scopes: readonly string[];
  /** Audiences that its tokens may have; all of them where a request names none. Default: the token service's one. */
  readonly audience?: readonly string[];
  /** Lifetime of its access tokens, in seconds. Default, and upper bound: the token service's. */
  readonly tokenLifetimeSeconds?: number;
  /** Lifetime of its refresh families, in seconds. Default, and upper bound: the token service's. */
  readonly refreshTokenLifetimeSeconds?: number;
  /**
   * Whether it cannot keep a secret (RFC 6749 §2.1): an app in a browser or on a phone. It names itself by `client_id`
   * alone and may do no more than use the refresh tokens that a login backend got for it. Default false.
   */
  readonly isPublic?: boolean;
  /** Up to two at a time, so that a rotation never locks the client out. */
  readonly secrets: readonly ClientSecret[];
  /** Its public keys (RFC 7517 §5), each with a `kid`, for private_key_jwt. */
  readonly jwks?: ClientKeys;
  /** Where its public keys are fetched, in place of `jwks`. */
  readonly jwksUri?: string;
  /** ARN of the Secrets Manager secret that holds its client secret. Only the rotation of that one may change it. */
  readonly secretArn?: string;
  /** The CloudFormation resource that it belongs to. Absent where an administrator registered it. */
  readonly owner?: string;
  readonly disabled?: boolean;
  readonly createdAt: number;
  /** Counts the writes, from 1: a change is written only over what it was made of. */
  readonly version: number;
}

/** A JWK Set. */
export interface ClientKeys {
  readonly keys: readonly Readonly<Record<string, unknown>>[];
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
  /** The refresh family that it came with. */
  readonly sid?: string;
  readonly kid: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** When and why it was refused last. Read where an item has it; the authorizer does not write it. */
  readonly lastRefusal?: { readonly at: number; readonly reason: string };
}
