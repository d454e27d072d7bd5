import { AdminScopes } from '../contract/routes.ts';
import type { Client } from '../issue/client.ts';
import { type ExaminationContext, type Examined, examine } from '../refresh/examine.ts';
import { endOf, isFamilyOf } from '../refresh/family.ts';
import { parseRefreshToken, type RefreshToken } from '../refresh/refresh-token.ts';
import { type AuthorizationContext, decideBy } from '../verify/authorize.ts';
import { type VerifiedToken, verifyToken } from '../verify/verify-token.ts';
import { authenticateClient, type ClientAuthenticationContext } from './client-authentication.ts';
import { OAuthError } from './errors.ts';
import { type OAuthRequest, parseForm } from './form.ts';
import { stillGranted } from './targets.ts';

/** What introspection works with: all that the authorizer decides by, and the clients that may ask. */
export interface IntrospectionContext extends ClientAuthenticationContext {
  /** Our own `iss`. */
  readonly issuer: string;
  readonly authorization: AuthorizationContext;
  /** By which refresh tokens are looked up and judged. */
  readonly refresh: ExaminationContext;
}

/** What a caller is told of a token (RFC 7662 §2.2). */
export type Introspection = { readonly active: false } | ActiveToken;

interface ActiveToken {
  readonly active: true;
  readonly iss: string;
  readonly sub: string;
  readonly aud: unknown;
  readonly exp: number;
  readonly iat: number;
  /** Absent for a refresh token: it is a type of access tokens (RFC 6749 §7.1). */
  readonly token_type?: 'Bearer' | 'DPoP';
  readonly nbf?: number;
  readonly jti?: string;
  readonly client_id?: string;
  readonly scope?: string;
  readonly sid?: string;
  /** How the token is bound to its sender, who is not here to be checked (RFC 9449 §6.2, RFC 8705 §3.2). */
  readonly cnf?: unknown;
}

/**
 * The introspection endpoint (RFC 7662 §2). A token is active if the authorizer would let it pass, by the same code, and
 * a refresh token if the token endpoint would let its client use it; asking does not use it. Of one that is not, or that
 * the caller may not see, nothing is said but that. A client sees tokens of its own, one with the
 * scope `keyturn:read` those of everybody and of every trusted issuer. `token_type_hint` is a hint and no more.
 *
 * @throws {@link OAuthError} `invalid_client` (also for a public client: anybody could ask in its name), `invalid_request`
 * @throws UnavailableError where a table or an issuer's keys cannot be reached
 */
export async function introspectionEndpoint(
  request: OAuthRequest,
  context: IntrospectionContext,
): Promise<Introspection> {
  const form = parseForm(request);
  const client = await authenticateClient(request, form, context);
  if (client.isPublic === true) {
    throw new OAuthError('invalid_client', 'a public client cannot introspect: it has no credentials');
  }
  const token = form.get('token');
  if (token === undefined) throw new OAuthError('invalid_request', 'token is missing');
  const refreshToken = parseRefreshToken(token);
  if (refreshToken !== undefined) return introspectRefreshToken(refreshToken, client, context);
  const { authorization } = context;
  const decision = await decideBy(() => verifyToken(token, authorization), authorization);
  if (decision.outcome === 'refuse' || !maySee(client, decision.token.accepted, context))
    return { active: false };
  return describe(decision.token);
}

async function introspectRefreshToken(
  token: RefreshToken,
  caller: Client,
  context: IntrospectionContext,
): Promise<Introspection> {
  const examined = await examine(token, context.refresh);
  if (examined?.standing !== 'current' && examined?.standing !== 'last') return { active: false };
  const { family } = examined;
  if (!maySee(caller, { iss: context.issuer, clientId: family.clientId }, context)) return { active: false };
  const client = await context.clients.get(family.clientId);
  if (client === undefined || !mayRefresh(client) || !isFamilyOf(family, client)) return { active: false };
  const { scopes, audience } = stillGranted(family, client, context.refresh.settings);
  if (audience.length === 0) return { active: false };
  return describeFamily(examined, { scopes, audience }, context);
}

function mayRefresh({ grants, disabled = false }: Client): boolean {
  return grants.includes('refresh_token') && !disabled;
}

function maySee(
  client: Client,
  token: { readonly iss: string; readonly clientId?: string },
  { issuer }: IntrospectionContext,
): boolean {
  if (client.scopes.includes(AdminScopes.read)) return true;
  return token.iss === issuer && token.clientId === client.clientId;
}

/** The token that was used last ends with the grace, and was issued when nobody noted it: at the latest with the family. */
function describeFamily(
  { family, standing }: Examined,
  { scopes, audience }: ReturnType<typeof stillGranted>,
  { issuer, refresh: { settings } }: IntrospectionContext,
): ActiveToken {
  const { turnedAt = family.createdAt, jkt } = family;
  const isLast = standing === 'last';
  const end = endOf(family, settings);
  const expiresAt = isLast ? Math.min(turnedAt + settings.refreshGraceSeconds, end) : end;
  return {
    active: true,
    ...{ iss: issuer, sub: family.subject, aud: audience, client_id: family.clientId, sid: family.sid },
    ...{ exp: Math.floor(expiresAt), iat: Math.floor(isLast ? family.createdAt : turnedAt) },
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    ...(jkt !== undefined && { cnf: { jkt } }),
  };
}

function describe({ accepted, claims }: VerifiedToken): ActiveToken {
  const { iss, sub, exp, iat, jti, clientId, sid, scopes } = accepted;
  const { cnf, nbf } = claims;
  const isDpop = typeof cnf === 'object' && cnf !== null && 'jkt' in cnf;
  return {
    active: true,
    ...{ iss, sub, aud: claims['aud'], exp, iat, token_type: isDpop ? 'DPoP' : 'Bearer' },
    ...(typeof nbf === 'number' && { nbf }),
    ...(jti !== undefined && { jti }),
    ...(clientId !== undefined && { client_id: clientId }),
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    ...(sid !== undefined && { sid }),
    ...(cnf !== undefined && { cnf }),
  };
}
