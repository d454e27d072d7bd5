/** A JWT authorizer, of an HTTP or a REST API. */
export interface JwtAuthorizer {
  readonly id: string;
  readonly logicalId: string;
  /** The expression that gives the token, such as `$request.header.Authorization`. */
  readonly identitySource: string;
  readonly issuers: readonly JwtIssuer[];
  /** Seconds that an issuer's keys are kept. */
  readonly keysTtlSeconds: number;
  /** Whether a `kid` that is not among the kept keys makes them be fetched again. */
  readonly refetchesUnknownKey: boolean;
}

/** An issuer that a JWT authorizer trusts. */
export interface JwtIssuer {
  readonly issuer: string;
  /** One of them must be in `aud` (or be `client_id` when there is no `aud`). */
  readonly audiences: readonly string[];
  readonly algorithms: readonly string[];
  /** What is asked of further claims. */
  readonly additionalClaims: readonly AdditionalClaim[];
}

/** What a JWT authorizer of a REST API asks of a claim. */
export interface AdditionalClaim {
  readonly name: string;
  /** One of them must be in the claim. Empty: any value does. */
  readonly expectedValues: readonly string[];
  readonly format: 'single-string' | 'string-array' | 'space-separated-values';
  /** Whether a token without the claim is refused. */
  readonly isRequired: boolean;
}

/** What a token's claims set came to. */
export interface JwtGrant {
  readonly kind: 'allow';
  /** All values as text, as functions see them. */
  readonly claims: Readonly<Record<string, string>>;
  /** The token's scopes where the route asks for some, else null. */
  readonly scopes: readonly string[] | null;
}

/** What a JWT authorizer means for one request. */
export type JwtVerdict =
  | JwtGrant
  | { readonly kind: 'missing' }
  | { readonly kind: 'invalid'; readonly description: string }
  | { readonly kind: 'insufficient' };
