/** A JSON object, and whether its text was whole. */
export interface PartialJson {
  readonly value: Readonly<Record<string, unknown>>;
  readonly isWhole: boolean;
}

/**
 * Reads a JSON object as far as it goes: a text that breaks off keeps its members, the last one as far as it was typed,
 * so that a half-typed token can be looked at.
 *
 * @returns `undefined` where there is no beginning of an object
 */
export function parsePartially(text: string): PartialJson | undefined {
  const whole = tryParse(text);
  if (whole !== undefined) return { value: whole, isWhole: true };
  if (!text.trimStart().startsWith('{')) return undefined;
  for (const cut of cuts(text).toReversed()) {
    const value = tryParse(text.slice(0, cut.end) + cut.closing);
    if (value !== undefined) return { value, isWhole: false };
  }
  return { value: {}, isWhole: false };
}

function tryParse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

interface Cut {
  readonly end: number;
  readonly closing: string;
}

/** Places where the text could end, with the brackets that are open there; the last few are enough. */
function cuts(text: string): readonly Cut[] {
  const open: string[] = [];
  const found: Cut[] = [];
  for (const { 0: token, 1: quote, index } of text.matchAll(
    /"(?:[^"\\]|\\.)*("|$)|[{}[\],]|[^\s"{}[\],:]+/g,
  )) {
    if (token === ',') found.push({ end: index, closing: open.toReversed().join('') });
    if (token === '{') open.push('}');
    else if (token === '[') open.push(']');
    else if (token === '}' || token === ']') open.pop();
    const closing = `${quote === '' ? '"' : ''}${open.toReversed().join('')}`;
    if (token !== ',') found.push({ end: index + token.length, closing });
  }
  return found.slice(-24);
}
