import { randomBytes, randomUUID } from 'node:crypto';
import { canonicalJson, numberOf, objectOf, textOf, type JsonObject } from '../json.ts';
import { ServiceError, type ServiceOperation } from '../json-service.ts';
import { unplayedKey } from './key-specs.ts';
import { symmetricSpec, type StoredKey } from './key-store.ts';
import { bytesOf, encode, keyArn, keyFor, keyOf, metadataOf, type Keys } from './keys.ts';
import { signingOperations } from './signing-operations.ts';

/** Most bytes that Encrypt takes. */
const maxPlaintextBytes = 4096;

/**
 * The operations that are played, by name.
 *
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_Operations.html
 */
export function kmsOperations(keys: Keys): Readonly<Record<string, ServiceOperation>> {
  return {
    Encrypt(input) {
      const key = keyFor('Encrypt', input, keys);
      const plaintext = bytesOf(input, 'Plaintext');
      if (plaintext.length === 0 || plaintext.length > maxPlaintextBytes) {
        throw new ServiceError(
          'ValidationException',
          `Plaintext: got ${plaintext.length} bytes; allowed: 1 to ${maxPlaintextBytes}`,
        );
      }
      return { ...named(key), CiphertextBlob: encode(keys.store.seal(key, plaintext, context(input))) };
    },

    Decrypt: (input) => decrypt(input, keys),

    GenerateDataKey(input) {
      const key = keyFor('GenerateDataKey', input, keys);
      const plaintext = randomBytes(dataKeyBytes(input));
      const blob = keys.store.seal(key, plaintext, context(input));
      return { ...named(key), Plaintext: encode(plaintext), CiphertextBlob: encode(blob) };
    },

    GenerateRandom: (input) => ({ Plaintext: encode(randomBytes(numberOf(input.NumberOfBytes) ?? 32)) }),

    CreateKey(input) {
      const spec = textOf(input.KeySpec) ?? symmetricSpec;
      const reason = unplayedKey(spec, textOf(input.KeyUsage) ?? 'ENCRYPT_DECRYPT');
      if (reason !== undefined) throw new ServiceError('ValidationException', reason);
      return { KeyMetadata: metadataOf(keys.store.add({ id: randomUUID(), spec })) };
    },

    DescribeKey: (input) => ({ KeyMetadata: metadataOf(keyOf(input, keys)) }),

    ...signingOperations(keys),
  };
}

function decrypt(input: JsonObject, keys: Keys): object {
  const asked = input.KeyId === undefined ? undefined : keyFor('Decrypt', input, keys);
  const opened = keys.store.unseal(bytesOf(input, 'CiphertextBlob'), context(input));
  if (opened === undefined) {
    throw new ServiceError(
      'InvalidCiphertextException',
      'the ciphertext, or its encryption context, is not what was encrypted',
    );
  }
  if (asked !== undefined && asked.id !== opened.keyId) {
    throw new ServiceError(
      'IncorrectKeyException',
      'the ciphertext was encrypted with another key than KeyId',
    );
  }
  const key = keyOf({ KeyId: opened.keyId }, keys);
  return { KeyId: keyArn(key), EncryptionAlgorithm: symmetricSpec, Plaintext: encode(opened.plaintext) };
}

function dataKeyBytes(input: JsonObject): number {
  const bytes = input.KeySpec === 'AES_128' ? 16 : (numberOf(input.NumberOfBytes) ?? 32);
  if (bytes >= 1 && bytes <= 1024) return bytes;
  throw new ServiceError('ValidationException', `NumberOfBytes: got ${bytes}; allowed: 1 to 1024`);
}

/** The encryption context, in one spelling whatever the order of its members. */
function context(input: JsonObject): Buffer {
  return Buffer.from(canonicalJson(objectOf(input.EncryptionContext)));
}

function named(key: StoredKey): JsonObject {
  return { KeyId: keyArn(key), EncryptionAlgorithm: symmetricSpec };
}
