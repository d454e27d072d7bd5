import { base64url } from 'jose';
import { OAuthError } from '../oauth/errors.ts';
import type { TicketStore } from '../ports.ts';
import { checkClaims } from '../verify/claims.ts';
import { RefusedError } from '../verify/reasons.ts';
import type { VerificationContext, VerifiedToken } from '../verify/verify-token.ts';
import type { StoredTicket } from './stored-ticket.ts';

/** How long a ticket may wait for its connection, in seconds. */
export const ticketLifetimeSeconds = 30;

/** The answer to whoever asks for a ticket. */
export interface TicketAnswer {
  readonly ticket: string;
  readonly expires_in: number;
}

/**
 * A ticket opens one WebSocket in place of a token: a browser cannot send headers with the handshake, and a token in a
 * query string ends up in logs. It is 256 random bits, stands for the claims of a token that the authorizer has let
 * pass, and is good once, for half a minute.
 *
 * @param caller `kid` and claims of that token
 * @throws {@link OAuthError} `invalid_request` for a token without `jti`: its ticket could not be revoked with it
 * @throws UnavailableError where the table cannot be reached
 */
export async function issueTicket(
  caller: Pick<StoredTicket, 'kid' | 'claims'>,
  store: TicketStore,
  turn: { readonly now: number; readonly randomBytes: (length: number) => Uint8Array },
): Promise<TicketAnswer> {
  if (typeof caller.claims.jti !== 'string') {
    throw new OAuthError('invalid_request', 'the token has no jti; allowed: a token with one');
  }
  const ticket = base64url.encode(turn.randomBytes(32));
  const expiresAt = Math.floor(turn.now) + ticketLifetimeSeconds;
  await store.put({ ...caller, id: await hashTicket(ticket), expiresAt });
  return { ticket, expires_in: ticketLifetimeSeconds };
}

/**
 * Takes a ticket. The claims behind it are checked anew, as is its issuer: both may have changed since.
 *
 * @throws RefusedError `ticket_invalid`: unknown, used or expired; the reasons of the claims
 * @throws UnavailableError where the table cannot be reached
 */
export async function redeemTicket(
  ticket: string,
  store: TicketStore,
  context: VerificationContext,
): Promise<VerifiedToken> {
  context.trace?.('ticket', 'a ticket', 'one that was given out, is unused and in time');
  const stored = await store.take(await hashTicket(ticket));
  if (stored === undefined || stored.expiresAt <= context.now) {
    throw new RefusedError('ticket_invalid', 'the ticket is unknown, used or expired');
  }
  const { kid, claims } = stored;
  context.trace?.('issuer', claims.iss, [...context.issuers.keys()].join(' or '));
  const issuer = typeof claims.iss === 'string' ? context.issuers.get(claims.iss) : undefined;
  if (issuer === undefined) throw new RefusedError('issuer_unknown', 'iss is none of the configured issuers');
  const accepted = checkClaims(claims, { ...context, issuer: issuer.settings });
  return { issuer: issuer.settings, kid, accepted, claims, signingInput: '' };
}

async function hashTicket(ticket: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(ticket));
  return base64url.encode(new Uint8Array(digest));
}
