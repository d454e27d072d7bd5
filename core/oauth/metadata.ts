import { grantTypes } from '../contract/grants.ts';
import { Routes } from '../contract/routes.ts';
import { proofAlgorithms } from '../sender/dpop.ts';
import { assertionAlgorithms } from './assertion-algorithms.ts';

/** How clients that have something to prove themselves with may do it (RFC 8414 §2, names of the OAuth registry). */
export const clientAuthenticationMethods = [
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
] as const;

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
    introspection_endpoint: issuer + Routes.introspect,
    grant_types_supported: grantTypes,
    response_types_supported: [],
    ...authenticationAt('token', [...clientAuthenticationMethods, 'none']),
    ...authenticationAt('revocation', [...clientAuthenticationMethods, 'none']),
    ...authenticationAt('introspection', clientAuthenticationMethods),
    dpop_signing_alg_values_supported: proofAlgorithms,
    protected_resources: [issuer],
  };
}

function authenticationAt(endpoint: string, methods: readonly string[]): Readonly<Record<string, unknown>> {
  return {
    [`${endpoint}_endpoint_auth_methods_supported`]: methods,
    [`${endpoint}_endpoint_auth_signing_alg_values_supported`]: assertionAlgorithms,
  };
}

/**
 * Protected resource metadata (RFC 9728 §2) of the API that the issuer is served from: a client that knows the API alone
 * finds its authorization server here.
 */
export function protectedResourceMetadata(issuer: string): Readonly<Record<string, unknown>> {
  return {
    resource: issuer,
    authorization_servers: [issuer],
    bearer_methods_supported: ['header'],
    dpop_signing_alg_values_supported: proofAlgorithms,
  };
}
