import { base64url, calculateJwkThumbprint, compactVerify, errors, importJWK, type JWK } from 'jose';
import { MalformedTokenError, parseUnverified, type UnverifiedJws } from '../jws/parse.ts';
import { maxIdentifierLength } from '../verify/header.ts';
import { RefusedError } from '../verify/reasons.ts';

/** The request that a DPoP proof came with. */
export interface DpopRequest {
  /** Every DPoP header of the request. */
  readonly proofs: readonly string[];
  readonly method: string;
  /** The request's URL as the client sees it, behind a custom domain and with the stage. */
  readonly url: string;
  /** NumericDate. */
  readonly now: number;
  /** How old a proof may be, and how far ahead of our clock, in seconds. */
  readonly windowSeconds: number;
}

/** What a DPoP proof must fit that comes with an access token (RFC 9449 §4.3). */
export interface DpopExpectation extends DpopRequest {
  /** The access token that came with it. */
  readonly token: string;
  /** `cnf.jkt` of the access token: RFC 7638 SHA-256 thumbprint of the key that it is bound to. */
  readonly jkt: string;
}

/** A proof that holds. It may still be a replay. */
export interface DpopProof {
  readonly jti: string;
  readonly jkt: string;
  /** NumericDate from which the proof is too old anyway, so that its replay need not be remembered. */
  readonly expiresAt: number;
}

/** How old a proof of a token request may be, and how far ahead of our clock, in seconds (RFC 9449 §11.1). */
export const proofWindowSeconds = 60;

/** Asymmetric algorithms that a proof may use; its key is no key of an issuer, so no issuer's list applies. */
export const proofAlgorithms = ['ES256', 'RS256', 'PS256', 'EdDSA', 'Ed25519', 'ES384', 'ES512'] as const;

/** Members of a JWK that are private (RFC 7518 §6): a proof that carries one gives its key away. */
const privateMembers = ['d', 'k', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'priv'] as const;

/**
 * Checks a DPoP proof against the request that it came with.
 *
 * @throws RefusedError `dpop_proof_missing`, `dpop_proof_malformed`, `dpop_proof_mismatch`, `dpop_proof_stale`
 */
export async function checkDpopProof(expected: DpopExpectation): Promise<DpopProof> {
  const [compact] = expected.proofs;
  if (compact === undefined) throw new RefusedError('dpop_proof_missing', 'no DPoP header');
  const { jws, jwk } = await openProof(compact, expected);
  await checkBinding(jws.claims, jwk, expected);
  return {
    jti: identifier(jws.claims.jti),
    jkt: expected.jkt,
    expiresAt: checkAge(jws.claims.iat, expected),
  };
}

/**
 * Checks a DPoP proof of a token request (RFC 9449 §5): there is no access token yet, and the key is the one that it will
 * be bound to.
 *
 * @throws RefusedError `dpop_proof_malformed`, `dpop_proof_mismatch`, `dpop_proof_stale`
 */
export async function checkTokenRequestProof(request: DpopRequest): Promise<DpopProof> {
  const { jws, jwk } = await openProof(request.proofs[0] ?? '', request);
  checkTarget(jws.claims, request);
  return {
    jti: identifier(jws.claims.jti),
    jkt: await calculateJwkThumbprint(jwk, 'sha256'),
    expiresAt: checkAge(jws.claims.iat, request),
  };
}

async function openProof(
  compact: string,
  expected: DpopRequest,
): Promise<{ readonly jws: UnverifiedJws; readonly jwk: JWK }> {
  if (expected.proofs.length > 1) throw malformed('more than one DPoP header');
  const jws = parse(compact);
  const jwk = keyOf(jws.header);
  await checkSignature(jws, jwk);
  return { jws, jwk };
}

function parse(compact: string): UnverifiedJws {
  try {
    return parseUnverified(compact);
  } catch (error) {
    if (error instanceof MalformedTokenError) throw malformed(error.message);
    throw error;
  }
}

function keyOf(header: Readonly<Record<string, unknown>>): JWK & { alg: string } {
  const { typ, alg, jwk, crit, b64 } = header;
  if (typ !== 'dpop+jwt') throw malformed('typ must be dpop+jwt');
  if (crit !== undefined || b64 !== undefined) throw malformed('crit and b64 are not accepted');
  if (!proofAlgorithms.some((accepted) => accepted === alg))
    throw malformed(`alg must be one of ${proofAlgorithms.join(', ')}`);
  if (typeof jwk !== 'object' || jwk === null || Array.isArray(jwk))
    throw malformed('jwk must be a public key');
  if (privateMembers.some((name) => Object.hasOwn(jwk, name))) throw malformed('jwk holds a private key');
  return { ...(jwk as JWK), alg: alg as string };
}

async function checkSignature(jws: UnverifiedJws, { alg, ...jwk }: JWK & { alg: string }): Promise<void> {
  try {
    await compactVerify(jws.compact, await importJWK(jwk, alg), { algorithms: [alg] });
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof DOMException) {
      throw malformed('the signature is not valid under its jwk');
    }
    throw error;
  }
}

async function checkBinding(
  claims: Readonly<Record<string, unknown>>,
  jwk: JWK,
  expected: DpopExpectation,
): Promise<void> {
  const { token, jkt } = expected;
  if ((await calculateJwkThumbprint(jwk, 'sha256')) !== jkt)
    throw mismatch('jwk is not the key that the token is bound to');
  checkTarget(claims, expected);
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token));
  if (claims.ath !== base64url.encode(new Uint8Array(digest)))
    throw mismatch('ath must be the SHA-256 of the access token');
}

function checkTarget(claims: Readonly<Record<string, unknown>>, { method, url }: DpopRequest): void {
  if (claims.htm !== method) throw mismatch(`htm must be ${method}`);
  if (typeof claims.htu !== 'string' || !URL.canParse(claims.htu) || bare(claims.htu) !== bare(url)) {
    throw mismatch('htu must be the URL of the request, without query and fragment');
  }
}

/** RFC 9449 §4.3: without query and fragment, after syntax- and scheme-based normalization. */
function bare(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

function checkAge(iat: unknown, { now, windowSeconds }: DpopRequest): number {
  if (typeof iat !== 'number') throw malformed('iat must be a NumericDate');
  if (Math.abs(now - iat) > windowSeconds) {
    throw new RefusedError('dpop_proof_stale', `iat ${iat}, time ${now}, window ${windowSeconds} s`);
  }
  return iat + windowSeconds;
}

function identifier(jti: unknown): string {
  if (typeof jti === 'string' && jti !== '' && jti.length <= maxIdentifierLength) return jti;
  throw malformed(`jti must be a string of 1 to ${maxIdentifierLength} characters`);
}

function malformed(detail: string): RefusedError {
  return new RefusedError('dpop_proof_malformed', detail);
}

function mismatch(detail: string): RefusedError {
  return new RefusedError('dpop_proof_mismatch', detail);
}
