import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { JWK } from 'jose';
import { UsageError } from './command.ts';
import { fileText } from './input.ts';

/**
 * The keys of a file: a JWK, a JWK Set, or PEM (SPKI, PKCS#1, PKCS#8, an X.509 certificate).
 *
 * @param part which half is wanted; of a private key in PEM the public half can be had
 */
export async function readKeyFile(file: string, part: 'public' | 'private'): Promise<readonly JWK[]> {
  const content = await fileText(file);
  if (content.includes('-----BEGIN ')) return [fromPem(file, content, part)];
  const parsed = fromJson(file, content);
  return Array.isArray(parsed.keys) ? (parsed.keys as readonly JWK[]) : [parsed];
}

/** A shared secret of a file, as a JWK: its bytes as they are, but for a newline at the end. */
export async function readSecretFile(file: string): Promise<JWK> {
  const secret = (await fileText(file)).replace(/\r?\n$/, '');
  return { kty: 'oct', k: Buffer.from(secret).toString('base64url') };
}

/** The parser's own message would quote the content, which may be a private key. */
function fromJson(file: string, content: string): JWK & { readonly keys?: unknown } {
  try {
    const parsed: unknown = JSON.parse(content);
    if (typeof parsed === 'object' && parsed !== null && ('kty' in parsed || 'keys' in parsed))
      return parsed as JWK;
  } catch {
    // Said below, as for JSON that is no key.
  }
  throw new UsageError(`${file} holds no key; allowed: a JWK, a JWK Set, or PEM`, 1);
}

function fromPem(file: string, pem: string, part: 'public' | 'private'): JWK {
  let key: KeyObject;
  try {
    key = part === 'private' ? createPrivateKey(pem) : createPublicKey(pem);
  } catch {
    throw new UsageError(
      `${file} holds no ${part} key in PEM; allowed: an unencrypted one, or for the public half a certificate`,
      1,
    );
  }
  return key.export({ format: 'jwk' });
}
