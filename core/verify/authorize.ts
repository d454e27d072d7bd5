import type { ScopeRequirement } from '../contract/settings.ts';
import { checkRevocation, revocationIds } from '../revocation/decide.ts';
import type { RevocationLookup } from '../revocation/held-reader.ts';
import { checkSenderConstraint, type Presentation, type SenderContext } from '../sender/constraint.ts';
import type { TicketStore } from '../ports.ts';
import { redeemTicket } from '../ticket/ticket.ts';
import { RefusedError, type Refusal, toRefusal } from './reasons.ts';
import type { Trace } from './steps.ts';
import { type VerificationContext, type VerifiedToken, verifyToken } from './verify-token.ts';

/** A token that passes. */
export interface Allowance {
  readonly outcome: 'allow';
  readonly token: VerifiedToken;
}

/** Every request that can be decided ends in one of these; one that cannot rejects with UnavailableError. */
export type Decision = Allowance | Refusal;

/** Everything a decision goes by. */
export interface AuthorizationContext extends VerificationContext, SenderContext {
  readonly revocations: RevocationLookup;
  /** How old an answer about revocation the route takes while the table cannot be reached. Default 0: none. */
  readonly staleSeconds?: number;
}

/**
 * Decides about one token, in this order: spelling, issuer, key, signature, claims, revocation, sender
 * constraint. The route's scopes come after: see {@link checkScopes}.
 *
 * @throws UnavailableError where keys, revocations or replays cannot be read: the request then fails closed
 */
export function authorizeToken(presented: Presentation, context: AuthorizationContext): Promise<Decision> {
  const verify = () => verifyToken(presented.token, context);
  return decideBy(verify, context, (token) => checkSenderConstraint(token.claims, presented, context));
}

/**
 * Decides about a one-time ticket in place of a token: ticket, claims, revocation. Its sender proved possession of the
 * key, where the token is bound to one, when it got the ticket.
 *
 * @throws UnavailableError where tickets or revocations cannot be read
 */
export function authorizeTicket(
  ticket: string,
  store: TicketStore,
  context: AuthorizationContext,
): Promise<Decision> {
  return decideBy(() => redeemTicket(ticket, store, context), context);
}

/**
 * Decides about a token, whatever way it is verified: the verification, then revocation and sender constraint.
 *
 * @param verify rejects with RefusedError where the token does not hold
 * @throws UnavailableError as {@link authorizeToken} does
 */
export async function decideBy(
  verify: () => Promise<VerifiedToken>,
  context: AuthorizationContext,
  checkSender: (token: VerifiedToken) => Promise<void> = async () => {},
): Promise<Decision> {
  let known: Pick<Refusal, 'issuer' | 'kid' | 'jti'> = {};
  try {
    const token = await verify();
    known = identityOf(token);
    const ids = await revocationIds(token);
    context.trace?.('revocation', ids, 'none of these records in force');
    checkRevocation(
      token,
      await context.revocations.find(ids, context.now, context.staleSeconds),
      context.now,
    );
    await checkSender(token);
    return { outcome: 'allow', token };
  } catch (error) {
    return toRefusal(error, known);
  }
}

/** Step 8: the scopes of the route. A route without a requirement takes any token. */
export function checkScopes(
  decision: Decision,
  requirement: ScopeRequirement | undefined,
  trace?: Trace,
): Decision {
  if (decision.outcome === 'refuse' || requirement === undefined) return decision;
  const granted = new Set(decision.token.accepted.scopes);
  const { all = [], any } = requirement;
  trace?.('scopes', decision.token.accepted.scopes.join(' '), wantedScopes(requirement));
  if (all.every((scope) => granted.has(scope)) && (any?.some((scope) => granted.has(scope)) ?? true))
    return decision;
  return toRefusal(
    new RefusedError('scope_insufficient', `the route asks for ${wantedScopes(requirement)}`),
    identityOf(decision.token),
  );
}

function wantedScopes({ all = [], any }: ScopeRequirement): string {
  return [
    ...(all.length > 0 ? [`all of ${all.join(' ')}`] : []),
    ...(any ? [`one of ${any.join(' ')}`] : []),
  ].join(' and ');
}

function identityOf({ kid, accepted }: VerifiedToken): Pick<Refusal, 'issuer' | 'kid' | 'jti'> {
  return { issuer: accepted.iss, kid, ...(accepted.jti !== undefined && { jti: accepted.jti }) };
}
