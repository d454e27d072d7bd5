import { Routes } from '../contract/routes.ts';
import { grantTypes } from '../contract/grants.ts';
import type { IssueContext, TokenAnswer } from '../issue/issue.ts';
import { checkTokenRequestProof, proofWindowSeconds } from '../sender/dpop.ts';
import { RefusedError } from '../verify/reasons.ts';
import { authenticateClient, type ClientAuthenticationContext } from './client-authentication.ts';
import { OAuthError } from './errors.ts';
import { type Form, type OAuthRequest, parseForm } from './form.ts';
import { grants } from './grants.ts';

/** What the token endpoint works with. */
export type TokenContext = IssueContext & ClientAuthenticationContext;

/**
 * The token endpoint (RFC 6749 §3.2). Tokens are bound to the key of a DPoP proof, where there is one (RFC 9449 §5).
 *
 * @throws {@link OAuthError} as RFC 6749 §5.2, RFC 8707 §2 and RFC 9449 §5 have them
 * @throws UnavailableError where a table, KMS or a client's keys cannot be reached
 */
export async function tokenEndpoint(request: OAuthRequest, context: TokenContext): Promise<TokenAnswer> {
  const form = parseForm(request);
  const client = await authenticateClient(request, form, context);
  const grantType = grantTypeOf(form);
  if (!client.grants.includes(grantType) || (client.isPublic === true && grantType !== 'refresh_token'))
    throw new OAuthError('unauthorized_client', `the client may not use the grant ${grantType}`);
  const jkt = await provedKey(request.headers.dpop, context);
  return grants[grantType]({ client, form, ...(jkt !== undefined && { jkt }) }, context);
}

function grantTypeOf(form: Form): (typeof grantTypes)[number] {
  const wanted = form.get('grant_type');
  if (wanted === undefined) throw new OAuthError('invalid_request', 'grant_type is missing');
  const grantType = grantTypes.find((known) => known === wanted);
  if (grantType !== undefined) return grantType;
  throw new OAuthError('unsupported_grant_type', `grant_type must be ${grantTypes.join(' or ')}`);
}

/** Thumbprint of the key that a DPoP proof proves; a proof is good for one request. */
async function provedKey(
  proof: string | undefined,
  { issuer, replays, now }: TokenContext,
): Promise<string | undefined> {
  if (proof === undefined) return undefined;
  try {
    const { jkt, jti, expiresAt } = await checkTokenRequestProof({
      ...{ proofs: [proof], method: 'POST', url: issuer + Routes.token },
      ...{ now, windowSeconds: proofWindowSeconds },
    });
    if (await replays.remember(`dpop:${jkt}:${jti}`, expiresAt)) return jkt;
    throw new RefusedError('dpop_proof_replayed', 'the proof was used before');
  } catch (error) {
    if (error instanceof RefusedError) throw new OAuthError('invalid_dpop_proof', error.message);
    throw error;
  }
}
