import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createSecretKey,
  randomBytes,
  type KeyObject,
} from 'node:crypto';
import { objectOf, textOf } from '../json.ts';
import { readJsonFile, writeJsonFile } from '../json-file.ts';
import { generatePrivateKey } from './key-specs.ts';

const cipherName = 'aes-256-gcm';
const idLength = 36;
const ivLength = 12;
const tagLength = 16;

/** The spec of a key that seals rather than signs. */
export const symmetricSpec = 'SYMMETRIC_DEFAULT';

/** A key as it is asked for. */
export interface KeyDeclaration {
  readonly id: string;
  /** `SYMMETRIC_DEFAULT`, or one of the specs of keys that sign. */
  readonly spec: string;
}

/** A key that is here. */
export interface StoredKey extends KeyDeclaration {
  /** 256 secret bits, or a private key. */
  readonly material: KeyObject;
  /** When it is to be deleted, in seconds since 1970; it is of no use until then. Absent where it is not. */
  readonly deletionDate?: number;
}

/** The keys of a data folder, which never leave their file and this process. */
export interface KeyStore {
  get(keyId: string): StoredKey | undefined;
  readonly ids: readonly string[];
  /** Makes a key, and has it on disk before it returns. */
  add(declaration: KeyDeclaration): StoredKey;
  /** Marks a key as one to be deleted, on disk too. */
  scheduleDeletion(key: StoredKey, deletionDate: number): void;
  /** Seals bytes; the blob names its key and is bound to the additional data. */
  seal(key: StoredKey, plaintext: Uint8Array, additional: Uint8Array): Buffer;
  /** What was sealed and by which key; `undefined` where the blob or the additional data is not what was sealed. */
  unseal(
    blob: Uint8Array,
    additional: Uint8Array,
  ): { readonly keyId: string; readonly plaintext: Buffer } | undefined;
}

/** Opens the keys of a file, makes those that are missing, and has them on disk before the first is used. */
export function openKeyStore(file: string, declared: readonly KeyDeclaration[]): KeyStore {
  const stored = Object.entries(objectOf(readJsonFile(file)));
  const keys = new Map(stored.map(([id, entry]) => [id, readKey(id, entry)]));
  const write = (): void => {
    const entries = [...keys].map(([id, key]) => [id, writtenKey(key)] as const);
    writeJsonFile(file, Object.fromEntries(entries));
  };
  const missing = declared.filter(({ id }) => !keys.has(id));
  for (const declaration of missing) keys.set(declaration.id, newKey(declaration));
  if (missing.length > 0) write();
  return {
    get: (id) => keys.get(id),
    get ids() {
      return [...keys.keys()];
    },
    add(declaration) {
      const key = newKey(declaration);
      keys.set(key.id, key);
      write();
      return key;
    },
    scheduleDeletion(key, deletionDate) {
      keys.set(key.id, { ...key, deletionDate });
      write();
    },
    seal,
    unseal: (blob, additional) => unseal(Buffer.from(blob), additional, (id) => keys.get(id)),
  };
}

function newKey({ id, spec }: KeyDeclaration): StoredKey {
  const material =
    spec === symmetricSpec ? createSecretKey(new Uint8Array(randomBytes(32))) : generatePrivateKey(spec);
  return { id, spec, material };
}

/** A symmetric key is kept as text alone, one that signs together with its spec. */
function readKey(id: string, entry: unknown): StoredKey {
  if (typeof entry === 'string')
    return { id, spec: symmetricSpec, material: createSecretKey(Buffer.from(entry, 'base64')) };
  const { spec, privateKey, deletionDate } = objectOf(entry);
  const der = Buffer.from(textOf(privateKey) ?? '', 'base64');
  return {
    id,
    spec: String(spec),
    material: createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }),
    ...(typeof deletionDate === 'number' && { deletionDate }),
  };
}

function writtenKey({ spec, material, deletionDate }: StoredKey): unknown {
  if (spec === symmetricSpec) return material.export().toString('base64');
  const privateKey = material.export({ format: 'der', type: 'pkcs8' }).toString('base64');
  return { spec, privateKey, ...(deletionDate !== undefined && { deletionDate }) };
}

function seal(by: StoredKey, plaintext: Uint8Array, additional: Uint8Array): Buffer {
  const iv = randomBytes(ivLength);
  const cipher = createCipheriv(cipherName, by.material, iv).setAAD(additional);
  const sealed = [cipher.update(plaintext), cipher.final()];
  return Buffer.concat([Buffer.from(by.id), iv, cipher.getAuthTag(), ...sealed]);
}

function unseal(
  blob: Buffer,
  additional: Uint8Array,
  keyOf: (id: string) => StoredKey | undefined,
): ReturnType<KeyStore['unseal']> {
  const keyId = blob.subarray(0, idLength).toString();
  const key = keyOf(keyId);
  if (key?.spec !== symmetricSpec) return undefined;
  const iv = blob.subarray(idLength, idLength + ivLength);
  const tag = blob.subarray(idLength + ivLength, idLength + ivLength + tagLength);
  try {
    const decipher = createDecipheriv(cipherName, key.material, iv).setAAD(additional).setAuthTag(tag);
    const opened = [decipher.update(blob.subarray(idLength + ivLength + tagLength)), decipher.final()];
    return { keyId, plaintext: Buffer.concat(opened) };
  } catch {
    return undefined;
  }
}
