import { base64url, type JWK } from 'jose';
import { concat, der, derInteger, derOid, Tag } from './der.ts';
import { curves, keyOids, octetKeys } from './kinds.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** SPKI of the public part of a key, as PEM (RFC 7468 §13). */
export function toSpkiPem(jwk: JWK): string {
  return pem('PUBLIC KEY', spki(jwk));
}

/** PKCS#8 of a private key, as PEM (RFC 7468 §10); `undefined` where it is none, or of a kind without. */
export function toPkcs8Pem(jwk: JWK): string | undefined {
  if (jwk.d === undefined || jwk.kty === 'AKP') return undefined;
  const version = der(Tag.integer, new Uint8Array(1));
  const key =
    jwk.kty === 'RSA'
      ? rsaPrivateKey(jwk)
      : jwk.kty === 'EC'
        ? ecPrivateKey(jwk)
        : der(Tag.octetString, b(jwk.d));
  return pem('PRIVATE KEY', der(Tag.sequence, version, algorithm(jwk), der(Tag.octetString, key)));
}

function spki(jwk: JWK): Bytes {
  const content =
    jwk.kty === 'RSA'
      ? der(Tag.sequence, derInteger(b(jwk.n)), derInteger(b(jwk.e)))
      : jwk.kty === 'EC'
        ? point(jwk)
        : b(jwk.x ?? (jwk as { pub?: string }).pub);
  return der(Tag.sequence, algorithm(jwk), der(Tag.bitString, new Uint8Array(1), content));
}

function algorithm(jwk: JWK): Bytes {
  if (jwk.kty === 'RSA') return der(Tag.sequence, derOid(keyOids.rsa), der(Tag.null));
  if (jwk.kty === 'EC') {
    const curve = curves.find(({ crv }) => crv === jwk.crv);
    if (curve === undefined) throw new SyntaxError(`no PEM for the curve ${jwk.crv}`);
    return der(Tag.sequence, derOid(keyOids.ec), derOid(curve.oid));
  }
  const kind = octetKeys.find(({ name }) => name === (jwk.kty === 'AKP' ? jwk.alg : jwk.crv));
  if (kind === undefined) throw new SyntaxError(`no PEM for a key of type ${jwk.kty}`);
  return der(Tag.sequence, derOid(kind.oid));
}

function point(jwk: JWK): Bytes {
  return concat([new Uint8Array([4]), b(jwk.x), b(jwk.y)]);
}

function rsaPrivateKey({ n, e, d, p, q, dp, dq, qi }: JWK): Bytes {
  const members = [n, e, d, p, q, dp, dq, qi].map((member) => derInteger(b(member)));
  return der(Tag.sequence, der(Tag.integer, new Uint8Array(1)), ...members);
}

function ecPrivateKey(jwk: JWK): Bytes {
  const publicPart = der(0xa1, der(Tag.bitString, new Uint8Array(1), point(jwk)));
  return der(Tag.sequence, der(Tag.integer, new Uint8Array([1])), der(Tag.octetString, b(jwk.d)), publicPart);
}

function b(member: string | undefined): Bytes {
  return new Uint8Array(base64url.decode(member ?? ''));
}

function pem(label: string, bytes: Bytes): string {
  const text = btoa(String.fromCharCode(...bytes)).replaceAll(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN ${label}-----\n${text}\n-----END ${label}-----\n`;
}
