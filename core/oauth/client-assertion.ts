import { base64url } from 'jose';
import { Routes } from '../contract/routes.ts';
import type { Client } from '../issue/client.ts';
import { findClient } from '../issue/find-client.ts';
import { MalformedTokenError, parseUnverified } from '../jws/parse.ts';
import type { KeySource } from '../keys/key-source.ts';
import type { ClientReader, ReplayStore } from '../ports.ts';
import { type Reason, RefusedError } from '../verify/reasons.ts';
import { type VerifiedToken, verifyToken } from '../verify/verify-token.ts';
import { assertionAlgorithms } from './assertion-algorithms.ts';
import { OAuthError } from './errors.ts';

/** `client_assertion_type` of private_key_jwt (RFC 7523 §2.2). */
export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Longest `exp` − `iat` of a client assertion, in seconds: it is made for one request. */
export const maxAssertionSeconds = 600;

/** What checking client assertions works with. */
export interface AssertionContext {
  /** Our own `iss`. */
  readonly issuer: string;
  /** Where a client's public keys are had. */
  readonly keysOf: (client: Client) => KeySource | undefined;
  /** Remembers assertions that were used. */
  readonly replays: ReplayStore;
  readonly clockSkewSeconds: number;
  /** NumericDate, read once. */
  readonly now: number;
}

/**
 * The client that a client assertion proves (RFC 7523 §3): `iss` and `sub` name it, `aud` is our issuer or token endpoint,
 * `exp`, `iat` and `jti` are there, and it was not used before.
 *
 * @returns undefined for an unknown client, a disabled one, one without keys, or a signature that does not hold: these are
 *   not told apart
 * @throws {@link OAuthError} `invalid_client` for what is wrong with an assertion that the client did sign
 * @throws UnavailableError where a table or the client's keys cannot be reached
 */
export async function assertedClient(
  assertion: string,
  clients: ClientReader,
  context: AssertionContext,
): Promise<Client | undefined> {
  const clientId = claimedClient(assertion);
  const client = clientId === undefined ? undefined : await findClient(clientId, clients);
  const keys = client && context.keysOf(client);
  if (client === undefined || keys === undefined || client.disabled === true) return undefined;
  const verified = await verify(assertion, { client, keys }, context);
  if (verified === undefined) return undefined;
  await checkFirstUse(verified, context);
  return client;
}

/** Nothing of it is believed: it says which client's keys to look at. */
function claimedClient(assertion: string): string | undefined {
  try {
    const { iss } = parseUnverified(assertion).claims;
    return typeof iss === 'string' ? iss : undefined;
  } catch (error) {
    if (error instanceof MalformedTokenError) return undefined;
    throw error;
  }
}

/** Reasons that are told: by then the signature held, so that whoever asks is the client. */
const told: readonly Reason[] = [
  ...(['claims_malformed', 'expired', 'not_yet_valid', 'issued_in_future'] as const),
  ...(['lifetime_too_long', 'audience_mismatch', 'claim_mismatch'] as const),
];

/** The client is an issuer of its own assertions, checked as strictly as an issuer of access tokens. */
async function verify(
  assertion: string,
  { client, keys }: { readonly client: Client; readonly keys: KeySource },
  { issuer, clockSkewSeconds, now }: AssertionContext,
): Promise<VerifiedToken | undefined> {
  const settings = {
    issuer: client.clientId,
    audience: [issuer, issuer + Routes.token],
    requiredClaims: { sub: { equals: client.clientId } },
    scopeClaims: [],
    typ: null,
    algorithms: assertionAlgorithms,
    maxLifetimeSeconds: maxAssertionSeconds,
    jwksUri: client.jwksUri ?? '',
  };
  const issuers = new Map([[client.clientId, { settings, keys }]]);
  try {
    return await verifyToken(assertion, { issuers, clockToleranceSeconds: clockSkewSeconds, now });
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    if (told.includes(error.reason)) throw refused(error.message);
    return undefined;
  }
}

/** Remembered by digest: a client may choose identifiers longer than a key of a table. */
async function checkFirstUse(
  { accepted }: VerifiedToken,
  { replays, clockSkewSeconds }: AssertionContext,
): Promise<void> {
  if (accepted.jti === undefined) throw refused('jti is missing');
  const named = new TextEncoder().encode(JSON.stringify([accepted.iss, accepted.jti]));
  const digest = base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', named)));
  if (await replays.remember(`assertion:${digest}`, accepted.exp + clockSkewSeconds)) return;
  throw refused('it was used before');
}

function refused(detail: string): OAuthError {
  const plain = detail.replaceAll(/[^\x20-\x21\x23-\x5B\x5D-\x7E]/g, ' ');
  return new OAuthError('invalid_client', `the client assertion cannot be used: ${plain}`);
}
