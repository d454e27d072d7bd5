import * as z from 'zod/mini';
import { OAuthError } from '../oauth/errors.ts';

/**
 * A JSON body of a known shape.
 *
 * @param body JSON text
 * @param allowed the shape in words, in the characters that an OAuth error description takes
 * @throws {@link OAuthError} `invalid_request` for anything else; it repeats nothing of the body
 */
export function readBody<T extends z.core.$ZodType>(
  body: string,
  shape: T,
  allowed: string,
): z.core.output<T> {
  const parsed = z.safeParse(shape, parseJson(body, allowed));
  if (parsed.success) return parsed.data;
  throw new OAuthError('invalid_request', `the body cannot be used; allowed: ${allowed}`);
}

function parseJson(body: string, allowed: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new OAuthError('invalid_request', `the body is not JSON; allowed: ${allowed}`);
  }
}
