import { AdminScopes } from '../contract/routes.ts';
import { OAuthError } from '../oauth/errors.ts';
import type { AdminRequest } from './request.ts';

/**
 * Nobody hands on more of the admin API than it may do itself: not in a token, and not by a client that it registers, changes
 * or gets a secret of. Scopes of your own APIs are no matter of this.
 *
 * @param scopes what is handed on
 * @param held the caller's; undefined where IAM has decided
 * @throws {@link OAuthError} `insufficient_scope` (403), with the scopes that are missing
 */
export function checkMayGrant(scopes: readonly string[], held: AdminRequest['scopes']): void {
  if (held === undefined) return;
  const missing = Object.values(AdminScopes).filter(
    (scope) => scopes.includes(scope) && !held.includes(scope),
  );
  if (missing.length === 0) return;
  throw new OAuthError(
    'insufficient_scope',
    `your token lacks ${missing.join(' ')}, so you may not pass it on; allowed: admin API scopes that your token has, and any other scopes`,
  );
}
