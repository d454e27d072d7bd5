import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK, type JWK } from 'jose';
import { verificationAlgorithms } from '../../../core/contract/settings.ts';
import { importJwkSet, importSecret } from '../../../core/keys/verification-key.ts';
import { encode, makeKey, type TestKey } from '../issuer.ts';

const rsa = (modulusLength: number, publicExponent = 65_537): JWK =>
  generateKeyPairSync('rsa', { modulusLength, publicExponent }).publicKey.export({ format: 'jwk' }) as JWK;

const keys: Record<string, TestKey> = {};
let rs: JWK;

beforeAll(async () => {
  for (const alg of ['RS256', 'ES256', 'ES384', 'EdDSA']) keys[alg] = await makeKey(alg, alg);
  const { alg: _, use: __, ...bare } = keys.RS256?.publicJwk ?? {};
  rs = bare;
});

/** The algorithm that a key is taken for. */
async function algorithmOf(jwk: JWK, accepted: readonly string[] = ['RS256']): Promise<string | undefined> {
  const found = await importJwkSet({ keys: [jwk] }, accepted);
  return found.get(jwk.kid)?.alg;
}

describe('importJwkSet takes', () => {
  it.each([
    ['alg and use', {}],
    ['no alg, no use', { alg: undefined, use: undefined }],
    ['key_ops verify', { key_ops: ['verify'] }],
    ['members that it does not know', { x5t: 'abc', nbf: 5 }],
  ])('a key with %s', async (_, change) => {
    expect(await algorithmOf({ ...keys.RS256?.publicJwk, ...change } as JWK)).toBe('RS256');
  });

  it.each(['RS256', 'ES256', 'ES384', 'EdDSA'])('a key of %s, whatever else is accepted', async (alg) => {
    const { publicJwk } = keys[alg] ?? {};
    expect(await algorithmOf({ ...publicJwk } as JWK, verificationAlgorithms)).toBe(alg);
  });

  it('an algorithm that the key leaves open, where one accepted algorithm fits', async () => {
    const bare = (alg: string): JWK => ({ ...keys[alg]?.publicJwk, alg: undefined as unknown as string });
    expect(await algorithmOf(bare('ES256'), ['RS256', 'ES256', 'ES384'])).toBe('ES256');
    expect(await algorithmOf(bare('ES384'), ['RS256', 'ES256', 'ES384'])).toBe('ES384');
    expect(await algorithmOf(bare('EdDSA'), ['RS256', 'EdDSA'])).toBe('EdDSA');
    expect(await algorithmOf(rs, ['PS256', 'ES256'])).toBe('PS256');
  });

  it('RSA keys of 2,048 bits and more', async () => {
    expect(await algorithmOf({ ...rsa(3072), kid: 'a' })).toBe('RS256');
  });
});

describe('importJwkSet is done within the time of the authorizer with 150,000 bytes', () => {
  it.each<[string, (index: number) => object]>([
    ['of empty keys', () => ({})],
    ['of good keys', (index) => ({ ...keys.ES256?.publicJwk, kid: String(index) })],
  ])('%s', async (_, make) => {
    const count = Math.floor(150_000 / (JSON.stringify(make(10_000)).length + 1));
    const set = { keys: Array.from({ length: count }, (__, index) => make(index) as JWK) };
    const begun = performance.now();
    await importJwkSet(set, verificationAlgorithms);
    expect(performance.now() - begun).toBeLessThan(5000);
  });
});

describe('importJwkSet leaves out', () => {
  it.each<[string, () => JWK]>([
    ['no kid', () => ({ ...rs, kid: undefined as unknown as string })],
    ['an empty kid', () => ({ ...rs, kid: '' })],
    ['a kid that is a number', () => ({ ...rs, kid: 1 as unknown as string })],
    ['another use', () => ({ ...rs, use: 'enc' })],
    ['other key_ops', () => ({ ...rs, key_ops: ['encrypt'] })],
    ['empty key_ops', () => ({ ...rs, key_ops: [] })],
    ['key_ops that are no array', () => ({ ...rs, key_ops: 5 as unknown as string[] })],
    ['an algorithm that is not accepted', () => ({ ...rs, alg: 'RS384' })],
    ['an algorithm of another key type', () => ({ ...rs, alg: 'ES256' })],
    ['alg none', () => ({ ...rs, alg: 'none' })],
    ['alg of an object’s prototype', () => ({ ...rs, alg: 'constructor' })],
    ['another key type', () => ({ ...keys.ES256?.publicJwk }) as JWK],
    ['1,024 bits', () => ({ ...rsa(1024), kid: 'a' })],
    ['2,040 bits', () => ({ ...rsa(2040), kid: 'a' })],
    ['exponent 3', () => ({ ...rsa(2048, 3), kid: 'a' })],
    ['exponent 65,536', () => ({ ...rs, e: encode(Uint8Array.of(1, 0, 0)) })],
    ['exponent 65,538', () => ({ ...rs, e: encode(Uint8Array.of(1, 0, 2)) })],
    ['exponent 1', () => ({ ...rs, e: encode(Uint8Array.of(1)) })],
    ['no exponent', () => ({ ...rs, e: '' })],
    ['an exponent of 33 bytes', () => ({ ...rs, e: encode(new Uint8Array(33).fill(255)) })],
    ['no modulus', () => ({ ...rs, n: undefined as unknown as string })],
    ['a modulus that is no base64url', () => ({ ...rs, n: '***' })],
    ['a modulus that is a number', () => ({ ...rs, n: 5 as unknown as string })],
  ])('a key with %s', async (_, jwk) => {
    expect(await algorithmOf(jwk())).toBeUndefined();
  });

  it.each(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'priv'])(
    'a key that carries the private member %s',
    async (name) => {
      expect(await algorithmOf({ ...rs, [name]: 'AQAB' } as JWK)).toBeUndefined();
    },
  );

  it('a whole private key', async () => {
    const { privateKey } = await makeKey('ES256', 'a');
    expect(await algorithmOf({ ...(await exportJWK(privateKey)), kid: 'a' }, ['ES256'])).toBeUndefined();
  });

  it('a key whose algorithm stays open between two', async () => {
    expect(await algorithmOf(rs, ['RS256', 'PS256'])).toBeUndefined();
  });

  it('a curve that is not the one of its algorithm', async () => {
    const { x, y } = keys.ES384?.publicJwk ?? {};
    const jwk = { kty: 'EC', kid: 'a', ...(x && { x }), ...(y && { y }) };
    expect(await algorithmOf({ ...jwk, crv: 'P-384', alg: 'ES256' }, ['ES256', 'ES384'])).toBeUndefined();
    expect(await algorithmOf({ ...jwk, crv: 'P-256' }, ['ES256'])).toBeUndefined();
    expect(await algorithmOf({ ...jwk, crv: 'secp256k1' }, ['ES256', 'ES256K'])).toBeUndefined();
  });

  it('a point that is not on its curve', async () => {
    const jwk = { ...keys.ES256?.publicJwk, y: encode(new Uint8Array(32).fill(1)) } as JWK;
    expect(await algorithmOf(jwk, ['ES256'])).toBeUndefined();
  });

  it('a secret, even where HS256 is accepted: a published secret is none', async () => {
    const jwk = { kty: 'oct', kid: 'a', k: encode(new Uint8Array(64)), alg: 'HS256' };
    expect(await algorithmOf(jwk, ['HS256'])).toBeUndefined();
  });

  it('all keys that share a kid, and no other', async () => {
    const set = [rs, { ...rs, use: 'enc' }, { ...rs, kid: 'other' }];
    const found = await importJwkSet({ keys: set }, ['RS256']);
    expect(found.get('RS256')).toBeUndefined();
    expect(found.get('other')?.kid).toBe('other');
    expect(found.get('__proto__')).toBeUndefined();
    expect(found.get(undefined)).toBeUndefined();
  });

  it('a broken key, and keeps the good ones beside it', async () => {
    const broken = [
      { ...rs, kid: 'b', n: '***' },
      { kty: 'RSA', kid: 'c' },
      { ...rs, kid: 'd', key_ops: 5 },
      { kid: 'e' },
    ];
    const found = await importJwkSet({ keys: [...(broken as JWK[]), rs] }, ['RS256']);
    expect(found.get('RS256')?.alg).toBe('RS256');
  });
});

describe('importSecret', () => {
  it.each([
    ['HS256', 32],
    ['HS384', 48],
    ['HS512', 64],
  ])('takes for %s a secret of %d bytes, whatever the kid', async (alg, length) => {
    const found = await importSecret(new Uint8Array(length).fill(7), [alg]);
    expect([found.get('any')?.alg, found.get(undefined)?.alg]).toEqual([alg, alg]);
  });

  it.each([
    ['one byte less', 31, ['HS256']],
    ['HS512 with 32 bytes', 32, ['HS512']],
    ['two algorithms', 64, ['HS256', 'HS512']],
    ['an algorithm that is none of HMAC', 64, ['RS256']],
    ['none', 64, ['none']],
  ])('refuses %s', async (_, length, accepted) => {
    const message =
      `the shared secret has ${length} bytes for ${accepted.join(' or ')}; allowed: one of HS256, HS384, HS512 ` +
      'with at least 32, 48, 64 bytes';
    await expect(importSecret(new Uint8Array(length), accepted)).rejects.toThrow(new TypeError(message));
  });
});
