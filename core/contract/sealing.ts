/**
 * Members of the KMS encryption context that a sealed private JWK is bound to. IAM names them in conditions, so a
 * role can unseal for its own issuer alone.
 */
export const SealingContext = {
  issuer: 'issuer',
  kid: 'kid',
} as const;
