import { OAuthError } from './errors.ts';

/** Largest accepted body of an OAuth request, in bytes. Real ones are under 4 kB, a large token included. */
export const maxBodyBytes = 16_384;

/** What of an HTTP request the OAuth endpoints read. Header names are lower-case. */
export interface OAuthRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
  /** Parameters of the URI: the endpoints take none. Default none. */
  readonly query?: URLSearchParams;
}

/** Parameters by name. */
export type Form = ReadonlyMap<string, string>;

/** The one parameter that may be given several times (RFC 8707 §2). A URI holds no space. */
const repeatable = 'resource';

/**
 * The parameters of a form-encoded body (RFC 6749 §3.2). A parameter without a value counts as left out; the values of a
 * repeated `resource` are joined by spaces.
 *
 * @throws {@link OAuthError} `invalid_request` for another content type (415), too large a body (413), a repeated
 *   parameter, parameters in the URI (RFC 6749 §2.3.1)
 */
export function parseForm({ headers, body, query }: OAuthRequest): Form {
  if (query !== undefined && query.size > 0)
    throw new OAuthError('invalid_request', 'parameters must be in the request body, not in the URI');
  const [mediaType] = (headers['content-type'] ?? '').split(';');
  if (mediaType?.trim().toLowerCase() !== 'application/x-www-form-urlencoded') {
    throw new OAuthError('invalid_request', 'Content-Type must be application/x-www-form-urlencoded', 415);
  }
  if (new TextEncoder().encode(body).length > maxBodyBytes) {
    throw new OAuthError('invalid_request', `the body may have at most ${maxBodyBytes} bytes`, 413);
  }
  const form = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(body)) {
    const before = form.get(name);
    if (before !== undefined && name !== repeatable)
      throw new OAuthError('invalid_request', 'a parameter is given twice');
    form.set(name, before === undefined ? value : `${before} ${value}`);
  }
  return new Map([...form].filter(([, value]) => value !== ''));
}
