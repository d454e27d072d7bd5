/** A JSON value that is not what a JOSE header or a claims set may be. */
export class StrictJsonError extends Error {
  override readonly name = 'StrictJsonError';
}

/** Nesting that no real header or claims set comes near. */
const maxDepth = 16;

/**
 * Parses a JSON object as I-JSON (RFC 7493) wants it: no duplicate member (whatever its escapes), no unpaired
 * surrogate, no number beyond an IEEE double, no byte order mark, nesting of at most 16. A parser that keeps
 * the last duplicate and one that keeps the first would read two different tokens.
 *
 * @throws {@link StrictJsonError} whose message names the rule, never the content
 */
export function parseStrictObject(bytes: Uint8Array): Record<string, unknown> {
  const text = decodeUtf8(bytes);
  const value = parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new StrictJsonError('not a JSON object');
  }
  scan(text);
  return value as Record<string, unknown>;
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new StrictJsonError('not UTF-8');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new StrictJsonError('not JSON');
  }
}

const tokens = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|[{}[\],:]/g;

/** Walks the tokens of a text that JSON.parse took, so the grammar needs no second check. */
function scan(text: string): void {
  const open: (Set<string> | undefined)[] = [];
  let nameExpected = false;
  for (const token of text.match(tokens) ?? []) {
    if (token === '{' || token === '[') {
      if (open.push(token === '{' ? new Set() : undefined) > maxDepth)
        throw new StrictJsonError('nested too deep');
      nameExpected = token === '{';
    } else if (token === '}' || token === ']') {
      open.pop();
      nameExpected = false;
    } else if (token === ',') {
      nameExpected = open.at(-1) !== undefined;
    } else if (token.startsWith('"')) {
      checkString(token, nameExpected ? open.at(-1) : undefined);
      nameExpected = false;
    } else if (token !== ':' && !Number.isFinite(Number(token))) {
      throw new StrictJsonError('a number out of range');
    }
  }
}

function checkString(literal: string, names: Set<string> | undefined): void {
  const value = literal.includes('\\') ? (JSON.parse(literal) as string) : literal.slice(1, -1);
  if (!value.isWellFormed()) throw new StrictJsonError('an unpaired surrogate');
  if (names?.has(value)) throw new StrictJsonError('a duplicate member');
  names?.add(value);
}
