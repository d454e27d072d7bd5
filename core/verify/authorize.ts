import type { ScopeRequirement } from '../contract/settings.ts';
import { checkRevocation, revocationIds } from '../revocation/decide.ts';
import type { RevocationLookup } from '../revocation/held-reader.ts';
import { checkSenderConstraint, type Presentation, type SenderContext } from '../sender/constraint.ts';
import { RefusedError, type Refusal, toRefusal } from './reasons.ts';
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
}

/**
 * Decides about one token, in this order: spelling, issuer, key, signature, claims, revocation, sender
 * constraint. The route's scopes come after: see {@link checkScopes}.
 *
 * @throws UnavailableError where keys, revocations or replays cannot be read: the request then fails closed
 */
export async function authorizeToken(presented: Presentation, context: AuthorizationContext): Promise<Decision> {
  let known: Pick<Refusal, 'issuer' | 'kid' | 'jti'> = {};
  try {
    const verified = await verifyToken(presented.token, context);
    known = identityOf(verified);
    const ids = await revocationIds(verified);
    checkRevocation(verified, await context.revocations.find(ids, context.now), context.now);
    await checkSenderConstraint(verified.claims, presented, context);
    return { outcome: 'allow', token: verified };
  } catch (error) {
    return toRefusal(error, known);
  }
}

/** Step 8: the scopes of the route. A route without a requirement takes any token. */
export function checkScopes(decision: Decision, requirement: ScopeRequirement | undefined): Decision {
  if (decision.outcome === 'refuse' || requirement === undefined) return decision;
  const granted = new Set(decision.token.accepted.scopes);
  const { all = [], any } = requirement;
  if (all.every((scope) => granted.has(scope)) && (any?.some((scope) => granted.has(scope)) ?? true)) return decision;
  const wanted = [...(all.length > 0 ? [`all of ${all.join(' ')}`] : []), ...(any ? [`one of ${any.join(' ')}`] : [])];
  return toRefusal(
    new RefusedError('scope_insufficient', `the route asks for ${wanted.join(' and ')}`),
    identityOf(decision.token),
  );
}

function identityOf({ kid, accepted }: VerifiedToken): Pick<Refusal, 'issuer' | 'kid' | 'jti'> {
  return { issuer: accepted.iss, kid, ...(accepted.jti !== undefined && { jti: accepted.jti }) };
}
