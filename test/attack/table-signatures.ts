/** Signatures that hold for nothing, or for something else. */
import { constants, createHash, generateKeyPairSync, privateEncrypt, sign as signBytes } from 'node:crypto';
import { type AttackCase, type Forge, sent } from './case.ts';
import { base64url, compact, type ForgedKey, segmentsOf, signatureOf, withSignature } from './forge.ts';
import { type AttackKeys, foreign, now } from './world.ts';

const orderOfP256 = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');
const orderOfEd25519 = (1n << 252n) + 27742317777372353535851937790883648493n;

const toBytes = (value: bigint, length: number) =>
  Buffer.from(value.toString(16).padStart(length * 2, '0'), 'hex');
const toBigInt = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
const rs = (r: bigint, s: bigint) => Buffer.concat([toBytes(r, 32), toBytes(s, 32)]);

/** Replaces the signature bytes of a good token. */
function resigned(
  title: string,
  key: keyof AttackKeys,
  change: (signature: Buffer, forge: Forge) => Uint8Array,
): AttackCase {
  return sent(title, 'signature_invalid', (forge) => {
    const token = forge.token({ key: forge.keys[key] });
    return withSignature(token, change(Buffer.from(segmentsOf(token)[2], 'base64url'), forge));
  });
}

const general: readonly AttackCase[] = (['ownRs', 'ownPs', 'ownEs', 'ownEd'] as const).flatMap((key) => [
  resigned(`${key}: an empty signature`, key, () => new Uint8Array()),
  resigned(`${key}: one zero byte`, key, () => new Uint8Array(1)),
  resigned(`${key}: all zero`, key, (good) => new Uint8Array(good.length)),
  resigned(`${key}: all ones`, key, (good) => new Uint8Array(good.length).fill(255)),
  resigned(`${key}: the last byte cut off`, key, (good) => good.subarray(0, -1)),
  resigned(`${key}: the first byte cut off`, key, (good) => good.subarray(1)),
  resigned(`${key}: a zero byte before`, key, (good) => Buffer.concat([Buffer.alloc(1), good])),
  resigned(`${key}: a zero byte after`, key, (good) => Buffer.concat([good, Buffer.alloc(1)])),
  resigned(`${key}: twice`, key, (good) => Buffer.concat([good, good])),
  resigned(`${key}: one bit flipped`, key, (good) =>
    good.map((byte, index) => (index === 9 ? byte ^ 1 : byte)),
  ),
  resigned(`${key}: bytes in reverse`, key, (good) => Buffer.from(good).reverse()),
  sent(`${key}: the signature of another good token`, 'signature_invalid', (forge) => {
    const other = segmentsOf(forge.token({ key: forge.keys[key] }))[2];
    return withSignature(forge.token({ key: forge.keys[key], claims: { sub: 'eve' } }), other);
  }),
  sent(`${key}: claims changed after signing`, 'signature_invalid', (forge) => {
    const [header, , signature] = segmentsOf(forge.token({ key: forge.keys[key] }));
    return `${header}.${base64url(forge.claims({ sub: 'admin' }))}.${signature}`;
  }),
  sent(`${key}: header changed after signing`, 'signature_invalid', (forge) => {
    const [, payload, signature] = segmentsOf(forge.token({ key: forge.keys[key] }));
    return `${base64url({ ...forge.header({ key: forge.keys[key] }), x: 1 })}.${payload}.${signature}`;
  }),
  sent(`${key}: signs the payload alone`, 'signature_invalid', (forge) => {
    const token = forge.token({ key: forge.keys[key] });
    return withSignature(token, signed(forge.keys[key], segmentsOf(token)[1]));
  }),
  sent(`${key}: signs the decoded segments`, 'signature_invalid', (forge) => {
    const [header, payload] = [forge.header({ key: forge.keys[key] }), forge.claims()];
    const text = `${JSON.stringify(header)}.${JSON.stringify(payload)}`;
    return withSignature(compact(header, payload, forge.keys[key]), signed(forge.keys[key], text));
  }),
]);

function signed(key: ForgedKey, input: string): Uint8Array {
  return signatureOf(key.alg, input, key.privateKey);
}

/** CVE-2022-21449 and its kin: r or s out of [1, n-1]; and the DER spelling. */
const ecdsa: readonly AttackCase[] = [
  resigned('ES256: r = 0', 'ownEs', (good) => rs(0n, toBigInt(good.subarray(32)))),
  resigned('ES256: s = 0', 'ownEs', (good) => rs(toBigInt(good.subarray(0, 32)), 0n)),
  resigned('ES256: r = n, s = n', 'ownEs', () => rs(orderOfP256, orderOfP256)),
  resigned('ES256: r = 1, s = 1', 'ownEs', () => rs(1n, 1n)),
  resigned('ES256: r = n, s good', 'ownEs', (good) => rs(orderOfP256, toBigInt(good.subarray(32)))),
  resigned('ES256: r = n - 1, s = n - 1', 'ownEs', () => rs(orderOfP256 - 1n, orderOfP256 - 1n)),
  resigned('ES256: r and s swapped', 'ownEs', (good) =>
    Buffer.concat([good.subarray(32), good.subarray(0, 32)]),
  ),
  resigned('ES256: DER in place of r ‖ s', 'ownEs', (good) => {
    const integer = (bytes: Uint8Array) => Buffer.concat([Buffer.from([2, bytes.length + 1, 0]), bytes]);
    const body = Buffer.concat([integer(good.subarray(0, 32)), integer(good.subarray(32))]);
    return Buffer.concat([Buffer.from([0x30, body.length]), body]);
  }),
  resigned('ES256: r ‖ s of ES512 length', 'ownEs', (good) =>
    Buffer.concat([Buffer.alloc(34), good.subarray(0, 32), Buffer.alloc(34), good.subarray(32)]),
  ),
  sent('ES256: s replaced by n - s, which signs the same', 'allow', (forge) =>
    malleated(forge.token({ key: forge.keys.ownEs })),
  ),
  sent('ES256: a revoked token with s replaced by n - s', 'token_revoked', (forge) =>
    malleated(forge.token({ key: forge.keys.ownEs, claims: { jti: 'revoked-token' } })),
  ),
];

/** One signed token has two ECDSA signatures. */
export function malleated(token: string): string {
  const signature = Buffer.from(segmentsOf(token)[2], 'base64url');
  const s = toBigInt(signature.subarray(32));
  return withSignature(token, rs(toBigInt(signature.subarray(0, 32)), orderOfP256 - s));
}

/** RFC 8032 §5.1.7: S below the order; points of small order sign anything for a careless verifier. */
const eddsa: readonly AttackCase[] = [
  resigned('EdDSA: S + L', 'ownEd', (good) => {
    const s = toBigInt(Buffer.from(good.subarray(32)).reverse()) + orderOfEd25519;
    return Buffer.concat([good.subarray(0, 32), toBytes(s, 32).reverse()]);
  }),
  resigned('EdDSA: R the neutral point, S = 0', 'ownEd', () =>
    Buffer.concat([Buffer.from([1]), Buffer.alloc(63)]),
  ),
  resigned('EdDSA: R of order 8, S = 0', 'ownEd', () =>
    Buffer.concat([
      Buffer.from('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05', 'hex'),
      Buffer.alloc(32),
    ]),
  ),
];

/** RFC 8017 §8.2.2: the whole encoded message counts, not a prefix or a suffix of it. */
const rsa: readonly AttackCase[] = [
  resigned('RS256: signature 1', 'ownRs', () => toBytes(1n, 256)),
  resigned('RS256: the hash without its DigestInfo', 'ownRs', (_, forge) =>
    privateEncrypt(
      { key: forge.keys.ownRs.privateKey, padding: constants.RSA_PKCS1_PADDING },
      Buffer.alloc(32, 7),
    ),
  ),
  sent('RS256: the right hash without its DigestInfo', 'signature_invalid', (forge) => {
    const token = forge.token();
    const hash = createHash('sha256').update(segmentsOf(token).slice(0, 2).join('.')).digest();
    return withSignature(
      token,
      privateEncrypt({ key: forge.keys.ownRs.privateKey, padding: constants.RSA_PKCS1_PADDING }, hash),
    );
  }),
  resigned('RS256: the modulus added', 'ownRs', (good, forge) => {
    const modulus = toBigInt(Buffer.from(forge.keys.ownRs.publicJwk.n ?? '', 'base64url'));
    return toBytes(toBigInt(good) + modulus, 257);
  }),
  sent('PS256: its leading zero byte left out', 'signature_invalid', (forge) =>
    leadingZeroLeftOut(forge, 'ownPs'),
  ),
  sent('RS256: its leading zero byte left out', 'signature_invalid', (forge) =>
    leadingZeroLeftOut(forge, 'ownRs'),
  ),
  sent('PS256: a salt of 20 bytes in place of 32 (RFC 7518 §3.5)', 'signature_invalid', (forge) => {
    const token = forge.token({ key: forge.keys.ownPs });
    const signed = Buffer.from(segmentsOf(token).slice(0, 2).join('.'));
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    const key = { key: forge.keys.ownPs.privateKey, padding, saltLength: 20 };
    return withSignature(token, signBytes('sha256', signed, key));
  }),
  resigned('PS256: some bits flipped', 'ownPs', (good) => good.map((byte) => byte ^ 0x55)),
];

/** RFC 8017 §8.1.2: a signature has the length of the modulus. One in 256 starts with a zero byte. */
function leadingZeroLeftOut(forge: Forge, key: 'ownPs' | 'ownRs'): string {
  for (;;) {
    const token = forge.token({ key: forge.keys[key] });
    const signature = Buffer.from(segmentsOf(token)[2], 'base64url');
    if (signature[0] === 0) return withSignature(token, signature.subarray(1));
  }
}

const otherKeys: readonly AttackCase[] = [
  sent("our RS256 kid, an attacker's key", 'signature_invalid', (forge) =>
    forge.token({ key: forge.keys.attackerRs }),
  ),
  sent("our ES256 kid, an attacker's key", 'signature_invalid', (forge) =>
    forge.token({ key: forge.keys.attackerEs }),
  ),
  sent('our iss under a foreign key of the same kid', 'signature_invalid', (forge) =>
    forge.token({ key: forge.keys.foreignShared }),
  ),
  sent('a foreign iss under our key of the same kid', 'signature_invalid', (forge) =>
    forge.token({ key: forge.keys.ownShared, claims: { iss: foreign } }),
  ),
  sent('a key made a moment ago', 'signature_invalid', (forge) => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return forge.token({ key: { ...forge.keys.ownEs, privateKey } });
  }),
  sent('tampered and expired: the signature speaks first', 'signature_invalid', (forge) =>
    withSignature(forge.token({ claims: { exp: now - 999, iat: now - 1999 } }), 'AAAA'),
  ),
  sent('tampered, of a revoked token: the signature speaks first', 'signature_invalid', (forge) =>
    withSignature(forge.token({ claims: { jti: 'revoked-token' } }), 'AAAA'),
  ),
  sent('tampered, of the wrong audience: the signature speaks first', 'signature_invalid', (forge) =>
    withSignature(forge.token({ claims: { aud: 'other' } }), 'AAAA'),
  ),
];

export const signatures = [...general, ...ecdsa, ...eddsa, ...rsa, ...otherKeys] as const;
