import type { IssuedToken } from './client.ts';
import type { OpenedKey } from './signer.ts';

/** What an access token says (RFC 9068 §2.2). */
export interface AccessTokenRequest {
  readonly issuer: string;
  readonly subject: string;
  readonly clientId: string;
  readonly audience: readonly string[];
  readonly scopes: readonly string[];
  /** Wished-for lifetime in seconds; the key's longest is the upper bound. */
  readonly lifetimeSeconds: number;
  /** The refresh family that it comes with. */
  readonly sid?: string;
  /** RFC 7638 thumbprint of the DPoP key that it is bound to (RFC 9449 §6.1). */
  readonly jkt?: string;
}

/** A signed token and its record. */
export interface SignedAccessToken {
  readonly token: string;
  readonly expiresInSeconds: number;
  readonly record: IssuedToken;
}

/**
 * Signs a JWT access token (RFC 9068).
 *
 * @param now NumericDate
 * @param jti a unique identifier, at least 128 random bits
 */
export async function signAccessToken(
  request: AccessTokenRequest,
  key: OpenedKey,
  turn: { readonly now: number; readonly jti: string },
): Promise<SignedAccessToken> {
  const { kid, algorithm, maxTokenLifetimeSeconds } = key.signingKey;
  const iat = Math.floor(turn.now);
  const expiresInSeconds = Math.min(request.lifetimeSeconds, maxTokenLifetimeSeconds);
  const scope = request.scopes.join(' ');
  const claims = {
    iss: request.issuer,
    sub: request.subject,
    aud: request.audience.length === 1 ? request.audience[0] : request.audience,
    exp: iat + expiresInSeconds,
    iat,
    nbf: iat,
    jti: turn.jti,
    client_id: request.clientId,
    ...(scope !== '' && { scope }),
    ...(request.sid !== undefined && { sid: request.sid }),
    ...(request.jkt !== undefined && { cnf: { jkt: request.jkt } }),
  };
  const payload = new TextEncoder().encode(JSON.stringify(claims));
  const token = await key.sign({ alg: algorithm, typ: 'at+jwt', kid }, payload);
  return { token, expiresInSeconds, record: recordOf(claims, scope, kid) };
}

function recordOf(
  claims: {
    iss: string;
    sub: string;
    exp: number;
    iat: number;
    jti: string;
    client_id: string;
    sid?: string;
  },
  scope: string,
  kid: string,
): IssuedToken {
  return {
    jti: claims.jti,
    issuer: claims.iss,
    subject: claims.sub,
    clientId: claims.client_id,
    scope,
    ...(claims.sid !== undefined && { sid: claims.sid }),
    kid,
    issuedAt: claims.iat,
    expiresAt: claims.exp,
  };
}
