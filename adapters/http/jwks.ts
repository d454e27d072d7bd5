import type { JSONWebKeySet } from 'jose';
import { UnavailableError, type JwkSetFetcher } from '../../core/ports.ts';
import { exchange } from './exchange.ts';

/** Largest JWK Set that is taken, in bytes, and the longest time it may take, in milliseconds: what AWS's HTTP APIs do. */
const maxBytes = 150_000;
const timeMs = 1500;

/**
 * Fetches JWK Sets (RFC 7517 §5) from their configured addresses: TLS (plain http on a loopback address), status 200,
 * no redirects, at most 150,000 bytes in 1.5 s.
 */
export function jwkSetFetcher(): JwkSetFetcher {
  return {
    async fetch(jwksUri) {
      try {
        return await fetchJwkSet(jwksUri);
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : 'unknown error';
        throw new UnavailableError(`JWK Set of ${withoutQuery(jwksUri)}: ${why}`, { cause });
      }
    },
  };
}

async function fetchJwkSet(jwksUri: string): Promise<JSONWebKeySet> {
  const headers = { accept: 'application/jwk-set+json, application/json', 'user-agent': 'keyturn' };
  const { status, body } = await exchange(jwksUri, { method: 'GET', headers, timeMs, maxBytes });
  if (status !== 200) throw new Error(`got status ${status}; allowed: 200, redirects are not followed`);
  const content = parse(body);
  if (!isJwkSet(content))
    throw new Error('got JSON of another kind; allowed: an object whose keys is an array of objects');
  return content;
}

/** The parser's own message would quote the body. */
function parse(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new Error('got a body that is not JSON; allowed: a JWK Set');
  }
}

function isJwkSet(value: unknown): value is JSONWebKeySet {
  return isObject(value) && 'keys' in value && Array.isArray(value.keys) && value.keys.every(isObject);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withoutQuery(address: string): string {
  return address.split(/[?#]/, 1)[0] ?? '';
}
