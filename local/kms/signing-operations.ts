import { createPublicKey } from 'node:crypto';
import { numberOf, textOf, type JsonObject } from '../json.ts';
import { ServiceError, type ServiceOperation } from '../json-service.ts';
import { signingAlgorithms } from './key-specs.ts';
import { symmetricSpec, type StoredKey } from './key-store.ts';
import { bytesOf, encode, keyArn, keyFor, usableKey, usageOf, type Keys } from './keys.ts';
import { hashOf, signMessage, verifyMessage, type SigningInput } from './signing.ts';

/** Most bytes of a message that is no digest. */
const maxMessageBytes = 4096;

/**
 * The operations on keys that sign, by name.
 *
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html
 */
export function signingOperations(keys: Keys): Readonly<Record<string, ServiceOperation>> {
  return {
    Sign(input) {
      const key = keyFor('Sign', input, keys);
      const asked = signingInput(key, input);
      const signature = signMessage(key.material, asked);
      return { KeyId: keyArn(key), Signature: encode(signature), SigningAlgorithm: asked.algorithm };
    },

    Verify(input) {
      const key = keyFor('Verify', input, keys);
      const asked = signingInput(key, input);
      if (asked.isDigest)
        throw new ServiceError(
          'UnsupportedOperationException',
          'Verify with MessageType DIGEST is not played: send the message (RAW), or verify with GetPublicKey',
        );
      if (!verifyMessage(key.material, asked, bytesOf(input, 'Signature')))
        throw new ServiceError('KMSInvalidSignatureException', 'the signature is not valid');
      return { KeyId: keyArn(key), SignatureValid: true, SigningAlgorithm: asked.algorithm };
    },

    GetPublicKey(input) {
      const key = usableKey(input, keys);
      if (key.spec === symmetricSpec)
        throw new ServiceError(
          'UnsupportedOperationException',
          `${keyArn(key)} is symmetric: it has no public key`,
        );
      const spki = createPublicKey(key.material).export({ format: 'der', type: 'spki' });
      return {
        KeyId: keyArn(key),
        PublicKey: encode(spki),
        KeySpec: key.spec,
        CustomerMasterKeySpec: key.spec,
        KeyUsage: usageOf(key),
        SigningAlgorithms: signingAlgorithms(key.spec),
      };
    },

    /** The key is of no use from now on; the file keeps it, as no test waits for the 7 to 30 days. */
    ScheduleKeyDeletion(input) {
      const key = usableKey(input, keys);
      const days = numberOf(input.PendingWindowInDays) ?? 30;
      if (!Number.isInteger(days) || days < 7 || days > 30)
        throw new ServiceError('ValidationException', `PendingWindowInDays: got ${days}; allowed: 7 to 30`);
      if (key.spec === symmetricSpec)
        throw new ServiceError(
          'UnsupportedOperationException',
          'ScheduleKeyDeletion is played for keys that sign',
        );
      const deletionDate = Math.floor(Date.now() / 1000) + days * 86_400;
      keys.store.scheduleDeletion(key, deletionDate);
      return {
        KeyId: keyArn(key),
        DeletionDate: deletionDate,
        KeyState: 'PendingDeletion',
        PendingWindowInDays: days,
      };
    },
  };
}

function signingInput(key: StoredKey, input: JsonObject): SigningInput {
  const algorithm = textOf(input.SigningAlgorithm) ?? '';
  const allowed = signingAlgorithms(key.spec);
  if (!allowed.includes(algorithm))
    throw new ServiceError(
      'InvalidKeyUsageException',
      `Algorithm ${algorithm} and key spec ${key.spec} are incompatible; allowed: ${allowed.join(', ')}`,
    );
  const message = bytesOf(input, 'Message');
  const isDigest = input.MessageType === 'DIGEST';
  const hash = hashOf(algorithm);
  if (isDigest && message.length !== hash?.bytes)
    throw new ServiceError('ValidationException', `Digest is invalid length for algorithm ${algorithm}.`);
  if (!isDigest && (message.length === 0 || message.length > maxMessageBytes))
    throw new ServiceError(
      'ValidationException',
      `Message: got ${message.length} bytes; allowed: 1 to ${maxMessageBytes}, or a digest (MessageType DIGEST)`,
    );
  return { algorithm, message, isDigest };
}
