/** The `grant_type` values that the token endpoint takes (RFC 6749 §4.4, §6). */
export const grantTypes = ['client_credentials', 'refresh_token'] as const;
export type GrantType = (typeof grantTypes)[number];

/** The scope that asks for a refresh token (OpenID Connect Core §11). It is never one of an access token. */
export const offlineAccess = 'offline_access';
