/** HTTP routes of the default stack, relative to the issuer. */
export const Routes = {
  token: '/oauth2/token',
  revoke: '/oauth2/revoke',
  introspect: '/oauth2/introspect',
  jwks: '/.well-known/jwks.json',
  openidConfiguration: '/.well-known/openid-configuration',
  oauthAuthorizationServer: '/.well-known/oauth-authorization-server',
  whoami: '/whoami',
  adminRevocations: '/admin/revocations',
} as const;

/** Scopes that the admin API asks for. */
export const AdminScopes = {
  revoke: 'keyturn:revoke',
} as const;
