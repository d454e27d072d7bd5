import { base64url, exportJWK, importPKCS8, type JWK, type JSONWebKeySet } from 'jose';
import { toBase64url, utf8 } from '../token/base64url.ts';
import {
  readCertificate,
  readEcPrivateKey,
  readPkcs8,
  readRsaPrivateKey,
  readRsaPublicKey,
  readSpki,
} from './from-der.ts';

/** How the text of a shared secret stands for bytes. */
export type SecretEncoding = 'utf-8' | 'base64url' | 'hex';

/** What a pasted key turned out to be. */
export interface ReadKey {
  /** What it is, in words: `SPKI public key (PEM)`. */
  readonly format: string;
  /** One key or more; empty where nothing was pasted. */
  readonly jwks: readonly JWK[];
  readonly isSet: boolean;
  /** DER of a certificate. */
  readonly certificate?: Uint8Array<ArrayBuffer>;
  /** Why it cannot be read. */
  readonly fault?: string;
}

const nothing: ReadKey = { format: '', jwks: [], isSet: false };

/** Reads a key of any format: PEM (SPKI, PKCS#1, PKCS#8, SEC 1, X.509), JWK, JWK Set, or else a shared secret. */
export async function readKey(text: string, encoding: SecretEncoding): Promise<ReadKey> {
  const trimmed = text.trim();
  if (trimmed === '') return nothing;
  if (trimmed.startsWith('{') || trimmed.startsWith('[')) return readJson(trimmed);
  if (trimmed.includes('-----BEGIN')) return readPem(trimmed);
  return readSecret(text, encoding);
}

function readJson(text: string): ReadKey {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ...nothing, format: 'JWK', fault: `not JSON yet: ${(error as Error).message}` };
  }
  const keys = Array.isArray(value) ? value : (value as Partial<JSONWebKeySet>).keys;
  if (Array.isArray(keys)) {
    const jwks = keys.filter(isJwk);
    return { format: `JWK Set, ${jwks.length} ${jwks.length === 1 ? 'key' : 'keys'}`, jwks, isSet: true };
  }
  if (!isJwk(value)) return { ...nothing, format: 'JWK', fault: 'JSON, but no JWK: it has no kty' };
  return { format: `JWK, ${isPrivate(value) ? 'private' : 'public'} key`, jwks: [value], isSet: false };
}

function isJwk(value: unknown): value is JWK {
  return typeof value === 'object' && value !== null && typeof (value as JWK).kty === 'string';
}

/** Whether a key can sign. */
export function isPrivate(jwk: JWK): boolean {
  return jwk.kty === 'oct' || jwk.d !== undefined || (jwk as { priv?: unknown }).priv !== undefined;
}

const pemPattern = /-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \1-----/;

async function readPem(text: string): Promise<ReadKey> {
  const [whole, label = '', content = ''] = pemPattern.exec(text) ?? [];
  if (whole === undefined)
    return { ...nothing, format: 'PEM', fault: 'PEM that is cut off: no END line yet' };
  try {
    const bytes = Uint8Array.from(atob(content.replaceAll(/\s/g, '')), (character) =>
      character.charCodeAt(0),
    );
    return await readLabelled(label, bytes, whole);
  } catch (error) {
    return { ...nothing, format: label, fault: `cannot be read: ${(error as Error).message}` };
  }
}

async function readLabelled(label: string, bytes: Uint8Array<ArrayBuffer>, pem: string): Promise<ReadKey> {
  const one = (format: string, jwk: JWK) => ({ format, jwks: [jwk], isSet: false });
  switch (label) {
    case 'PUBLIC KEY':
      return one('SPKI public key (PEM)', readSpki(bytes));
    case 'RSA PUBLIC KEY':
      return one('PKCS#1 public key (PEM)', readRsaPublicKey(bytes));
    case 'RSA PRIVATE KEY':
      return one('PKCS#1 private key (PEM)', readRsaPrivateKey(bytes));
    case 'EC PRIVATE KEY':
      return one('SEC 1 private key (PEM)', readEcPrivateKey(bytes));
    case 'PRIVATE KEY':
      return one('PKCS#8 private key (PEM)', await withPublicPart(readPkcs8(bytes), pem));
    case 'CERTIFICATE': {
      const { jwk, whole } = readCertificate(bytes);
      return { ...one('X.509 certificate (PEM)', jwk), certificate: whole };
    }
    default:
      throw new SyntaxError(
        `BEGIN ${label}; allowed: PUBLIC KEY, PRIVATE KEY, RSA or EC keys and CERTIFICATE, not encrypted`,
      );
  }
}

/** PKCS#8 of an Edwards key names its private half alone; the browser works out the other. */
async function withPublicPart(jwk: JWK, pem: string): Promise<JWK> {
  if (jwk.kty !== 'OKP') return jwk;
  return exportJWK(await importPKCS8(pem, 'EdDSA', { extractable: true }));
}

function readSecret(text: string, encoding: SecretEncoding): ReadKey {
  const bytes = secretBytes(text, encoding);
  if (bytes === undefined) {
    const allowed = encoding === 'hex' ? 'pairs of 0–9 and a–f' : 'A–Z, a–z, 0–9, - and _';
    return { ...nothing, format: 'Shared secret', fault: `not ${encoding}; allowed: ${allowed}` };
  }
  return {
    format: `Shared secret, ${bytes.length} bytes`,
    jwks: [{ kty: 'oct', k: toBase64url(bytes) }],
    isSet: false,
  };
}

function secretBytes(text: string, encoding: SecretEncoding): Uint8Array | undefined {
  if (encoding === 'utf-8') return utf8(text);
  const trimmed = text.trim();
  if (encoding === 'base64url')
    return /^[A-Za-z0-9_-]+={0,2}$/.test(trimmed) ? base64url.decode(trimmed) : undefined;
  if (!/^(?:[0-9a-f]{2})+$/i.test(trimmed)) return undefined;
  return Uint8Array.from(trimmed.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
