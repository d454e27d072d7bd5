import { decodeCanonical } from './base64url.ts';
import { parseStrictObject, StrictJsonError } from './json.ts';

/**
 * Longest accepted token, in characters. API Gateway takes 10,240 bytes of headers in all; a token signed with
 * ML-DSA-87 is about 7,000.
 */
export const maxTokenLength = 8192;

/** A compact JWS (RFC 7515 §7.1) taken apart. Nothing of it is believed: its signature was not looked at. */
export interface UnverifiedJws {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  /** `<header>.<payload>`, the signed part. */
  readonly signingInput: string;
  readonly signature: Uint8Array;
  /** The whole token, as it was presented. */
  readonly compact: string;
}

/** A token that is not one strictly spelled compact JWS with JSON claims. */
export class MalformedTokenError extends Error {
  override readonly name = 'MalformedTokenError';
}

/**
 * Takes a compact JWS apart, strictly: a length cap, exactly three segments, canonical base64url, JSON objects
 * without duplicate members. One signed token has one accepted spelling of its signed part.
 *
 * @throws {@link MalformedTokenError} whose message names the rule, never the content
 */
export function parseUnverified(token: string): UnverifiedJws {
  if (token.length > maxTokenLength) {
    throw new MalformedTokenError(`${token.length} characters; at most ${maxTokenLength} are accepted`);
  }
  const segments = token.split('.', 4);
  const [header, payload, signature] = segments;
  if (segments.length !== 3 || header === undefined || payload === undefined || signature === undefined) {
    throw new MalformedTokenError('not three segments separated by dots');
  }
  const parsed = { header: parseSegment('header', header), claims: parseSegment('payload', payload) };
  const signatureBytes = decodeCanonical(signature);
  if (signatureBytes === undefined) throw new MalformedTokenError('signature: not canonical base64url');
  return { ...parsed, signature: signatureBytes, signingInput: `${header}.${payload}`, compact: token };
}

function parseSegment(name: string, segment: string): Readonly<Record<string, unknown>> {
  const bytes = decodeCanonical(segment);
  if (bytes === undefined) throw new MalformedTokenError(`${name}: not canonical base64url`);
  try {
    return parseStrictObject(bytes);
  } catch (cause) {
    if (cause instanceof StrictJsonError)
      throw new MalformedTokenError(`${name}: ${cause.message}`, { cause });
    throw cause;
  }
}
