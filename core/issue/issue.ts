import { offlineAccess } from '../contract/grants.ts';
import type { IssuedTokenStore } from '../ports.ts';
import { newFamily } from '../refresh/family.ts';
import { formatRefreshToken } from '../refresh/refresh-token.ts';
import type { RefreshContext } from '../refresh/use.ts';
import { signAccessToken } from './access-token.ts';
import type { Client } from './client.ts';
import type { OpenedKey, Signer } from './signer.ts';

/** What issuing works with. */
export interface IssueContext extends RefreshContext {
  /** Absent where issued tokens are not recorded. */
  readonly issuedTokens?: IssuedTokenStore;
  readonly signer: Signer;
  /** A unique identifier of at least 128 random bits. */
  readonly newJti: () => string;
}

/** A successful token answer (RFC 6749 §5.1, RFC 9449 §5). */
export interface TokenAnswer {
  readonly access_token: string;
  readonly token_type: 'Bearer' | 'DPoP';
  readonly expires_in: number;
  readonly scope?: string;
  readonly refresh_token?: string;
}

/** What a grant comes to: whom the tokens speak for, and what they may do. */
export interface Grant {
  readonly client: Client;
  readonly subject: string;
  /** With `offline_access` where a refresh token is to be issued. */
  readonly scopes: readonly string[];
  readonly audience: readonly string[];
  /** Thumbprint of the DPoP key that the access token is bound to. */
  readonly jkt?: string;
  /** Whether the refresh token is bound to that key as well. */
  readonly isRefreshBound: boolean;
}

/**
 * Issues what was granted: an access token and, where `offline_access` is among the scopes, the first token of a new
 * refresh family.
 *
 * @throws UnavailableError where a table or KMS cannot be reached
 */
export async function issueTokens(grant: Grant, context: IssueContext): Promise<TokenAnswer> {
  const key = await context.signer.current(context.now);
  if (!grant.scopes.includes(offlineAccess)) return issueAccessToken(grant, { key }, context);
  const { client, subject, scopes, audience, jkt } = grant;
  const { now, settings } = context;
  const lifetimeSeconds = Math.min(
    client.refreshTokenLifetimeSeconds ?? Infinity,
    settings.refreshTokenLifetimeSeconds,
  );
  const { family, token } = await newFamily(
    {
      ...{ clientId: client.clientId, subject, scopes, audience },
      ...(grant.isRefreshBound && jkt !== undefined && { jkt }),
      ...{ createdAt: now, expiresAt: now + lifetimeSeconds },
    },
    context.randomBytes,
  );
  await context.families.create(family);
  return issueAccessToken(grant, { key, sid: family.sid, refreshToken: formatRefreshToken(token) }, context);
}

/** What an access token comes with. */
export interface Companions {
  readonly key: OpenedKey;
  readonly sid?: string;
  readonly refreshToken?: string;
}

/** Issues an access token: recorded before it is handed out. */
export async function issueAccessToken(
  { client, subject, scopes, audience, jkt }: Omit<Grant, 'isRefreshBound'>,
  { key, sid, refreshToken }: Companions,
  { issuer, settings, now, newJti, issuedTokens }: IssueContext,
): Promise<TokenAnswer> {
  const { token, expiresInSeconds, record } = await signAccessToken(
    {
      ...{ issuer, subject, clientId: client.clientId, audience },
      scopes: scopes.filter((scope) => scope !== offlineAccess),
      lifetimeSeconds: Math.min(client.tokenLifetimeSeconds ?? Infinity, settings.tokenLifetimeSeconds),
      ...(sid !== undefined && { sid }),
      ...(jkt !== undefined && { jkt }),
    },
    key,
    { now, jti: newJti() },
  );
  await issuedTokens?.put(record);
  return {
    access_token: token,
    token_type: jkt === undefined ? 'Bearer' : 'DPoP',
    expires_in: expiresInSeconds,
    ...(record.scope !== '' && { scope: record.scope }),
    ...(refreshToken !== undefined && { refresh_token: refreshToken }),
  };
}
