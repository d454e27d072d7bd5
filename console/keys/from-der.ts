import type { JWK } from 'jose';
import { toBase64url } from '../token/base64url.ts';
import { type DerElement, readDer, readOid, Tag, trimZeros } from './der.ts';
import { curves, keyOids, octetKeys } from './kinds.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** RSAPublicKey (PKCS#1, RFC 8017 §A.1.1). */
export function readRsaPublicKey(bytes: Bytes): JWK {
  const [n, e] = integers(bytes);
  if (n === undefined || e === undefined) throw new SyntaxError('not an RSA public key');
  return { kty: 'RSA', n, e };
}

/** RSAPrivateKey (PKCS#1, RFC 8017 §A.1.2). */
export function readRsaPrivateKey(bytes: Bytes): JWK {
  const [, n, e, d, p, q, dp, dq, qi] = integers(bytes);
  const jwk = { n, e, d, p, q, dp, dq, qi };
  if (Object.values(jwk).some((member) => member === undefined))
    throw new SyntaxError('not an RSA private key');
  return { kty: 'RSA', ...jwk } as JWK;
}

function integers(bytes: Bytes): readonly string[] {
  return sequenceOf(bytes)
    .filter(({ tag }) => tag === Tag.integer)
    .map(({ content }) => toBase64url(trimZeros(content)));
}

/** ECPrivateKey (SEC 1, RFC 5915 §3). */
export function readEcPrivateKey(bytes: Bytes, curveOid?: string): JWK {
  const [, key, ...rest] = sequenceOf(bytes);
  const named = rest.find(({ tag }) => tag === 0xa0);
  const point = rest.find(({ tag }) => tag === 0xa1);
  const oid = curveOid ?? readOid(first(named?.content, 'curve').content);
  const publicPart = point === undefined ? undefined : first(point.content, 'point').content.slice(1);
  if (key === undefined || publicPart === undefined)
    throw new SyntaxError('an EC private key without its public point; convert it with openssl ec');
  return { ...readPoint(publicPart, oid), d: toBase64url(key.content) };
}

/** SubjectPublicKeyInfo (RFC 5280 §4.1.2.7). */
export function readSpki(bytes: Bytes): JWK {
  const [algorithm, key] = sequenceOf(bytes);
  if (algorithm === undefined || key?.tag !== Tag.bitString) throw new SyntaxError('not a public key');
  const { oid, parameter } = readAlgorithm(algorithm);
  const content = key.content.slice(1);
  if (oid === keyOids.rsa || oid === keyOids.rsaPss) return readRsaPublicKey(content);
  if (oid === keyOids.ec) return readPoint(content, parameter ?? '');
  const kind = octetKind(oid);
  if (kind.kty === 'AKP') return { kty: 'AKP', alg: kind.name, pub: toBase64url(content) };
  return { kty: 'OKP', crv: kind.name, x: toBase64url(content) };
}

/**
 * PrivateKeyInfo (PKCS#8, RFC 5958 §2).
 *
 * @returns the key; of an Edwards key without its public part (`x`), which is not in there
 */
export function readPkcs8(bytes: Bytes): JWK {
  const [, algorithm, key] = sequenceOf(bytes);
  if (algorithm === undefined || key?.tag !== Tag.octetString) throw new SyntaxError('not a private key');
  const { oid, parameter } = readAlgorithm(algorithm);
  if (oid === keyOids.rsa || oid === keyOids.rsaPss) return readRsaPrivateKey(key.content);
  if (oid === keyOids.ec) return readEcPrivateKey(key.content, parameter);
  const kind = octetKind(oid);
  if (kind.kty === 'AKP') throw new SyntaxError(`${kind.name} private keys are read as JWK alone`);
  return { kty: 'OKP', crv: kind.name, d: toBase64url(first(key.content, 'key').content) };
}

/** What of a certificate matters here. */
export interface Certificate {
  readonly jwk: JWK;
  readonly whole: Bytes;
}

/** The key of an X.509 certificate (RFC 5280 §4.1). */
export function readCertificate(bytes: Bytes): Certificate {
  const [signed] = sequenceOf(bytes);
  if (signed === undefined) throw new SyntaxError('not a certificate');
  const fields = readDer(signed.content).filter(({ tag }) => tag !== 0xa0);
  const key = fields[5];
  if (key === undefined) throw new SyntaxError('not a certificate');
  return { jwk: readSpki(key.whole), whole: bytes };
}

function readPoint(point: Bytes, oid: string): JWK {
  const curve = curves.find((known) => known.oid === oid);
  if (curve === undefined) throw new SyntaxError(`a curve that is not known: ${oid}`);
  if (point[0] !== 4 || point.length !== 1 + 2 * curve.bytes)
    throw new SyntaxError('a compressed point; only uncompressed ones are read');
  const coordinate = (at: number) => toBase64url(point.slice(at, at + curve.bytes));
  return { kty: 'EC', crv: curve.crv, x: coordinate(1), y: coordinate(1 + curve.bytes) };
}

function readAlgorithm({ content }: DerElement): { readonly oid: string; readonly parameter?: string } {
  const [algorithm, parameter] = readDer(content);
  if (algorithm === undefined) throw new SyntaxError('a key without algorithm');
  return {
    oid: readOid(algorithm.content),
    ...(parameter?.tag === Tag.oid && { parameter: readOid(parameter.content) }),
  };
}

function octetKind(oid: string): (typeof octetKeys)[number] {
  const kind = octetKeys.find((known) => known.oid === oid);
  if (kind === undefined) throw new SyntaxError(`an algorithm that is not known: ${oid}`);
  return kind;
}

function sequenceOf(bytes: Bytes): readonly DerElement[] {
  const [sequence] = readDer(bytes);
  if (sequence?.tag !== Tag.sequence) throw new SyntaxError('not a DER sequence');
  return readDer(sequence.content);
}

function first(content: Bytes | undefined, what: string): DerElement {
  const [element] = content === undefined ? [] : readDer(content);
  if (element === undefined) throw new SyntaxError(`a key without ${what}`);
  return element;
}
