import { constants, createPublicKey, verify, type KeyObject } from 'node:crypto';
import { isObject, type JsonObject } from '../json.ts';

/** A compact JWS taken apart; nothing in it is to be believed before its signature held. */
export interface UnverifiedToken {
  readonly header: JsonObject;
  readonly claims: JsonObject;
  /** What the signature is over. */
  readonly signed: Buffer;
  readonly signature: Buffer;
}

interface Algorithm {
  readonly kty: 'RSA' | 'EC';
  readonly hash: string;
  readonly crv?: string;
  readonly pss?: boolean;
}

/** Signature algorithms of RFC 7518, section 3.1, with asymmetric keys. */
const algorithms: Readonly<Record<string, Algorithm>> = {
  RS256: { kty: 'RSA', hash: 'sha256' },
  RS384: { kty: 'RSA', hash: 'sha384' },
  RS512: { kty: 'RSA', hash: 'sha512' },
  PS256: { kty: 'RSA', hash: 'sha256', pss: true },
  PS384: { kty: 'RSA', hash: 'sha384', pss: true },
  PS512: { kty: 'RSA', hash: 'sha512', pss: true },
  ES256: { kty: 'EC', hash: 'sha256', crv: 'P-256' },
  ES384: { kty: 'EC', hash: 'sha384', crv: 'P-384' },
  ES512: { kty: 'EC', hash: 'sha512', crv: 'P-521' },
};

/** Takes a token apart, or gives undefined when it is no compact JWS with JSON objects in it (RFC 7515, section 5.2). */
export function takeApart(token: string): UnverifiedToken | undefined {
  const parts = token.split('.');
  const [head = '', body = '', signature = ''] = parts;
  if (parts.length !== 3 || !parts.every((part) => /^[\w-]+$/.test(part))) return undefined;
  const header = jsonOf(head);
  const claims = jsonOf(body);
  if (header === undefined || claims === undefined) return undefined;
  return {
    header,
    claims,
    signed: Buffer.from(`${head}.${body}`),
    signature: Buffer.from(signature, 'base64url'),
  };
}

/** Whether a JWK's type, curve and use fit an algorithm, and its signature over the token holds. */
export function signatureHolds(token: UnverifiedToken, jwk: JsonObject, algorithmName: string): boolean {
  const algorithm = Object.hasOwn(algorithms, algorithmName) ? algorithms[algorithmName] : undefined;
  if (algorithm === undefined || !fits(jwk, algorithm, algorithmName)) return false;
  try {
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    return verify(algorithm.hash, token.signed, keyInput(key, algorithm), token.signature);
  } catch {
    return false;
  }
}

function fits(jwk: JsonObject, { kty, crv }: Algorithm, name: string): boolean {
  const use = jwk['use'] ?? 'sig';
  const alg = jwk['alg'] ?? name;
  return jwk['kty'] === kty && use === 'sig' && alg === name && (crv === undefined || jwk['crv'] === crv);
}

function keyInput(key: KeyObject, { kty, pss }: Algorithm) {
  if (kty === 'EC') return { key, dsaEncoding: 'ieee-p1363' as const };
  if (pss !== true) return { key };
  return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
}

function jsonOf(part: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
