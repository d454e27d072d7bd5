import { Routes } from '../contract/routes.ts';
import { grantTypes } from './grant-types.ts';

/** How clients may authenticate (RFC 8414 §2, names of the OAuth registry). */
export const clientAuthenticationMethods = ['client_secret_basic', 'client_secret_post'] as const;

/**
 * Authorization server metadata (RFC 8414 §2), listing exactly what is on. The same document stands at the OpenID
 * Connect discovery path, because that is where AWS's verifiers look for `jwks_uri`.
 */
export function authorizationServerMetadata(issuer: string): Readonly<Record<string, unknown>> {
  return {
    issuer,
    token_endpoint: issuer + Routes.token,
    jwks_uri: issuer + Routes.jwks,
    revocation_endpoint: issuer + Routes.revoke,
    grant_types_supported: grantTypes,
    response_types_supported: [],
    token_endpoint_auth_methods_supported: clientAuthenticationMethods,
    revocation_endpoint_auth_methods_supported: clientAuthenticationMethods,
  };
}
