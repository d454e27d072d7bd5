import { randomBytes } from 'node:crypto';
import { canonicalJson, numberOf, objectOf, textOf, type JsonObject } from '../json.ts';
import { arn } from '../template/identity.ts';
import type { KeyStore } from './key-store.ts';

/** Most bytes that Encrypt takes. */
const maxPlaintextBytes = 4096;

/** An error as KMS answers it: HTTP status 400. */
export class KmsError extends Error {
  override readonly name = 'KmsError';
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

type Operation = (input: JsonObject, keys: Keys) => JsonObject;

/** The keys with their aliases. */
export interface Keys {
  readonly store: KeyStore;
  /** Alias name to key id. */
  readonly aliases: ReadonlyMap<string, string>;
}

/**
 * The operations that are played, by name.
 *
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_Operations.html
 */
export const operations: Readonly<Record<string, Operation>> = {
  Encrypt(input, keys) {
    const keyId = keyIdOf(input, keys);
    const plaintext = bytesOf(input, 'Plaintext');
    if (plaintext.length === 0 || plaintext.length > maxPlaintextBytes) {
      throw new KmsError(
        'ValidationException',
        `Plaintext: got ${plaintext.length} bytes; allowed: 1 to ${maxPlaintextBytes}`,
      );
    }
    return { ...named(keyId), CiphertextBlob: encode(keys.store.seal(keyId, plaintext, context(input))) };
  },

  Decrypt(input, keys) {
    const opened = keys.store.unseal(bytesOf(input, 'CiphertextBlob'), context(input));
    if (opened === undefined) {
      throw new KmsError(
        'InvalidCiphertextException',
        'the ciphertext, or its encryption context, is not what was encrypted',
      );
    }
    if (input.KeyId !== undefined && keyIdOf(input, keys) !== opened.keyId) {
      throw new KmsError('IncorrectKeyException', 'the ciphertext was encrypted with another key than KeyId');
    }
    return { ...named(opened.keyId), Plaintext: encode(opened.plaintext) };
  },

  GenerateDataKey(input, keys) {
    const keyId = keyIdOf(input, keys);
    const plaintext = randomBytes(input.KeySpec === 'AES_128' ? 16 : (numberOf(input.NumberOfBytes) ?? 32));
    const blob = keys.store.seal(keyId, plaintext, context(input));
    return { ...named(keyId), Plaintext: encode(plaintext), CiphertextBlob: encode(blob) };
  },

  GenerateRandom: (input) => ({ Plaintext: encode(randomBytes(numberOf(input.NumberOfBytes) ?? 32)) }),

  DescribeKey(input, keys) {
    const keyId = keyIdOf(input, keys);
    const use = { KeyState: 'Enabled', KeyUsage: 'ENCRYPT_DECRYPT', KeySpec: 'SYMMETRIC_DEFAULT' };
    return { KeyMetadata: { KeyId: keyId, Arn: arn('kms', `key/${keyId}`), Enabled: true, ...use } };
  },
};

/** A key by id, ARN, alias name or alias ARN. */
function keyIdOf(input: JsonObject, { store, aliases }: Keys): string {
  const given = textOf(input.KeyId) ?? '';
  const alias = /(?:^|:)(alias\/.+)$/.exec(given)?.[1];
  const keyId = alias === undefined ? given.slice(given.lastIndexOf('/') + 1) : aliases.get(alias);
  if (keyId !== undefined && store.has(keyId)) return keyId;
  throw new KmsError(
    'NotFoundException',
    `Key '${given}' does not exist; there are: ${store.ids.join(', ') || 'none'}`,
  );
}

function bytesOf(input: JsonObject, name: string): Buffer {
  return Buffer.from(textOf(input[name]) ?? '', 'base64');
}

/** The encryption context, in one spelling whatever the order of its members. */
function context(input: JsonObject): Buffer {
  return Buffer.from(canonicalJson(objectOf(input.EncryptionContext)));
}

function named(keyId: string): JsonObject {
  return { KeyId: arn('kms', `key/${keyId}`), EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
}

function encode(bytes: Buffer): string {
  return bytes.toString('base64');
}
