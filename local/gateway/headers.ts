/** A header as it travelled: name in the case it came in, and one value. */
export type HeaderPair = readonly [name: string, value: string];

/** Hop-by-hop headers (RFC 9110, section 7.6.1): they end at the gateway in both directions. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Whether a header ends at the gateway rather than travelling on. */
export function isHopByHop(name: string): boolean {
  return hopByHop.has(name.toLowerCase());
}

/** All values of a header, in the order they came; names compare without case. */
export function headerValues(headers: readonly HeaderPair[], name: string): string[] {
  const wanted = name.toLowerCase();
  return headers.filter(([key]) => key.toLowerCase() === wanted).map(([, value]) => value);
}

/** The last value of a header, or undefined. */
export function headerValue(headers: readonly HeaderPair[], name: string): string | undefined {
  return headerValues(headers, name).at(-1);
}

/** The pairs without those of the given names. */
export function withoutHeaders(headers: readonly HeaderPair[], names: readonly string[]): HeaderPair[] {
  const dropped = new Set(names.map((name) => name.toLowerCase()));
  return headers.filter(([name]) => !dropped.has(name.toLowerCase()));
}

/** Lower-case names, duplicates joined by commas: the view of payload format 2.0. */
export function joinedHeaders(headers: readonly HeaderPair[]): Record<string, string> {
  return joined(headers.map(([name, value]) => [name.toLowerCase(), value]));
}

/** Pairs of one name joined by commas. */
export function joined(pairs: readonly HeaderPair[]): Record<string, string> {
  return Object.fromEntries([...grouped(pairs)].map(([name, values]) => [name, values.join(',')]));
}

/** The last value of each name: the single-value view of payload format 1.0. */
export function lastValues(pairs: readonly HeaderPair[]): Record<string, string> {
  return Object.fromEntries([...grouped(pairs)].map(([name, values]) => [name, values.at(-1) ?? '']));
}

/** All values of each name: the multi-value view of payload format 1.0. */
export function allValues(pairs: readonly HeaderPair[]): Record<string, string[]> {
  return Object.fromEntries(grouped(pairs));
}

/** Headers under one spelling per name (the first one seen), so that `A` and `a` are one header. */
export function unifiedNames(headers: readonly HeaderPair[]): HeaderPair[] {
  const spelling = new Map<string, string>();
  return headers.map(([name, value]) => {
    const key = name.toLowerCase();
    const known = spelling.get(key) ?? name;
    spelling.set(key, known);
    return [known, value];
  });
}

function grouped(pairs: readonly HeaderPair[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    const known = groups.get(name);
    if (known === undefined) groups.set(name, [value]);
    else known.push(value);
  }
  return groups;
}
