/** HTTP routes of the default stack, relative to the issuer. */
export const Routes = {
  token: '/oauth2/token',
  revoke: '/oauth2/revoke',
  introspect: '/oauth2/introspect',
  jwks: '/.well-known/jwks.json',
  openidConfiguration: '/.well-known/openid-configuration',
  oauthAuthorizationServer: '/.well-known/oauth-authorization-server',
  oauthProtectedResource: '/.well-known/oauth-protected-resource',
  whoami: '/whoami',
  console: '/console',
} as const;

/** Scopes that the admin API asks for. */
export const AdminScopes = {
  /** See everything but secrets and tokens: neither is kept. */
  read: 'keyturn:read',
  /** Revoke, and undo it. */
  revoke: 'keyturn:revoke',
  /** Register and change clients. */
  clients: 'keyturn:clients',
  /** Rotate signing keys, and take compromised ones out of use. */
  keys: 'keyturn:keys',
  /** Issue access tokens in a client's name. */
  issue: 'keyturn:issue',
} as const;

/** One route of the admin API, and the scope that it asks for. */
export interface AdminRoute {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Without path parameters: what is named goes into query or body, where no encoding changes it. */
  readonly path: string;
  readonly scope: (typeof AdminScopes)[keyof typeof AdminScopes];
}

/** The admin API: what the stack routes, what the authorizer asks for, and what `core/admin` answers. See docs/admin-api.md. */
export const AdminRoutes = {
  overview: { method: 'GET', path: '/admin/overview', scope: AdminScopes.read },
  listRevocations: { method: 'GET', path: '/admin/revocations', scope: AdminScopes.read },
  revoke: { method: 'POST', path: '/admin/revocations', scope: AdminScopes.revoke },
  revokeMany: { method: 'POST', path: '/admin/revocations/bulk', scope: AdminScopes.revoke },
  unrevoke: { method: 'POST', path: '/admin/revocations/undo', scope: AdminScopes.revoke },
  listTokens: { method: 'GET', path: '/admin/tokens', scope: AdminScopes.read },
  issueToken: { method: 'POST', path: '/admin/tokens', scope: AdminScopes.issue },
  listClients: { method: 'GET', path: '/admin/clients', scope: AdminScopes.read },
  registerClient: { method: 'POST', path: '/admin/clients', scope: AdminScopes.clients },
  changeClient: { method: 'POST', path: '/admin/clients/change', scope: AdminScopes.clients },
  deleteClient: { method: 'DELETE', path: '/admin/clients', scope: AdminScopes.clients },
  addSecret: { method: 'POST', path: '/admin/clients/secrets', scope: AdminScopes.clients },
  removeSecret: { method: 'DELETE', path: '/admin/clients/secrets', scope: AdminScopes.clients },
  listKeys: { method: 'GET', path: '/admin/keys', scope: AdminScopes.read },
  rotateKeys: { method: 'POST', path: '/admin/keys/rotate', scope: AdminScopes.keys },
  compromiseKey: { method: 'POST', path: '/admin/keys/compromise', scope: AdminScopes.keys },
  listEvents: { method: 'GET', path: '/admin/events', scope: AdminScopes.read },
  explain: { method: 'POST', path: '/admin/explain', scope: AdminScopes.read },
} as const satisfies Readonly<Record<string, AdminRoute>>;

export type AdminRouteName = keyof typeof AdminRoutes;

/** API Gateway's key of an admin route: `POST /admin/revocations`. */
export function adminRouteKey({ method, path }: AdminRoute): string {
  return `${method} ${path}`;
}
