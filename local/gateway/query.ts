import type { HeaderPair } from './headers.ts';

/** The decoded name-value pairs of a query string, in order; a name without `=` has an empty value. */
export function parseQuery(rawQuery: string): HeaderPair[] {
  return rawQuery
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const at = part.indexOf('=');
      return at < 0 ? [decoded(part), ''] : [decoded(part.slice(0, at)), decoded(part.slice(at + 1))];
    });
}

/** The decoded form of a path segment or path, or undefined when its percent-encoding is broken. */
export function decodePath(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function decoded(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  return decodePath(spaced) ?? spaced;
}
