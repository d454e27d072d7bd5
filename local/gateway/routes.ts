/** A part of a route's path between slashes. */
export type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'parameter'; readonly name: string }
  | { readonly kind: 'greedy'; readonly name: string };

/** The segments of a path pattern such as `/pets/{id}` or `/{proxy+}`. */
export function parsePattern(path: string): Segment[] {
  return path.split('/').slice(1).map(parseSegment);
}

function parseSegment(part: string): Segment {
  const match = /^\{(?<name>[^{}+]+)(?<greedy>\+?)\}$/.exec(part);
  const name = match?.groups?.['name'];
  if (name === undefined) return { kind: 'literal', text: part };
  return match?.groups?.['greedy'] === '+' ? { kind: 'greedy', name } : { kind: 'parameter', name };
}

/** The path parameters with which a path matches a pattern, or undefined when it does not. */
export function matchPattern(pattern: readonly Segment[], path: string): Record<string, string> | undefined {
  const parts = path.split('/').slice(1);
  const found: [string, string][] = [];
  for (const [index, segment] of pattern.entries()) {
    const rest = segment.kind === 'greedy' ? parts.slice(index).join('/') : parts[index];
    if (rest === undefined || !accepts(segment, rest)) return undefined;
    if (segment.kind !== 'literal') found.push([segment.name, rest]);
  }
  const greedy = pattern.at(-1)?.kind === 'greedy';
  return greedy || parts.length === pattern.length ? Object.fromEntries(found) : undefined;
}

function accepts(segment: Segment, text: string): boolean {
  return segment.kind === 'literal' ? segment.text === text : text !== '';
}

const ranks = { literal: 0, parameter: 1, greedy: 2 } as const;

/**
 * Orders patterns, the most specific first: those without a greedy parameter, then literal before parameter from
 * left to right.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */
export function bySpecificity(one: readonly Segment[], other: readonly Segment[]): number {
  const greedy = Number(one.at(-1)?.kind === 'greedy') - Number(other.at(-1)?.kind === 'greedy');
  if (greedy !== 0) return greedy;
  for (const [index, segment] of one.entries()) {
    const opposite = other[index];
    if (opposite === undefined) break;
    const difference = ranks[segment.kind] - ranks[opposite.kind];
    if (difference !== 0) return difference;
  }
  return other.length - one.length;
}
