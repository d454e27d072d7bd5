import type { TokenServiceSettings } from '../contract/settings.ts';
import type { Client } from '../issue/client.ts';
import { isOfFamily } from '../refresh/family.ts';
import { parseRefreshToken, type RefreshToken } from '../refresh/refresh-token.ts';
import { revokeFamily } from '../refresh/revoke.ts';
import type { RefreshFamilyStore, RevocationWriter } from '../ports.ts';
import { revokeToken } from '../revocation/revoke.ts';
import { RefusedError } from '../verify/reasons.ts';
import { type VerificationContext, type VerifiedToken, verifyToken } from '../verify/verify-token.ts';
import { authenticateClient, type ClientAuthenticationContext } from './client-authentication.ts';
import { OAuthError } from './errors.ts';
import { type OAuthRequest, parseForm } from './form.ts';

/** What revoking works with. */
export interface RevocationContext extends ClientAuthenticationContext {
  readonly revocations: RevocationWriter;
  readonly families: Pick<RefreshFamilyStore, 'get' | 'revoke'>;
  readonly settings: TokenServiceSettings;
  /** Whom to believe. A client has tokens of our own issuer alone: another's may have a client of the same id. */
  readonly verification: VerificationContext;
}

/**
 * The revocation endpoint (RFC 7009 §2). A token that does not verify is a token that passes nowhere: the answer is
 * the same 200 as for one that was revoked. A refresh token takes its family along, access tokens too, whichever of the
 * family it is. `token_type_hint` is a hint and no more.
 *
 * @throws {@link OAuthError} `invalid_client`, `invalid_request`; `unauthorized_client` for another client's token, or another
 *   issuer's
 * @throws UnavailableError where a table cannot be reached
 */
export async function revocationEndpoint(request: OAuthRequest, context: RevocationContext): Promise<void> {
  const form = parseForm(request);
  const client = await authenticateClient(request, form, context);
  const token = form.get('token');
  if (token === undefined) throw new OAuthError('invalid_request', 'token is missing');
  const refreshToken = parseRefreshToken(token);
  if (refreshToken !== undefined) return revokeFamilyOf(refreshToken, client, context);
  const verified = await verifiedOrNothing(token, context.verification);
  if (verified === undefined) return;
  const { iss, clientId } = verified.accepted;
  if (iss !== context.issuer || clientId !== client.clientId) {
    throw new OAuthError('unauthorized_client', 'the token was issued to another client');
  }
  const note = { reason: 'revoked by its client', actor: client.clientId };
  await revokeToken(verified, context.revocations, { ...context, now: context.verification.now, note });
}

async function revokeFamilyOf(
  token: RefreshToken,
  client: Client,
  context: RevocationContext,
): Promise<void> {
  const family = await context.families.get(token.sid);
  if (family === undefined || !(await isOfFamily(token, family))) return;
  if (family.clientId !== client.clientId)
    throw new OAuthError('unauthorized_client', 'the token was issued to another client');
  await revokeFamily(family, { reason: 'revoked by its client', actor: client.clientId }, context);
}

async function verifiedOrNothing(
  token: string,
  context: VerificationContext,
): Promise<VerifiedToken | undefined> {
  try {
    return await verifyToken(token, context);
  } catch (error) {
    if (error instanceof RefusedError) return undefined;
    throw error;
  }
}
