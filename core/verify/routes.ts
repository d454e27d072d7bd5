import type { ScopeRequirement } from '../contract/settings.ts';

/** What routes ask for, by route key. */
export type RouteScopes = Readonly<Record<string, ScopeRequirement>>;

/** The requirement of a route that is known by its key: its own, or its path's `ANY`. */
export function requirementOfRoute(routeKey: string, scopes: RouteScopes): ScopeRequirement | undefined {
  const own = ownEntry(routeKey, scopes);
  const path = routeKey.split(' ')[1];
  return own ?? (path === undefined ? undefined : ownEntry(`ANY ${path}`, scopes));
}

/**
 * The requirement of a request that is known by method and path alone. Of several route keys that match, the most
 * specific one counts, as API Gateway routes: literal segments before `{param}` before `{proxy+}`, a method before
 * `ANY`.
 */
export function requirementOfPath(
  method: string,
  path: string,
  scopes: RouteScopes,
): ScopeRequirement | undefined {
  const matching = Object.keys(scopes).filter((routeKey) => matches(routeKey, method, path));
  const [best] = matching.sort((a, b) => (specificity(a) < specificity(b) ? 1 : -1));
  return best === undefined ? undefined : ownEntry(best, scopes);
}

function ownEntry(routeKey: string, scopes: RouteScopes): ScopeRequirement | undefined {
  return Object.hasOwn(scopes, routeKey) ? scopes[routeKey] : undefined;
}

function matches(routeKey: string, method: string, path: string): boolean {
  const [routeMethod, routePath = ''] = routeKey.split(' ');
  if (routeMethod !== method && routeMethod !== 'ANY') return false;
  const wanted = segments(routePath);
  const got = segments(path).map(decoded);
  const isGreedy = wanted.at(-1)?.endsWith('+}') === true;
  if (isGreedy ? got.length < wanted.length : got.length !== wanted.length) return false;
  return wanted.every((segment, index) => segment.startsWith('{') || segment === got[index]);
}

/** AWS does not say whether a path is percent-encoded here: `/%61dmin` must not pass for another route than `/admin`. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Compares as a string: a segment is `3` literal, `2` parameter, `1` greedy; `ANY` ranks below a method. */
function specificity(routeKey: string): string {
  const [method, path = ''] = routeKey.split(' ');
  const ranks = segments(path).map((segment) =>
    segment.endsWith('+}') ? '1' : segment.startsWith('{') ? '2' : '3',
  );
  return `${ranks.join('')}${method === 'ANY' ? '0' : '1'}`;
}

function segments(path: string): readonly string[] {
  return path.split('/').filter((segment) => segment !== '');
}
