import { decodeJwt } from 'jose';
import * as z from 'zod/mini';
import { offlineAccess } from '../contract/grants.ts';
import type { TokenAnswer } from '../issue/issue.ts';
import { OAuthError } from '../oauth/errors.ts';
import { readBody } from './body.ts';
import { clientOf } from './client-entry.ts';
import { recordDeeds } from './events.ts';
import { checkMayGrant } from './may-grant.ts';
import type { AdminContext, AdminRequest } from './request.ts';

const request = z.strictObject({ clientId: z.string(), scope: z.optional(z.string()) });
const shape = 'clientId, with an optional scope, its values separated by spaces';

/**
 * `POST /admin/tokens`: an access token in a client's name. It is recorded as an event before it is handed out.
 *
 * @throws {@link OAuthError} `invalid_request`: 404 where there is no such client, 400 where it is disabled or may not have
 *   the scope, or where a refresh token is asked for;
 *   `insufficient_scope` by {@link checkMayGrant}
 * @throws UnavailableError where a table or the token service cannot be reached
 */
export async function issueToken(
  { actor, body, scopes }: AdminRequest,
  context: AdminContext,
): Promise<TokenAnswer> {
  const { clientId, scope } = readBody(body, request, shape);
  if (scope?.split(' ').includes(offlineAccess) === true)
    throw new OAuthError(
      'invalid_request',
      `allowed: scopes but for ${offlineAccess}; no refresh token is issued here`,
    );
  const client = await clientOf(clientId, context);
  checkMayGrant(scope?.split(' ') ?? client.scopes, scopes);
  const answer = await context.issue({
    ...{ action: 'issue', clientId },
    ...(scope !== undefined && { scope }),
  });
  const { jti = '' } = decodeJwt(answer.access_token);
  const target = { kind: 'token', issuer: context.ownIssuer, value: jti };
  const detail = `in the name of ${clientId}, scope ${answer.scope ?? 'none'}`;
  await recordDeeds([{ action: 'token.issued', actor, target, detail }], context);
  return answer;
}
