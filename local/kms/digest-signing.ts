import { constants, createECDH, createHash, privateEncrypt, randomBytes, type KeyObject } from 'node:crypto';

/** A digest to sign. Node signs messages alone, hence this file. */
export interface DigestInput {
  /** `sha256`, `sha384` or `sha512`. */
  readonly hash: string;
  readonly digest: Buffer;
  readonly isPss: boolean;
}

/** Signs a digest with an RSA or EC private key. */
export function signDigest(key: KeyObject, input: DigestInput): Buffer {
  if (key.asymmetricKeyType === 'ec') return signEcdsa(key, input.digest);
  if (!input.isPss) {
    const prefix = Buffer.from(digestInfo[input.hash] ?? '', 'hex');
    const padding = constants.RSA_PKCS1_PADDING;
    return privateEncrypt({ key, padding }, Buffer.concat([prefix, input.digest]));
  }
  const modulusBits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, encodePss(input, modulusBits));
}

/** DER of `DigestInfo` before the digest, RFC 8017 §9.2. */
const digestInfo: Readonly<Record<string, string>> = {
  sha256: '3031300d060960864801650304020105000420',
  sha384: '3041300d060960864801650304020205000430',
  sha512: '3051300d060960864801650304020305000440',
};

/** EMSA-PSS-ENCODE with a salt as long as the digest, RFC 8017 §9.1.1. */
function encodePss({ hash, digest }: DigestInput, modulusBits: number): Buffer {
  const length = modulusBits / 8;
  const salt = randomBytes(digest.length);
  const hashed = createHash(hash)
    .update(Buffer.concat([Buffer.alloc(8), digest, salt]))
    .digest();
  const padding = Buffer.alloc(length - salt.length - hashed.length - 2);
  const block = Buffer.concat([padding, Buffer.from([1]), salt]);
  const mask = generateMask(hash, hashed, block.length);
  const masked = Buffer.from(block.map((byte, index) => byte ^ (mask[index] ?? 0)));
  masked[0] = (masked[0] ?? 0) & 0x7f;
  return Buffer.concat([masked, hashed, Buffer.from([0xbc])]);
}

/** MGF1, RFC 8017 §B.2.1. */
function generateMask(hash: string, seed: Buffer, length: number): Buffer {
  const blocks: Buffer[] = [];
  for (let count = 0; Buffer.concat(blocks).length < length; count += 1) {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(count);
    blocks.push(createHash(hash).update(seed).update(counter).digest());
  }
  return Buffer.concat(blocks).subarray(0, length);
}

interface Curve {
  /** Its name for ECDH. */
  readonly name: string;
  /** The order of its group. */
  readonly order: bigint;
}

const curves: Readonly<Record<string, Curve>> = {
  prime256v1: {
    name: 'prime256v1',
    order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  },
  secp256k1: {
    name: 'secp256k1',
    order: 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n,
  },
  secp384r1: {
    name: 'secp384r1',
    order:
      0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  },
  secp521r1: {
    name: 'secp521r1',
    order:
      0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
  },
};

/** ECDSA over a digest, FIPS 186-5 §6.4.1. For this machine: BigInt arithmetic takes no constant time. */
function signEcdsa(key: KeyObject, digest: Buffer): Buffer {
  const curve = curves[key.asymmetricKeyDetails?.namedCurve ?? ''];
  const { d = '' } = key.export({ format: 'jwk' });
  if (curve === undefined) throw new Error('an EC key of a curve without signing algorithm');
  const { name, order } = curve;
  const secret = numberFrom(Buffer.from(d, 'base64url'));
  const ephemeral = createECDH(name);
  const point = ephemeral.generateKeys();
  const r = numberFrom(point.subarray(1, 1 + (point.length - 1) / 2)) % order;
  const nonce = numberFrom(ephemeral.getPrivateKey());
  const s = (inverse(nonce, order) * (leftmost(digest, order) + r * secret)) % order;
  return r === 0n || s === 0n ? signEcdsa(key, digest) : derSequence([r, s]);
}

/** As many bits of the digest as the group's order has. */
function leftmost(digest: Buffer, order: bigint): bigint {
  const excess = digest.length * 8 - order.toString(2).length;
  const number = numberFrom(digest);
  return excess > 0 ? number >> BigInt(excess) : number;
}

/** The inverse modulo a prime, by the extended Euclidean algorithm. */
function inverse(value: bigint, prime: bigint): bigint {
  let [previous, current] = [value % prime, prime];
  let [factor, next] = [1n, 0n];
  while (current > 0n) {
    const quotient = previous / current;
    [previous, current] = [current, previous - quotient * current];
    [factor, next] = [next, factor - quotient * next];
  }
  return ((factor % prime) + prime) % prime;
}

function numberFrom(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex')}`);
}

function derSequence(numbers: readonly bigint[]): Buffer {
  const content = Buffer.concat(numbers.map(derInteger));
  const head = content.length < 128 ? [0x30, content.length] : [0x30, 0x81, content.length];
  return Buffer.concat([Buffer.from(head), content]);
}

function derInteger(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  const content = (bytes[0] ?? 0) < 0x80 ? bytes : Buffer.concat([Buffer.alloc(1), bytes]);
  return Buffer.concat([Buffer.from([2, content.length]), content]);
}
