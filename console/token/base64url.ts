import { base64url } from 'jose';

/** Text as bytes, and what a strict reader would not take of it. */
export interface LenientBytes {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly faults: readonly string[];
}

/**
 * Decodes base64url as far as it goes: for looking at a token, never for deciding about one. A last character that
 * completes no byte is left out.
 */
export function decodeLeniently(text: string): LenientBytes {
  const faults: string[] = [];
  const unpadded = text.replace(/=+$/, '');
  if (unpadded !== text) faults.push('padding (=) is not allowed');
  if (/[+/]/.test(unpadded)) faults.push('plain base64 (+ or /) in place of base64url (- or _)');
  const swapped = unpadded.replaceAll('+', '-').replaceAll('/', '_');
  const clean = swapped.replaceAll(/[^A-Za-z0-9_-]/g, '');
  if (clean !== swapped) faults.push('characters that are not base64url');
  const whole = clean.length % 4 === 1 ? clean.slice(0, -1) : clean;
  if (whole !== clean) faults.push('a length that no bytes have');
  return { bytes: new Uint8Array(base64url.decode(whole)), faults };
}

/** Bytes of a UTF-8 text. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text));
}

/** Base64url of bytes or of a UTF-8 text. */
export function toBase64url(content: Uint8Array | string): string {
  return base64url.encode(typeof content === 'string' ? utf8(content) : content);
}

/** SHA-256 of bytes or text, as base64url. */
export async function sha256(content: Uint8Array<ArrayBuffer> | string): Promise<string> {
  const bytes = typeof content === 'string' ? utf8(content) : content;
  return toBase64url(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}
