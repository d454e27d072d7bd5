import { textOf, type JsonObject } from '../json.ts';
import { ServiceError } from '../json-service.ts';
import { arn } from '../template/identity.ts';
import { account } from '../types.ts';
import { signingAlgorithms } from './key-specs.ts';
import { symmetricSpec, type KeyStore, type StoredKey } from './key-store.ts';

/** The keys with their aliases. */
export interface Keys {
  readonly store: KeyStore;
  /** Alias name to key id. */
  readonly aliases: ReadonlyMap<string, string>;
}

/**
 * The key that a request names by id, ARN, alias name or alias ARN.
 *
 * @throws {@link ServiceError} `NotFoundException`.
 */
export function keyOf(input: JsonObject, { store, aliases }: Keys): StoredKey {
  const given = textOf(input.KeyId) ?? '';
  const alias = /(?:^|:)(alias\/.+)$/.exec(given)?.[1];
  const keyId = alias === undefined ? given.slice(given.lastIndexOf('/') + 1) : aliases.get(alias);
  const key = keyId === undefined ? undefined : store.get(keyId);
  if (key !== undefined) return key;
  throw new ServiceError(
    'NotFoundException',
    `Key '${given}' does not exist; there are: ${store.ids.join(', ') || 'none'}`,
  );
}

/**
 * The same, for a use of the key.
 *
 * @throws {@link ServiceError} `NotFoundException`, or `InvalidKeyUsageException` when it is for another use.
 */
export function keyFor(operation: string, input: JsonObject, keys: Keys): StoredKey {
  const key = usableKey(input, keys);
  const isSigning = operation === 'Sign' || operation === 'Verify';
  if (isSigning === (key.spec !== symmetricSpec)) return key;
  throw new ServiceError(
    'InvalidKeyUsageException',
    `${keyArn(key)} key usage is ${usageOf(key)} which is not valid for ${operation}.`,
  );
}

/**
 * The key that a request names, where it is not to be deleted.
 *
 * @throws {@link ServiceError} `NotFoundException`, or `KMSInvalidStateException`.
 */
export function usableKey(input: JsonObject, keys: Keys): StoredKey {
  const key = keyOf(input, keys);
  if (key.deletionDate === undefined) return key;
  throw new ServiceError('KMSInvalidStateException', `${keyArn(key)} is pending deletion.`);
}

/** A key's ARN. */
export function keyArn({ id }: StoredKey): string {
  return arn('kms', `key/${id}`);
}

/** `ENCRYPT_DECRYPT` or `SIGN_VERIFY`. */
export function usageOf({ spec }: StoredKey): string {
  return spec === symmetricSpec ? 'ENCRYPT_DECRYPT' : 'SIGN_VERIFY';
}

/** `KeyMetadata`. */
export function metadataOf(key: StoredKey): JsonObject {
  const algorithms =
    key.spec === symmetricSpec
      ? { EncryptionAlgorithms: [symmetricSpec] }
      : { SigningAlgorithms: signingAlgorithms(key.spec) };
  return {
    AWSAccountId: account,
    KeyId: key.id,
    Arn: keyArn(key),
    Enabled: key.deletionDate === undefined,
    KeyState: key.deletionDate === undefined ? 'Enabled' : 'PendingDeletion',
    ...(key.deletionDate !== undefined && { DeletionDate: key.deletionDate }),
    KeyManager: 'CUSTOMER',
    Origin: 'AWS_KMS',
    MultiRegion: false,
    KeyUsage: usageOf(key),
    KeySpec: key.spec,
    CustomerMasterKeySpec: key.spec,
    ...algorithms,
  };
}

/** The bytes of a member in base64; empty where there is none. */
export function bytesOf(input: JsonObject, name: string): Buffer {
  return Buffer.from(textOf(input[name]) ?? '', 'base64');
}

/** Bytes as the JSON protocol has them. */
export function encode(bytes: Buffer): string {
  return bytes.toString('base64');
}
