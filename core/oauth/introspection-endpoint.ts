import { AdminScopes } from '../contract/routes.ts';
import type { Client } from '../issue/client.ts';
import { type AuthorizationContext, decideBy } from '../verify/authorize.ts';
import { type VerifiedToken, verifyToken } from '../verify/verify-token.ts';
import { authenticateClient, type ClientAuthenticationContext } from './client-authentication.ts';
import { OAuthError } from './errors.ts';
import { type OAuthRequest, parseForm } from './form.ts';

/** What introspection works with: all that the authorizer decides by, and the clients that may ask. */
export interface IntrospectionContext extends ClientAuthenticationContext {
  /** Our own `iss`. */
  readonly issuer: string;
  readonly authorization: AuthorizationContext;
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
  readonly token_type: 'Bearer' | 'DPoP';
  readonly nbf?: number;
  readonly jti?: string;
  readonly client_id?: string;
  readonly scope?: string;
  readonly sid?: string;
  /** How the token is bound to its sender, who is not here to be checked (RFC 9449 §6.2, RFC 8705 §3.2). */
  readonly cnf?: unknown;
}

/**
 * The introspection endpoint (RFC 7662 §2). A token is active if the authorizer would let it pass, by the same code; of one
 * that is not, or that the caller may not see, nothing is said but that. A client sees tokens of its own, one with the
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
    throw new OAuthError(
      'invalid_client',
      'a public client cannot introspect: it has nothing to prove itself with',
    );
  }
  const token = form.get('token');
  if (token === undefined) throw new OAuthError('invalid_request', 'token is missing');
  const { authorization } = context;
  const decision = await decideBy(() => verifyToken(token, authorization), authorization);
  if (decision.outcome === 'refuse' || !maySee(client, decision.token, context)) return { active: false };
  return describe(decision.token);
}

function maySee(client: Client, { accepted }: VerifiedToken, { issuer }: IntrospectionContext): boolean {
  if (client.scopes.includes(AdminScopes.read)) return true;
  return accepted.iss === issuer && accepted.clientId === client.clientId;
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
