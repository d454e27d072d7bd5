import { base64url } from 'jose';

const alphabet = /^[A-Za-z0-9_-]*$/;
const values = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/**
 * Decodes canonical base64url (RFC 7515 §2, RFC 4648 §3.5): no padding, no white space, no bits set that the
 * decoder would throw away. One byte sequence has one spelling.
 *
 * @returns the bytes, or `undefined` where the text is not canonical base64url
 */
export function decodeCanonical(text: string): Uint8Array | undefined {
  if (!alphabet.test(text) || text.length % 4 === 1 || hasLooseBits(text)) return undefined;
  return base64url.decode(text);
}

/** The last character of a short group carries bits beyond the last byte: they must be zero. */
function hasLooseBits(text: string): boolean {
  const loose = [0, 0, 0b1111, 0b11][text.length % 4] ?? 0;
  return (values.indexOf(text.at(-1) ?? 'A') & loose) !== 0;
}
