import { headerValue, type HeaderPair } from './headers.ts';

/** A body as an event carries it. */
export interface EventBody {
  readonly body: string | undefined;
  readonly isBase64Encoded: boolean;
}

/**
 * A request body as an HTTP API hands it on: text for `text/*`, JSON, XML and JavaScript, base64 for everything
 * else, forms and bodies without a content type among them.
 */
export function httpEventBody(headers: readonly HeaderPair[], body: Buffer): EventBody {
  if (body.length === 0) return { body: undefined, isBase64Encoded: false };
  const text = isText(mediaType(headers));
  return { body: body.toString(text ? 'utf8' : 'base64'), isBase64Encoded: !text };
}

/**
 * A request body as a REST API hands it on: text, unless its media type is one of the API's binary ones.
 */
export function restEventBody(
  headers: readonly HeaderPair[],
  body: Buffer,
  binaryTypes: readonly string[],
): EventBody {
  if (body.length === 0) return { body: undefined, isBase64Encoded: false };
  const binary = matchesMedia(mediaType(headers), binaryTypes);
  return { body: body.toString(binary ? 'base64' : 'utf8'), isBase64Encoded: binary };
}

/** Whether a media type is among patterns: exact ones, `image/*` for a family, two asterisks for all. */
export function matchesMedia(type: string, patterns: readonly string[]): boolean {
  const [family = ''] = type.split('/');
  return patterns.some((pattern) => pattern === '*/*' || pattern === type || pattern === `${family}/*`);
}

/** The media type of headers, lower case, without parameters; empty when there is none. */
export function mediaType(headers: readonly HeaderPair[]): string {
  const [type = ''] = (headerValue(headers, 'content-type') ?? '').split(';');
  return type.trim().toLowerCase();
}

function isText(type: string): boolean {
  return (
    type.startsWith('text/') ||
    ['application/json', 'application/javascript', 'application/xml'].includes(type)
  );
}
