import type { GrantType } from '../contract/grants.ts';
import type { Client } from '../issue/client.ts';
import { issueAccessToken, type IssueContext, issueTokens, type TokenAnswer } from '../issue/issue.ts';
import { formatRefreshToken } from '../refresh/refresh-token.ts';
import { holdRefreshToken, useRefreshToken } from '../refresh/use.ts';
import { OAuthError } from './errors.ts';
import type { Form } from './form.ts';
import { audienceOf, scopesOf, stillGranted, targetAudience, targetScopes } from './targets.ts';

/** A token request whose client is authenticated and may use the grant. */
export interface TokenRequest {
  readonly client: Client;
  readonly form: Form;
  /** Thumbprint of the DPoP key that the request proved. */
  readonly jkt?: string;
}

/** Answers one `grant_type`. */
export type GrantHandler = (request: TokenRequest, context: IssueContext) => Promise<TokenAnswer>;

/** The grants that are on. Another one joins here, and in `grantTypes`. */
export const grants: Readonly<Record<GrantType, GrantHandler>> = {
  client_credentials: issueToClient,
  refresh_token: refresh,
};

/** RFC 6749 §4.4. */
async function issueToClient(
  { client, form, jkt }: TokenRequest,
  context: IssueContext,
): Promise<TokenAnswer> {
  return issueTokens(
    {
      ...{ client, subject: client.clientId },
      scopes: targetScopes(form.get('scope'), scopesOf(client)),
      audience: targetAudience(form.get('resource'), audienceOf(client, context.settings)),
      ...(jkt !== undefined && { jkt }),
      isRefreshBound: false,
    },
    context,
  );
}

/**
 * RFC 6749 §6. Everything that could refuse the request is looked at before the token is used, the signing key included.
 * What the client may have may have shrunk since the family began.
 */
async function refresh({ client, form, jkt }: TokenRequest, context: IssueContext): Promise<TokenAnswer> {
  const text = form.get('refresh_token');
  if (text === undefined) throw new OAuthError('invalid_request', 'refresh_token is missing');
  const held = await holdRefreshToken(text, client, context);
  const { family } = held;
  if (family.jkt !== undefined && family.jkt !== jkt)
    throw new OAuthError(
      'invalid_dpop_proof',
      'the refresh token is bound to another key; send a proof of that key',
    );
  const open = stillGranted(family, client, context.settings);
  const scopes = targetScopes(form.get('scope'), { allowed: open.scopes, standard: open.scopes });
  const audience = targetAudience(form.get('resource'), open.audience);
  if (audience.length === 0)
    throw new OAuthError(
      'invalid_grant',
      'the client may no longer have tokens with the scopes and audience of this grant',
    );
  const key = await context.signer.current(context.now);
  const refreshToken = formatRefreshToken(await useRefreshToken(held, text, client, context));
  return issueAccessToken(
    { client, subject: family.subject, scopes, audience, ...(jkt !== undefined && { jkt }) },
    { key, sid: family.sid, refreshToken },
    context,
  );
}
