import { decodeLeniently } from './base64url.ts';
import { parsePartially } from './partial-json.ts';

/** One segment of a token, decoded as far as it goes. */
export interface Part {
  /** As it is spelled in the token. */
  readonly encoded: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** As UTF-8, where it is text. */
  readonly text?: string;
  readonly json?: Readonly<Record<string, unknown>>;
  /** What is wrong with it, in words. */
  readonly faults: readonly string[];
}

/** `jws` and `jwe` by RFC 7516 §9; `partial` is the beginning of one of them; `none` is neither. */
export type TokenKind = 'empty' | 'none' | 'partial' | 'jws' | 'jwe';

/** A token for the eye. Nothing of it was verified. */
export interface DecodedToken {
  readonly kind: TokenKind;
  readonly segments: readonly Part[];
  readonly header: Readonly<Record<string, unknown>> | undefined;
  /** Of a JWS with a JSON payload. */
  readonly claims: Readonly<Record<string, unknown>> | undefined;
}

/** Longest text that is decoded, in characters; API Gateway takes 10,240 bytes of headers in all. */
export const maxShown = 65_536;

/** Takes any text apart as a token. Never throws. */
export function decodeToken(text: string): DecodedToken {
  const token = text.trim();
  if (token === '' || token.length > maxShown) {
    return { kind: token === '' ? 'empty' : 'none', segments: [], header: undefined, claims: undefined };
  }
  const segments = token.split('.', 7);
  const hasEncryptedContent = segments.length === 5;
  const parts = segments.map((segment, index) =>
    decodePart(segment, index === 0 || (index === 1 && !hasEncryptedContent)),
  );
  const header = parts[0]?.json;
  return {
    kind: kindOf(parts, header),
    segments: parts,
    header,
    claims: hasEncryptedContent ? undefined : parts[1]?.json,
  };
}

function kindOf(parts: readonly Part[], header: DecodedToken['header']): TokenKind {
  if (header === undefined) return 'none';
  if (parts.length === 5) return 'jwe';
  if (parts.length === 3) return 'jws';
  return parts.length < 3 ? 'partial' : 'none';
}

function decodePart(encoded: string, isText: boolean): Part {
  const { bytes, faults } = decodeLeniently(encoded);
  if (!isText || encoded === '') return { encoded, bytes, faults };
  const text = readText(bytes);
  const parsed = text === undefined ? undefined : parsePartially(text);
  const fault = text === undefined ? ['not UTF-8 text'] : parsed?.isWhole ? [] : [cutFault(parsed)];
  return {
    ...{ encoded, bytes, faults: [...faults, ...fault] },
    ...(text !== undefined && { text }),
    ...(parsed !== undefined && { json: parsed.value }),
  };
}

function cutFault(parsed: object | undefined): string {
  return parsed === undefined ? 'not a JSON object' : 'JSON that is not whole: shown as far as it goes';
}

/** A text that breaks off inside a character is still text. */
function readText(bytes: Uint8Array): string | undefined {
  for (const cut of [0, 1, 2, 3]) {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, bytes.length - cut));
    } catch {
      // one byte less
    }
  }
  return undefined;
}

/** Begins where a word does, so that a long text without dots is gone through once. */
const tokenPattern =
  /(?<![A-Za-z0-9_-])(?:[A-Za-z0-9_-]{8,}\.){2}[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+)?/g;

/**
 * The token of a pasted text: a header line, a curl command, a JSON answer, a URL. Text without one is handed back as
 * it is.
 */
export function extractToken(text: string): string {
  const trimmed = text.trim();
  if (trimmed.length > maxShown || !/[\s"'=&:#]/.test(trimmed)) return trimmed;
  const candidates = trimmed.match(tokenPattern) ?? [];
  return candidates.find((candidate) => decodeToken(candidate).header?.alg !== undefined) ?? trimmed;
}
