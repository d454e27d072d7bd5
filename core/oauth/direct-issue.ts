import type { DirectIssueRequest } from '../contract/messages.ts';
import { type IssueContext, issueTokens, type TokenAnswer } from '../issue/issue.ts';
import type { ClientReader } from '../ports.ts';
import { maxIdentifierLength } from '../verify/header.ts';
import { OAuthError } from './errors.ts';
import { audienceOf, scopesOf, targetAudience, targetScopes } from './targets.ts';

/**
 * Issues on behalf of a client, for itself or for a subject that the caller has logged in. Whether the caller may ask was
 * decided before; the client's scopes and audiences hold all the same. A refresh token is bound to the DPoP key, where
 * there is one.
 *
 * @throws {@link OAuthError} `invalid_client` for an unknown or disabled one, `invalid_request`, `invalid_scope`,
 *   `invalid_target`
 * @throws UnavailableError where a table or KMS cannot be reached
 */
export async function issueDirectly(
  request: DirectIssueRequest,
  context: IssueContext & { readonly clients: ClientReader },
): Promise<TokenAnswer> {
  const { clientId, subject = clientId, scope, resource, jkt } = request;
  checkRequest({ ...request, subject });
  const client = await context.clients.get(clientId);
  if (client === undefined || client.disabled === true)
    throw new OAuthError('invalid_client', 'there is no enabled client with this client_id');
  return issueTokens(
    {
      ...{ client, subject },
      scopes: targetScopes(scope, scopesOf(client)),
      audience: targetAudience(resource?.join(' '), audienceOf(client, context.settings)),
      ...(jkt !== undefined && { jkt }),
      isRefreshBound: true,
    },
    context,
  );
}

/** The event's type is what the caller should send; IAM has not looked at it. */
function checkRequest({ clientId, subject, scope, resource, jkt }: DirectIssueRequest): void {
  for (const [name, value] of Object.entries({ clientId, subject })) {
    if (!isText(value) || value === '' || value.length > maxIdentifierLength)
      throw invalid(`${name} must be a string of 1 to ${maxIdentifierLength} characters`);
  }
  if (scope !== undefined && !isText(scope))
    throw invalid('scope must be a string, its values separated by spaces');
  if (resource !== undefined && !(Array.isArray(resource) && resource.length > 0 && resource.every(isText)))
    throw invalid('resource must be an array of one or more strings');
  if (jkt !== undefined && !(isText(jkt) && /^[\w-]{43}$/.test(jkt)))
    throw invalid('jkt must be the RFC 7638 thumbprint of a key, 43 characters of base64url');
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function invalid(description: string): OAuthError {
  return new OAuthError('invalid_request', description);
}
