import { offlineAccess } from '../contract/grants.ts';
import type { TokenServiceSettings } from '../contract/settings.ts';
import type { Client } from '../issue/client.ts';
import type { RefreshFamily } from '../refresh/family.ts';
import { OAuthError } from './errors.ts';

/** What a client may have, and what it gets where it asks for nothing. */
export function scopesOf(client: Client): { allowed: readonly string[]; standard: readonly string[] } {
  const mayRefresh = client.grants.includes('refresh_token');
  return {
    allowed: client.scopes.filter((scope) => scope !== offlineAccess || mayRefresh),
    standard: client.scopes.filter((scope) => scope !== offlineAccess),
  };
}

/** Audiences that a client's tokens may have. */
export function audienceOf(client: Client, settings: TokenServiceSettings): readonly string[] {
  return client.audience ?? [settings.audience];
}

/** What a client may still have of what its refresh family was granted: it may have less by now than when that began. */
export function stillGranted(
  family: RefreshFamily,
  client: Client,
  settings: TokenServiceSettings,
): { readonly scopes: readonly string[]; readonly audience: readonly string[] } {
  const audience = audienceOf(client, settings);
  return {
    scopes: family.scopes.filter((scope) => client.scopes.includes(scope)),
    audience: family.audience.filter((uri) => audience.includes(uri)),
  };
}

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
    throw new OAuthError('invalid_target', 'the client is not allowed a token for one of the resources');
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
    throw new OAuthError('invalid_scope', 'the client is not allowed one of the requested scopes');
  return wanted;
}
