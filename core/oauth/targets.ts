import { OAuthError } from './errors.ts';

/**
 * The audience that a request asks for (RFC 8707 §2): of those that it may have, the ones that `resource` names.
 *
 * @param resource from the form: absolute URIs without fragment, separated by spaces. Default: all that it may have
 * @throws {@link OAuthError} `invalid_target`
 */
export function targetAudience(resource: string | undefined, allowed: readonly string[]): readonly string[] {
  if (resource === undefined) return allowed;
  const wanted = [...new Set(resource.split(' '))];
  if (!wanted.every((uri) => URL.canParse(uri) && !uri.includes('#')))
    throw new OAuthError('invalid_target', 'resource must be an absolute URI without a fragment');
  if (!wanted.every((uri) => allowed.includes(uri)))
    throw new OAuthError('invalid_target', 'the client may not have a token for one of the resources');
  return wanted;
}

/**
 * The scopes that a request asks for, of those that it may have (RFC 6749 §3.3).
 *
 * @param scope separated by spaces. Default: `standard`
 * @throws {@link OAuthError} `invalid_scope`
 */
export function targetScopes(
  scope: string | undefined,
  { allowed, standard }: { readonly allowed: readonly string[]; readonly standard: readonly string[] },
): readonly string[] {
  if (scope === undefined) return standard;
  const wanted = [...new Set(scope.split(' ').filter((value) => value !== ''))];
  if (!wanted.every((value) => allowed.includes(value)))
    throw new OAuthError('invalid_scope', 'the client may not have one of the scopes that it asks for');
  return wanted;
}
