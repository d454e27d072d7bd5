/**
 * Signing algorithms of the token service (RFC 7518 §3.1, RFC 8037 §3.1; ML-DSA of RFC 9964, where the runtime has it:
 * Node.js 24.7 and later, as Lambda's).
 */
export const signingAlgorithms = [
  'RS256',
  'ES256',
  'EdDSA',
  'PS256',
  'ML-DSA-44',
  'ML-DSA-65',
  'ML-DSA-87',
] as const;
export type SigningAlgorithm = (typeof signingAlgorithms)[number];

/**
 * Where private keys are. `sealed`: made by key-rotation, sealed by KMS, opened by token-issue, which signs in process. `kms`:
 * made in KMS, which signs; they never leave it.
 */
export const keyCustodies = ['sealed', 'kms'] as const;
export type KeyCustody = (typeof keyCustodies)[number];

/** What token-issue and key-rotation are told. Times in seconds. */
export interface TokenServiceSettings {
  readonly algorithm: SigningAlgorithm;
  /** Custody of new signing keys. Default `sealed`. */
  readonly custody?: KeyCustody;
  /** `aud` of a token whose client names no audience of its own. */
  readonly audience: string;
  /** L: the longest lifetime of an access token. */
  readonly tokenLifetimeSeconds: number;
  /** How long a key signs before the next one takes its place. */
  readonly rotationPeriodSeconds: number;
  /** M: the longest time any verifier keeps a copy of the JWK Set. */
  readonly jwksCacheSeconds: number;
  /** S: how far two clocks may differ. */
  readonly clockSkewSeconds: number;
  /** P: the time until a written key set is served everywhere. */
  readonly propagationSeconds: number;
  /** K: how long a warm signer keeps a key without asking again. */
  readonly signerHoldSeconds: number;
  /** C: how long API Gateway caches an authorizer's answer; 0 = not. */
  readonly resultsCacheSeconds: number;
  /** How long a refresh family lives from its first token on, and so the longest time without a new login. */
  readonly refreshTokenLifetimeSeconds: number;
  /** How long the last refresh token may be used again after it was used; it then gets the same successor. */
  readonly refreshGraceSeconds: number;
}

/** One route's scopes: the token must hold all of `all` and, where given, one of `any`. */
export interface ScopeRequirement {
  readonly any?: readonly string[];
  readonly all?: readonly string[];
}

/** What a claim must be, besides being there. */
export type ClaimRequirement =
  | { readonly equals: string | number | boolean }
  | { readonly oneOf: readonly (string | number | boolean)[] }
  /** The claim is an array, or a space-separated string, that holds this value. */
  | { readonly contains: string };

/** One issuer that the authorizer believes. */
export interface TrustedIssuerSettings {
  /** Exact `iss`; compared as a string, never normalised. */
  readonly issuer: string;
  /** Accepted audiences; one must match. */
  readonly audience: readonly string[];
  /** Claim that names the audience; Cognito's access tokens name it in `client_id`. Default `aud`. */
  readonly audienceClaim?: 'aud' | 'client_id';
  /** Claims that must be there and be as said, besides the registered ones. Default none. */
  readonly requiredClaims?: Readonly<Record<string, ClaimRequirement>>;
  /**
   * Claims that grant scopes, each a space-separated string or an array of strings; all of them together count.
   * Default `scope` (RFC 8693 §4.2) and `scp` (Entra, Okta).
   */
  readonly scopeClaims?: readonly string[];
  /**
   * Claims that may name the client, the first that is there counts: Okta says `cid`. Default `client_id` (RFC 9068 §2.2)
   * and `azp` (OpenID Connect Core §2). Our own issuer's is `client_id`.
   */
  readonly clientIdClaims?: readonly string[];
  /** Where its JWK Set is fetched. Absent for our own issuer, whose keys are read from the key-set table. */
  readonly jwksUri?: string;
  /** Its JWK Set itself, for an issuer that publishes none; in place of `jwksUri`. */
  readonly jwks?: { readonly keys: readonly Readonly<Record<string, unknown>>[] };
  /**
   * ARN of the Secrets Manager secret that it signs with (HS256 to HS512), in place of `jwksUri`; `algorithms` then names
   * one algorithm. The secret string is the secret's UTF-8 text.
   */
  readonly secretArn?: string;
  /**
   * Accepted `typ` header values, compared as RFC 7515 §4.1.9 says (without case, `application/` implied).
   * `null` accepts any `typ`, or none.
   */
  readonly typ: readonly string[] | null;
  /** Accepted algorithms; a key of another algorithm is not used. */
  readonly algorithms: readonly string[];
  /** Longest accepted `exp` − `iat`. */
  readonly maxLifetimeSeconds: number;
}

/** Algorithms whose signatures can be verified by a published key. */
export const verificationAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
  'ML-DSA-44',
  'ML-DSA-65',
  'ML-DSA-87',
] as const;
export type VerificationAlgorithm = (typeof verificationAlgorithms)[number];

/** Algorithms of an issuer that shares a secret with us (RFC 7518 §3.2). */
export const secretAlgorithms = ['HS256', 'HS384', 'HS512'] as const;
export type SecretAlgorithm = (typeof secretAlgorithms)[number];

/** What the authorizer is told. */
export interface AuthorizerSettings {
  readonly issuers: readonly TrustedIssuerSettings[];
  /** How far the issuer's clock may differ from ours. */
  readonly clockToleranceSeconds: number;
  /**
   * How a bad token is refused where the answer is a policy (REST, WebSocket, HTTP payload 1.0). `unauthorized` throws:
   * 401, counted as a Lambda error, never cached. `deny` answers with a Deny: 403, or what the ACCESS_DENIED gateway
   * response says, with the reason in its context, cached and no Lambda error. Default `unauthorized`.
   */
  readonly refusals?: 'unauthorized' | 'deny';
  /**
   * Whether API Gateway keeps answers. A kept answer would let others use a token that is bound to its sender (`cnf`),
   * so such tokens are then refused. Default false.
   */
  readonly keepsAnswers?: boolean;
  /** How old a DPoP proof may be, and how far ahead of our clock (RFC 9449 §11.1). Default 60. */
  readonly proofWindowSeconds?: number;
  /**
   * Scopes per route. Keys are API Gateway route keys: `GET /orders/{id}`, `ANY /orders/{proxy+}`, `$default`,
   * `$connect`. A route without an entry asks for no scope.
   */
  readonly routeScopes: Readonly<Record<string, ScopeRequirement>>;
  /**
   * Routes, by route key, that take an answer about revocation of up to so many seconds ago while the table cannot be
   * reached. Default none: such a request fails closed.
   */
  readonly staleRevocationSeconds?: Readonly<Record<string, number>>;
}

/** What a function of the user's own is told that revokes tokens which an authorizer believes. */
export interface RevokerSettings extends Pick<AuthorizerSettings, 'issuers' | 'clockToleranceSeconds'> {
  /** How long API Gateway caches the authorizer's answer; 0 = not. */
  readonly resultsCacheSeconds: number;
}

/** One stage that keeps the answers of an authorizer. */
export interface CachingStage {
  readonly api: 'HTTP' | 'REST';
  readonly apiId: string;
  readonly stageName: string;
}
