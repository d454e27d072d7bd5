import type { TokenServiceSettings } from '../contract/settings.ts';
import { signAccessToken } from '../issue/access-token.ts';
import type { Client } from '../issue/client.ts';
import type { Signer } from '../issue/signer.ts';
import type { ClientStore, IssuedTokenStore } from '../ports.ts';
import { authenticateClient } from './client-authentication.ts';
import { OAuthError } from './errors.ts';
import { type OAuthRequest, parseForm } from './form.ts';
import { type GrantType, grantTypes } from './grant-types.ts';

/** What issuing works with. */
export interface IssueContext {
  readonly issuer: string;
  readonly settings: TokenServiceSettings;
  readonly clients: ClientStore;
  readonly issuedTokens: IssuedTokenStore;
  readonly signer: Signer;
  /** A unique identifier of at least 128 random bits. */
  readonly newJti: () => string;
  /** NumericDate, read once. */
  readonly now: number;
}

/** A successful token answer (RFC 6749 §5.1). */
export interface TokenAnswer {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
  readonly scope?: string;
}

type Form = ReadonlyMap<string, string>;
type Grant = (client: Client, form: Form, context: IssueContext) => Promise<TokenAnswer>;

const grants: Readonly<Record<GrantType, Grant>> = {
  client_credentials: (client, form, context) => issueToClient(client, form.get('scope'), context),
};

/**
 * The token endpoint (RFC 6749 §3.2).
 *
 * @throws {@link OAuthError} as RFC 6749 §5.2 has them
 * @throws UnavailableError where a table or KMS cannot be reached
 */
export async function tokenEndpoint(request: OAuthRequest, context: IssueContext): Promise<TokenAnswer> {
  const form = parseForm(request);
  const client = await authenticateClient(request.headers.authorization, form, context.clients);
  const wanted = form.get('grant_type');
  if (wanted === undefined) throw new OAuthError('invalid_request', 'grant_type is missing');
  const grantType = grantTypes.find((known) => known === wanted);
  if (grantType === undefined) {
    throw new OAuthError('unsupported_grant_type', `grant_type must be ${grantTypes.join(' or ')}`);
  }
  return grants[grantType](client, form, context);
}

/**
 * Issues an access token to a client itself (RFC 6749 §4.4): recorded before it is handed out.
 *
 * @param scope space-separated; default all scopes of the client
 * @throws {@link OAuthError} `invalid_scope` where the client may not have one of them
 */
export async function issueToClient(
  client: Client,
  scope: string | undefined,
  context: IssueContext,
): Promise<TokenAnswer> {
  const { issuer, settings, now } = context;
  const key = await context.signer.current(now);
  const { token, expiresInSeconds, record } = await signAccessToken(
    {
      issuer,
      subject: client.clientId,
      clientId: client.clientId,
      audience: client.audience ?? [settings.audience],
      scopes: grantedScopes(client, scope),
      lifetimeSeconds: Math.min(client.tokenLifetimeSeconds ?? Infinity, settings.tokenLifetimeSeconds),
    },
    key,
    { now, jti: context.newJti() },
  );
  await context.issuedTokens.put(record);
  return {
    access_token: token,
    token_type: 'Bearer',
    expires_in: expiresInSeconds,
    ...(record.scope !== '' && { scope: record.scope }),
  };
}

function grantedScopes(client: Client, scope: string | undefined): readonly string[] {
  if (scope === undefined) return client.scopes;
  const wanted = [...new Set(scope.split(' ').filter((value) => value !== ''))];
  if (!wanted.every((value) => client.scopes.includes(value))) {
    throw new OAuthError('invalid_scope', 'the client may not have one of the scopes that it asks for');
  }
  return wanted;
}
