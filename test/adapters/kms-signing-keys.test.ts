/** Keys that KMS makes and signs with, over the local KMS and what jose makes of their signatures. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DescribeKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import fc from 'fast-check';
import { calculateJwkThumbprint, compactVerify, importJWK } from 'jose';
import { fromDer, toDer } from '../../adapters/crypto/ecdsa-der.ts';
import { connectForMaking, kmsKeyMaker, kmsKeyOpener } from '../../adapters/kms/signing-keys.ts';
import type { SigningAlgorithm } from '../../core/contract/settings.ts';
import type { JwsSigner, KeyOpener } from '../../core/issue/signer.ts';
import type { MadeKey } from '../../core/keys/key-maker.ts';
import type { SigningKey } from '../../core/keys/key-set.ts';
import { startJsonService } from '../../local/json-service.ts';
import { type KeyStore, openKeyStore } from '../../local/kms/key-store.ts';
import { kmsOperations } from '../../local/kms/operations.ts';
import type { Listening } from '../../local/loopback.ts';
import { credentials } from './tables.ts';

const issuer = 'https://issuer.example';
/** Operations that KMS answers with nothing. */
const empty = new Set<string>();

let store: KeyStore;
let service: Listening;
let client: KMSClient;

beforeAll(async () => {
  store = openKeyStore(path.join(mkdtempSync(path.join(tmpdir(), 'keyturn-test-')), 'kms.json'), []);
  service = await startJsonService(
    Object.fromEntries(
      Object.entries(kmsOperations({ store, aliases: new Map() })).map(([name, operation]) => [
        name,
        (...asked: Parameters<typeof operation>) => (empty.has(name) ? {} : operation(...asked)),
      ]),
    ),
  );
  client = connectForMaking({ endpoint: service.url, region: 'us-east-1', credentials });
});
beforeEach(() => empty.clear());
afterAll(async () => {
  client.destroy();
  await service.close();
});

const none: KeyOpener = { open: () => Promise.reject(new Error('there is no other opener')) };
const make = (algorithm: SigningAlgorithm) => kmsKeyMaker(client).make(issuer, algorithm);

function open({ key, handle }: MadeKey, others = none): Promise<JwsSigner> {
  const signingKey: SigningKey = {
    ...{ ...key, state: 'active', publishedAt: 1, original: true, maxTokenLifetimeSeconds: 900 },
  };
  return kmsKeyOpener(others, client).open({ issuer, kid: key.kid }, signingKey, handle);
}

const payload = (text: string) => new TextEncoder().encode(text);
const stateOf = async ({ handle }: MadeKey) => {
  const answer = await client.send(new DescribeKeyCommand({ KeyId: Buffer.from(handle).toString() }));
  return answer.KeyMetadata?.KeyState;
};

describe('a key that KMS holds', () => {
  it.each(['RS256', 'PS256', 'ES256', 'EdDSA'] as const)(
    'signs %s, as jose verifies by the key that is published',
    async (algorithm) => {
      const made = await make(algorithm);
      const { kid, publicJwk } = made.key;
      expect(publicJwk).toMatchObject({
        kid: await calculateJwkThumbprint(publicJwk),
        alg: algorithm,
        use: 'sig',
      });
      expect(Object.keys(publicJwk)).not.toContain('d');
      const sign = await open(made);
      const key = await importJWK(publicJwk, algorithm);
      for (let turn = 0; turn < 20; turn += 1) {
        const header = { alg: algorithm, kid, typ: 'at+jwt' };
        const verified = await compactVerify(await sign(header, payload(`{"turn":${turn}}`)), key);
        expect([verified.protectedHeader, Buffer.from(verified.payload).toString()]).toEqual([
          header,
          `{"turn":${turn}}`,
        ]);
      }
    },
  );

  it('signs long payloads where the message is hashed here, as KMS takes 4,096 bytes at most', async () => {
    const long = payload('x'.repeat(10_000));
    const rsa = await open(await make('RS256'));
    expect((await rsa({ alg: 'RS256' }, long)).length).toBeGreaterThan(10_000);
    const ed25519 = await open(await make('EdDSA'));
    await expect(ed25519({ alg: 'EdDSA' }, long)).rejects.toThrow('KMS refused Sign');
  });

  it('is ended once or again, and signs no more', async () => {
    const [made, maker] = [await make('ES256'), kmsKeyMaker(client)];
    const sign = await open(made);
    await maker.end?.(made.handle);
    await maker.end?.(made.handle);
    expect(await stateOf(made)).toBe('PendingDeletion');
    await expect(sign({ alg: 'ES256' }, payload('{}'))).rejects.toMatchObject({
      ...{ name: 'UnavailableError', message: 'the signing key was ended meanwhile' },
    });
  });

  it('is ended again where it has gone', async () => {
    const gone = `arn:aws:kms:us-east-1:000000000000:key/${crypto.randomUUID()}`;
    await expect(kmsKeyMaker(client).end?.(Buffer.from(gone))).resolves.toBeUndefined();
  });

  it('is ended where its public part cannot be had', async () => {
    const before = store.ids.length;
    empty.add('GetPublicKey');
    await expect(make('ES256')).rejects.toThrow('KMS answered without a public key');
    const [id = ''] = store.ids.slice(before);
    expect(store.get(id)?.deletionDate).toBeGreaterThan(0);
  });
});

describe('a handle that is no ARN', () => {
  const handle = Uint8Array.of(1, 2, 3);

  it('is left to the other opener', async () => {
    const signer: JwsSigner = () => Promise.resolve('signed');
    const others: KeyOpener = { open: () => Promise.resolve(signer) };
    const { key } = await make('ES256');
    expect(await open({ key, handle }, others)).toBe(signer);
  });

  it('has no key to be ended', async () => {
    await expect(kmsKeyMaker(client).end?.(handle)).resolves.toBeUndefined();
  });
});

describe('fromDer', () => {
  it('is the way back from toDer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 64, maxLength: 64 }), fc.nat(32), fc.nat(32), (bytes, r, s) => {
        const signature = Uint8Array.from(bytes)
          .fill(0, 0, r)
          .fill(0, 32, 32 + s);
        expect([...fromDer(toDer(signature), 32)]).toEqual([...signature]);
      }),
    );
  });
});
