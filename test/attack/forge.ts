/** Makes keys and signs whatever it is asked to sign, with `node:crypto` alone: no JOSE library's scruples apply. */
import {
  constants,
  createHash,
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign,
} from 'node:crypto';
import type { JWK } from 'jose';
import { canary } from '../canary.ts';

/** One signing key of the attacked issuers, or of the attacker. */
export interface ForgedKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: KeyObject;
  /** Public members, `kid` and `alg`. */
  readonly publicJwk: JWK;
}

/** Bytes of a segment: an object becomes JSON, text and bytes stay as they are. */
export type Content = string | Uint8Array | Readonly<Record<string, unknown>>;

const hashes: Readonly<Record<string, string>> = { '256': 'sha256', '384': 'sha384', '512': 'sha512' };
const curves: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };

export function base64url(content: Content): string {
  if (typeof content === 'string' || content instanceof Uint8Array)
    return Buffer.from(content).toString('base64url');
  return Buffer.from(JSON.stringify(content)).toString('base64url');
}

/** A new key pair for a JWS algorithm. */
export function forgeKey(alg: string, kid: string, modulusLength = 2048): ForgedKey {
  return namedKey(alg, kid, privateKeyFor(alg, modulusLength));
}

/** The same private key under another name or algorithm. */
export function namedKey(alg: string, kid: string, privateKey: KeyObject): ForgedKey {
  const publicJwk = {
    ...(createPublicKey(privateKey).export({ format: 'jwk' }) as JWK),
    kid,
    alg,
    use: 'sig',
  };
  const key = { kid, alg, privateKey, publicJwk };
  secretsOf(key).forEach(canary);
  return key;
}

function privateKeyFor(alg: string, modulusLength: number): KeyObject {
  if (alg.startsWith('Ed')) return generateKeyPairSync('ed25519').privateKey;
  const namedCurve = curves[alg];
  if (namedCurve !== undefined) return generateKeyPairSync('ec', { namedCurve }).privateKey;
  return generateKeyPairSync('rsa', { modulusLength }).privateKey;
}

/** The signature that `alg` makes of the signing input. */
export function signatureOf(alg: string, input: string, key: KeyObject): Buffer {
  const data = Buffer.from(input);
  if (alg.startsWith('Ed')) return sign(null, data, key);
  const hash = hashes[alg.slice(2)] ?? 'sha256';
  if (alg.startsWith('ES')) return sign(hash, data, { key, dsaEncoding: 'ieee-p1363' });
  if (alg.startsWith('PS')) {
    return sign(hash, data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: hashLength(hash) });
  }
  return sign(hash, data, key);
}

function hashLength(hash: string): number {
  return createHash(hash).digest().length;
}

/** A compact JWS over any two segments, signed as `key` signs unless said otherwise. */
export function compact(header: Content, payload: Content, key: ForgedKey, alg = key.alg): string {
  const input = `${base64url(header)}.${base64url(payload)}`;
  return `${input}.${base64url(signatureOf(alg, input, key.privateKey))}`;
}

/** A compact JWS whose MAC is made with any bytes as secret. */
export function macced(
  header: Content,
  payload: Content,
  secret: Uint8Array | string,
  alg = 'HS256',
): string {
  const input = `${base64url(header)}.${base64url(payload)}`;
  return `${input}.${createHmac(hashes[alg.slice(2)] ?? 'sha256', secret)
    .update(input)
    .digest('base64url')}`;
}

/** The three segments of a compact JWS. */
export function segmentsOf(token: string): readonly [string, string, string] {
  const [header = '', payload = '', signature = ''] = token.split('.');
  return [header, payload, signature];
}

/** The same token with another signature. */
export function withSignature(token: string, signature: string | Uint8Array): string {
  const [header, payload] = segmentsOf(token);
  return `${header}.${payload}.${typeof signature === 'string' ? signature : base64url(signature)}`;
}

/** Everything that must never be seen outside: private members of a key, and its PEM. */
export function secretsOf({ privateKey }: ForgedKey): readonly string[] {
  const jwk = privateKey.export({ format: 'jwk' }) as Readonly<Record<string, unknown>>;
  const members = ['d', 'p', 'q', 'dp', 'dq', 'qi'].flatMap((name) =>
    typeof jwk[name] === 'string' ? [jwk[name]] : [],
  );
  return [...members, privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()];
}

/** A DPoP proof (RFC 9449 §4.2) with any header and claims. */
export function proof(
  key: ForgedKey,
  claims: Readonly<Record<string, unknown>>,
  header: object = {},
): string {
  const { kid: _kid, alg: _alg, use: _use, ...jwk } = key.publicJwk;
  return compact({ typ: 'dpop+jwt', alg: key.alg, jwk, ...header }, { jti: randomUUID(), ...claims }, key);
}

/** `ath`: SHA-256 of the access token (RFC 9449 §4.2). */
export function accessTokenHash(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
