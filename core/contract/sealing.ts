/**
 * Members of the KMS encryption context that a sealed private JWK is bound to. IAM names them in conditions, so a
 * role can unseal for its own issuer alone.
 */
export const SealingContext = {
  issuer: 'issuer',
  kid: 'kid',
} as const;

/** Tag of the keys that key-rotation makes in KMS; its value is the issuer. IAM names it in conditions. */
export const signingKeyTag = 'keyturn:issuer';
