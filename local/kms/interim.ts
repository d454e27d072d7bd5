import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { canonicalJson, objectOf, textOf, type JsonObject } from '../json.ts';
import { readJsonFile, writeJsonFile } from '../json-file.ts';
import { serve, type Answer, type Listening } from '../loopback.ts';

export function startInterimKms(file: string, keyIds: readonly string[]): Promise<Listening> {
  const keys: Record<string, string> = { ...(objectOf(readJsonFile(file)) as Record<string, string>) };
  for (const id of keyIds) keys[id] ??= randomBytes(32).toString('base64');
  writeJsonFile(file, keys);
  return serve(async (request, body) => {
    const target = String(request.headers['x-amz-target']).split('.')[1];
    const input = objectOf(JSON.parse(body.toString()));
    const aad = Buffer.from(canonicalJson(input.EncryptionContext ?? {}));
    if (target === 'Encrypt') {
      const id = keyOf(textOf(input.KeyId) ?? '');
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', Buffer.from(keys[id] ?? '', 'base64'), iv).setAAD(aad);
      const sealed = Buffer.concat([cipher.update(Buffer.from(textOf(input.Plaintext) ?? '', 'base64')), cipher.final()]);
      const blob = Buffer.concat([Buffer.from(id), iv, cipher.getAuthTag(), sealed]).toString('base64');
      return json(200, { CiphertextBlob: blob, KeyId: id });
    }
    if (target === 'Decrypt') {
      const blob = Buffer.from(textOf(input.CiphertextBlob) ?? '', 'base64');
      const id = blob.subarray(0, 36).toString();
      try {
        const decipher = createDecipheriv('aes-256-gcm', Buffer.from(keys[id] ?? '', 'base64'), blob.subarray(36, 48)).setAAD(aad).setAuthTag(blob.subarray(48, 64));
        const plain = Buffer.concat([decipher.update(blob.subarray(64)), decipher.final()]);
        return json(200, { Plaintext: plain.toString('base64'), KeyId: id });
      } catch { return json(400, { __type: 'InvalidCiphertextException' }); }
    }
    return json(400, { __type: 'UnknownOperationException' });
  });
}
function keyOf(id: string): string { return id.slice(id.lastIndexOf('/') + 1); }
function json(status: number, body: JsonObject): Answer { return { status, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: JSON.stringify(body) }; }
