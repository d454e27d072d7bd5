/** Elliptic curves by their OBJECT IDENTIFIER (RFC 5480 §2.1.1.1), with the bytes of a coordinate. */
export const curves = [
  { crv: 'P-256', oid: '1.2.840.10045.3.1.7', bytes: 32 },
  { crv: 'P-384', oid: '1.3.132.0.34', bytes: 48 },
  { crv: 'P-521', oid: '1.3.132.0.35', bytes: 66 },
  { crv: 'secp256k1', oid: '1.3.132.0.10', bytes: 32 },
] as const;

/** Algorithms of keys by their OBJECT IDENTIFIER (RFC 8017, RFC 5480, RFC 8410, RFC 9881). */
export const keyOids = {
  rsa: '1.2.840.113549.1.1.1',
  rsaPss: '1.2.840.113549.1.1.10',
  ec: '1.2.840.10045.2.1',
} as const;

/** Keys that are octets: Edwards and Montgomery curves (RFC 8410), ML-DSA (RFC 9881). */
export const octetKeys = [
  { kty: 'OKP', name: 'Ed25519', oid: '1.3.101.112' },
  { kty: 'OKP', name: 'Ed448', oid: '1.3.101.113' },
  { kty: 'OKP', name: 'X25519', oid: '1.3.101.110' },
  { kty: 'AKP', name: 'ML-DSA-44', oid: '2.16.840.1.101.3.4.3.17' },
  { kty: 'AKP', name: 'ML-DSA-65', oid: '2.16.840.1.101.3.4.3.18' },
  { kty: 'AKP', name: 'ML-DSA-87', oid: '2.16.840.1.101.3.4.3.19' },
] as const;
