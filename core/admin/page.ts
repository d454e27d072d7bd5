import { base64url } from 'jose';
import { OAuthError } from '../oauth/errors.ts';

/** One page of a list, as the admin API answers it. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Give it as `page` to get the next one; absent on the last. A page may be short, or empty, and yet have a next. */
  readonly next?: string;
}

const defaultLimit = 100;
const maxLimit = 1000;

/**
 * How many entries a request asks for.
 *
 * @throws {@link OAuthError} `invalid_request` for anything but a whole number from 1 to 1,000
 */
export function readLimit(query: URLSearchParams): number {
  const text = query.get('limit');
  if (text === null) return defaultLimit;
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= maxLimit) return limit;
  throw new OAuthError('invalid_request', `limit must be a whole number from 1 to ${maxLimit}`);
}

/** A place to go on from, as text that says nothing to the caller. */
export function toPageToken(place: object): string {
  return base64url.encode(JSON.stringify(place));
}

/**
 * The place that a request's `page` stands for.
 *
 * @param read takes what was parsed; undefined where it is no place of this list
 * @throws {@link OAuthError} `invalid_request` for a `page` that this list did not give
 */
export function readPageToken<T>(
  query: URLSearchParams,
  read: (place: unknown) => T | undefined,
): T | undefined {
  const token = query.get('page');
  if (token === null) return undefined;
  const place = read(parse(token));
  if (place === undefined) throw new OAuthError('invalid_request', 'page is not a next value of this list');
  return place;
}

/** The place of a list that goes on after a key: undefined where it is no such place. */
export function toAfter(place: unknown): string | undefined {
  if (typeof place !== 'object' || place === null || !('after' in place)) return undefined;
  return typeof place.after === 'string' ? place.after : undefined;
}

/**
 * A parameter that has to be there.
 *
 * @throws {@link OAuthError} `invalid_request` where it is missing or empty
 */
export function readText(query: URLSearchParams, name: string): string {
  const text = query.get(name) ?? '';
  if (text !== '') return text;
  throw new OAuthError('invalid_request', `${name} is missing from the query`);
}

function parse(token: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(base64url.decode(token)));
  } catch {
    return undefined;
  }
}

/**
 * Refuses parameters that a route does not have, so that a misspelt filter does not answer with everything.
 *
 * @throws {@link OAuthError} `invalid_request`
 */
export function allowOnly(query: URLSearchParams, names: readonly string[]): void {
  const isKnown = [...query.keys()].every((name) => names.includes(name));
  const isTwice = [...query.keys()].length !== new Set(query.keys()).size;
  if (isKnown && !isTwice) return;
  throw new OAuthError('invalid_request', `allowed in the query, each once: ${names.join(', ')}`);
}
