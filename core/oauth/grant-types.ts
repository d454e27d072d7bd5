/** The `grant_type` values that the token endpoint takes (RFC 6749 §4). */
export const grantTypes = ['client_credentials'] as const;

export type GrantType = (typeof grantTypes)[number];
