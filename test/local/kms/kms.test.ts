import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GetPublicKeyCommand,
  KMSClient,
  ListKeysCommand,
  SignCommand,
  VerifyCommand,
  type KeySpec,
  type SigningAlgorithmSpec,
} from '@aws-sdk/client-kms';
import { startJsonService } from '../../../local/json-service.ts';
import { openKeyStore } from '../../../local/kms/key-store.ts';
import { kmsOperations } from '../../../local/kms/operations.ts';
import type { Listening } from '../../../local/loopback.ts';
import '../../engines.ts';
import { localClient } from '../played.ts';

const symmetric = '11111111-1111-4111-8111-111111111111';
const other = '22222222-2222-4222-8222-222222222222';
const rsa = '33333333-3333-4333-8333-333333333333';
const arnOf = (id: string) => `arn:aws:kms:us-east-1:000000000000:key/${id}`;

let folder: string;
let service: Listening;
let client: KMSClient;

async function start(): Promise<void> {
  const store = openKeyStore(path.join(folder, 'kms.json'), [
    { id: symmetric, spec: 'SYMMETRIC_DEFAULT' },
    { id: other, spec: 'SYMMETRIC_DEFAULT' },
    { id: rsa, spec: 'RSA_2048' },
  ]);
  service = await startJsonService(kmsOperations({ store, aliases: new Map([['alias/app', symmetric]]) }));
  client = new KMSClient({ ...localClient, endpoint: service.url });
}

async function stop(): Promise<void> {
  client.destroy();
  await service.close();
}

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'kms-'));
  await start();
});
afterEach(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

const message = Buffer.from('to be signed');
const context = { EncryptionContext: { issuer: 'a', kid: 'b' } };
const encrypt = (more: object = {}) =>
  client.send(new EncryptCommand({ KeyId: symmetric, Plaintext: Buffer.from('secret'), ...more }));

describe('a symmetric key', () => {
  it.each([symmetric, arnOf(symmetric), 'alias/app', 'arn:aws:kms:us-east-1:000000000000:alias/app'])(
    'is found as %s',
    async (KeyId) => {
      const { CiphertextBlob, KeyId: used } = await encrypt({ KeyId });
      expect(used).toBe(arnOf(symmetric));
      const opened = await client.send(new DecryptCommand({ CiphertextBlob }));
      expect(Buffer.from(opened.Plaintext ?? []).toString()).toBe('secret');
    },
  );

  it('binds to its encryption context, in any order', async () => {
    const { CiphertextBlob } = await encrypt(context);
    const turned = { EncryptionContext: { kid: 'b', issuer: 'a' } };
    expect((await client.send(new DecryptCommand({ CiphertextBlob, ...turned }))).KeyId).toBe(
      arnOf(symmetric),
    );
    for (const EncryptionContext of [{}, { issuer: 'a' }, { issuer: 'a', kid: 'c' }])
      await expect(
        client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext })),
      ).rejects.toMatchObject({
        name: 'InvalidCiphertextException',
      });
  });

  it('refuses a ciphertext that was changed, wherever', async () => {
    const { CiphertextBlob = new Uint8Array() } = await encrypt();
    for (let index = 0; index < CiphertextBlob.length; index += 5) {
      const changed = Buffer.from(CiphertextBlob);
      changed[index] = (changed[index] ?? 0) ^ 1;
      await expect(client.send(new DecryptCommand({ CiphertextBlob: changed }))).rejects.toMatchObject({
        name: 'InvalidCiphertextException',
      });
    }
  });

  it('makes data keys', async () => {
    const made = await client.send(
      new GenerateDataKeyCommand({ KeyId: symmetric, KeySpec: 'AES_256', ...context }),
    );
    const { Plaintext } = await client.send(
      new DecryptCommand({ CiphertextBlob: made.CiphertextBlob, ...context }),
    );
    expect(made.Plaintext).toHaveLength(32);
    expect(Plaintext).toEqual(made.Plaintext);
  });

  it('outlives a restart, in a file for this user alone', async () => {
    const { CiphertextBlob } = await encrypt();
    await stop();
    expect(statSync(path.join(folder, 'kms.json')).mode & 0o777).toBe(0o600);
    await start();
    const opened = await client.send(new DecryptCommand({ CiphertextBlob }));
    expect(Buffer.from(opened.Plaintext ?? []).toString()).toBe('secret');
  });

  it.each<[string, string, () => Promise<unknown>]>([
    ['NotFoundException', "'alias/none' does not exist", () => encrypt({ KeyId: 'alias/none' })],
    ['ValidationException', 'got 4097 bytes', () => encrypt({ Plaintext: Buffer.alloc(4097) })],
    ['InvalidKeyUsageException', 'SIGN_VERIFY which is not valid for Encrypt', () => encrypt({ KeyId: rsa })],
    [
      'IncorrectKeyException',
      'another key than KeyId',
      async () => client.send(new DecryptCommand({ ...(await encrypt()), KeyId: other })),
    ],
    [
      'InvalidKeyUsageException',
      'ENCRYPT_DECRYPT which is not valid for Sign',
      () => signWith(symmetric, 'ECDSA_SHA_256'),
    ],
    [
      'UnsupportedOperationException',
      'no public key',
      () => client.send(new GetPublicKeyCommand({ KeyId: symmetric })),
    ],
    ['UnknownOperationException', 'played: Encrypt, Decrypt', () => client.send(new ListKeysCommand({}))],
  ])('answers %s: %s', async (name, text, call) => {
    await expect(call()).rejects.toMatchObject({ name, message: expect.stringContaining(text) });
  });
});

async function create(KeySpec: KeySpec): Promise<string> {
  const made = await client.send(new CreateKeyCommand({ KeySpec, KeyUsage: 'SIGN_VERIFY' }));
  return made.KeyMetadata?.KeyId ?? '';
}

function signWith(KeyId: string, SigningAlgorithm: SigningAlgorithmSpec, more: object = {}) {
  return client.send(new SignCommand({ KeyId, SigningAlgorithm, Message: message, ...more }));
}

async function publicKey(KeyId: string): Promise<KeyObject> {
  const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId }));
  return createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
}

const algorithms: [KeySpec, SigningAlgorithmSpec][] = [
  ['RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_256'],
  ['RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_384'],
  ['RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_512'],
  ['RSA_2048', 'RSASSA_PSS_SHA_256'],
  ['RSA_3072', 'RSASSA_PSS_SHA_384'],
  ['RSA_2048', 'RSASSA_PSS_SHA_512'],
  ['ECC_NIST_P256', 'ECDSA_SHA_256'],
  ['ECC_NIST_P384', 'ECDSA_SHA_384'],
  ['ECC_NIST_P521', 'ECDSA_SHA_512'],
  ['ECC_SECG_P256K1', 'ECDSA_SHA_256'],
];

describe('a key that signs', () => {
  it.each(algorithms)('%s signs messages and digests by %s', async (spec, algorithm) => {
    const id = await create(spec);
    const key = await publicKey(id);
    const hash = `sha${algorithm.slice(-3)}`;
    const isPss = algorithm.startsWith('RSASSA_PSS');
    const by = { key, ...(isPss && { padding: 6, saltLength: Number(algorithm.slice(-3)) / 8 }) };
    const digest = createHash(hash).update(message).digest();
    for (const more of [
      {},
      { MessageType: 'RAW' },
      ...Array.from({ length: 8 }, () => ({ MessageType: 'DIGEST', Message: digest })),
    ]) {
      const { Signature = new Uint8Array(), KeyId } = await signWith(id, algorithm, more);
      expect(verify(hash, message, by, Signature)).toBe(true);
      expect(verify(hash, Buffer.from('another'), by, Signature)).toBe(false);
      expect(KeyId).toBe(arnOf(id));
    }
  });

  it('signs with Ed25519', async () => {
    const id = await create('ECC_NIST_EDWARDS25519');
    const { Signature = new Uint8Array() } = await signWith(id, 'ED25519_SHA_512');
    expect(verify(null, message, await publicKey(id), Signature)).toBe(true);
  });

  it('verifies', async () => {
    const { Signature } = await signWith(rsa, 'RSASSA_PSS_SHA_256');
    const check = (more: object) =>
      client.send(
        new VerifyCommand({
          KeyId: rsa,
          SigningAlgorithm: 'RSASSA_PSS_SHA_256',
          Message: message,
          Signature,
          ...more,
        }),
      );
    expect(await check({})).toMatchObject({ SignatureValid: true });
    await expect(check({ Message: Buffer.from('another') })).rejects.toMatchObject({
      name: 'KMSInvalidSignatureException',
    });
  });

  it('is described', async () => {
    const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: rsa }));
    expect(KeyMetadata).toMatchObject({
      KeyId: rsa,
      Arn: arnOf(rsa),
      KeySpec: 'RSA_2048',
      KeyUsage: 'SIGN_VERIFY',
      KeyState: 'Enabled',
      SigningAlgorithms: expect.arrayContaining(['RSASSA_PKCS1_V1_5_SHA_256']),
    });
  });

  it('outlives a restart', async () => {
    const before = (await publicKey(rsa)).export({ format: 'jwk' });
    await stop();
    await start();
    expect((await publicKey(rsa)).export({ format: 'jwk' })).toEqual(before);
    expect(readFileSync(path.join(folder, 'kms.json'), 'utf8')).toContain('RSA_2048');
  });

  it.each<[string, string, object]>([
    [
      'InvalidKeyUsageException',
      'Algorithm ECDSA_SHA_256 and key spec RSA_2048 are incompatible',
      { SigningAlgorithm: 'ECDSA_SHA_256' },
    ],
    ['ValidationException', 'Message: got 4097 bytes', { Message: Buffer.alloc(4097) }],
    ['ValidationException', 'Digest is invalid length', { MessageType: 'DIGEST', Message: Buffer.alloc(20) }],
  ])('answers %s: %s', async (name, text, more) => {
    await expect(signWith(rsa, 'RSASSA_PSS_SHA_256', more)).rejects.toMatchObject({
      name,
      message: expect.stringContaining(text),
    });
  });
});
