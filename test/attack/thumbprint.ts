import { createHash } from 'node:crypto';
import type { JWK } from 'jose';

const members: Readonly<Record<string, readonly string[]>> = {
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
  RSA: ['e', 'kty', 'n'],
};

/** RFC 7638 SHA-256 thumbprint, made without a JOSE library. */
export function calculateThumbprint(jwk: JWK): string {
  const required = (members[jwk.kty ?? ''] ?? []).map((name) => [
    name,
    (jwk as Readonly<Record<string, unknown>>)[name],
  ]);
  return createHash('sha256')
    .update(JSON.stringify(Object.fromEntries(required)))
    .digest('base64url');
}
