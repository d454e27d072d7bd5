import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { objectOf, textOf } from '../json.ts';
import { readJsonFile, writeJsonFile } from '../json-file.ts';

const cipherName = 'aes-256-gcm';
const idLength = 36;
const ivLength = 12;
const tagLength = 16;

/** The symmetric keys of a data folder, each 256 random bits that never leave their file and this process. */
export interface KeyStore {
  has(keyId: string): boolean;
  readonly ids: readonly string[];
  /** Seals bytes; the blob names its key and is bound to the additional data. */
  seal(keyId: string, plaintext: Uint8Array, additional: Uint8Array): Buffer;
  /** What was sealed and by which key; `undefined` where the blob or the additional data is not what was sealed. */
  unseal(
    blob: Uint8Array,
    additional: Uint8Array,
  ): { readonly keyId: string; readonly plaintext: Buffer } | undefined;
}

/** Opens the keys of a file, makes those that are missing, and has them on disk before the first is used. */
export function openKeyStore(file: string, keyIds: readonly string[]): KeyStore {
  const stored = objectOf(readJsonFile(file));
  const keys = new Map(
    Object.entries(stored).map(([id, key]) => [id, Buffer.from(textOf(key) ?? '', 'base64')]),
  );
  const missing = keyIds.filter((id) => !keys.has(id));
  for (const id of missing) keys.set(id, randomBytes(32));
  if (missing.length > 0) {
    writeJsonFile(file, Object.fromEntries([...keys].map(([id, key]) => [id, key.toString('base64')])));
  }
  const keyOf = (id: string): Buffer => keys.get(id) ?? Buffer.alloc(0);
  return {
    has: (id) => keys.has(id),
    ids: [...keys.keys()],
    seal: (id, plaintext, additional) => seal({ id, key: keyOf(id) }, plaintext, additional),
    unseal: (blob, additional) => unseal(Buffer.from(blob), additional, keyOf),
  };
}

function seal(
  by: { readonly id: string; readonly key: Buffer },
  plaintext: Uint8Array,
  additional: Uint8Array,
): Buffer {
  const iv = randomBytes(ivLength);
  const cipher = createCipheriv(cipherName, by.key, iv).setAAD(additional);
  const sealed = [cipher.update(plaintext), cipher.final()];
  return Buffer.concat([Buffer.from(by.id), iv, cipher.getAuthTag(), ...sealed]);
}

function unseal(
  blob: Buffer,
  additional: Uint8Array,
  keyOf: (id: string) => Buffer,
): ReturnType<KeyStore['unseal']> {
  const keyId = blob.subarray(0, idLength).toString();
  const iv = blob.subarray(idLength, idLength + ivLength);
  const tag = blob.subarray(idLength + ivLength, idLength + ivLength + tagLength);
  try {
    const decipher = createDecipheriv(cipherName, keyOf(keyId), iv).setAAD(additional).setAuthTag(tag);
    const opened = [decipher.update(blob.subarray(idLength + ivLength + tagLength)), decipher.final()];
    return { keyId, plaintext: Buffer.concat(opened) };
  } catch {
    return undefined;
  }
}
