import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { toDer } from '../../adapters/crypto/ecdsa-der.ts';
import { nodeVerifier } from '../../adapters/crypto/node-verifier.ts';
import { parseUnverified } from '../../core/jws/parse.ts';
import {
  importSecret,
  importVerificationKey,
  type VerificationKey,
} from '../../core/keys/verification-key.ts';
import { verifyWithJose } from '../../core/verify/signature.ts';
import { compact, type ForgedKey, forgeKey, macced, segmentsOf, withSignature } from '../attack/forge.ts';

const secret = 'a-shared-secret-of-sixty-four-bytes-or-more-0123456789-0123456789';
const asymmetric = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];
const verifyWithNode = nodeVerifier();

/** A token and the key that it is verified with. */
interface Signed {
  readonly token: string;
  readonly key: VerificationKey;
}

async function signed(alg: string): Promise<Signed> {
  const header = { alg, kid: alg };
  if (alg.startsWith('HS')) {
    const key = (await importSecret(new TextEncoder().encode(secret), [alg])).get(undefined);
    return { token: macced(header, { sub: 'ada' }, secret, alg), key: known(key) };
  }
  const forged: ForgedKey = forgeKey(alg, alg);
  const key = await importVerificationKey(forged.publicJwk, [alg]);
  return { token: compact(header, { sub: 'ada' }, forged), key: known(key) };
}

function known(key: VerificationKey | undefined): VerificationKey {
  if (key === undefined) throw new Error('the key was not imported');
  return key;
}

/** Ways to spoil bytes: cut, fill up, flip, replace. */
const changes = fc.oneof(
  fc.nat(140).map((length) => (bytes: Buffer) => bytes.subarray(0, length)),
  fc.nat(3).map((count) => (bytes: Buffer) => Buffer.concat([Buffer.alloc(count), bytes])),
  fc.nat(3).map((count) => (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(count)])),
  fc.tuple(fc.nat(600), fc.nat(7)).map(
    ([at, bit]) =>
      (bytes: Buffer) =>
        bytes.map((byte, index) => (index === at % bytes.length ? byte ^ (1 << bit) : byte)),
  ),
  fc.uint8Array({ minLength: 0, maxLength: 140 }).map((replacement) => () => replacement),
  fc.constant((bytes: Buffer) => new Uint8Array(bytes.length)),
);

describe('nodeVerifier and jose say the same of', () => {
  it.each([...asymmetric, 'HS256', 'HS384', 'HS512'])('%s signatures, good and spoiled', async (alg) => {
    const { token, key } = await signed(alg);
    const good = parseUnverified(token);
    expect([await verifyWithNode(good, key), await verifyWithJose(good, key)]).toEqual([true, true]);
    const bytes = Buffer.from(segmentsOf(token)[2], 'base64url');
    await fc.assert(
      fc.asyncProperty(changes, async (change) => {
        const spoiled = change(bytes);
        const jws = parseUnverified(withSignature(token, spoiled));
        const byNode = await verifyWithNode(jws, key);
        expect(byNode).toBe(Buffer.compare(spoiled, bytes) === 0);
        expect(await verifyWithJose(jws, key)).toBe(byNode);
      }),
      { numRuns: 200 },
    );
  });

  it.each(asymmetric)("%s signatures under another's key", async (alg) => {
    const [{ token }, { key }] = [await signed(alg), await signed(alg)];
    const jws = parseUnverified(token);
    expect([await verifyWithNode(jws, key), await verifyWithJose(jws, key)]).toEqual([false, false]);
  });
});

describe('toDer', () => {
  it.each([
    ['small integers', '00010002', '3006020101020102'],
    ['zero', '00000000', '3006020100020100'],
    ['a first bit set', '80ff00ff', '300902030080ff020200ff'],
    ['no needless zeros', '00807fff', '30080202008002027fff'],
  ])('encodes %s', (_, signature, der) => {
    expect(Buffer.from(toDer(Buffer.from(signature, 'hex'))).toString('hex')).toBe(der);
  });

  it('spells a length of more than 127 bytes in two bytes', () => {
    const der = toDer(new Uint8Array(132).fill(0xff));
    expect([...der.subarray(0, 6)]).toEqual([0x30, 0x81, 138, 0x02, 67, 0]);
    expect(der).toHaveLength(3 + 138);
  });
});
