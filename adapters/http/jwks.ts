import type { JSONWebKeySet } from 'jose';
import { UnavailableError, type JwkSetFetcher } from '../../core/ports.ts';
import { exchange } from './exchange.ts';

/** Largest JWK Set that is taken, in bytes, and the longest time it may take, in milliseconds: what AWS's HTTP APIs do. */
const maxBytes = 150_000;
const timeMs = 1500;

const discoveryPath = '/.well-known/openid-configuration';

/**
 * Fetches JWK Sets (RFC 7517 §5) from their configured addresses: TLS (plain http on a loopback address), status 200,
 * no redirects, at most 150,000 bytes in 1.5 s. An address that ends in `/.well-known/openid-configuration` is that of the
 * issuer's metadata: the JWK Set is where its `jwks_uri` says, if it names the very issuer that was asked (OpenID Connect
 * Discovery 1.0 §4.3).
 */
export function jwkSetFetcher(): JwkSetFetcher {
  return {
    async fetch(jwksUri) {
      try {
        return await fetchJwkSet(jwksUri.endsWith(discoveryPath) ? await discover(jwksUri) : jwksUri);
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : 'unknown error';
        throw new UnavailableError(`JWK Set of ${withoutQuery(jwksUri)}: ${why}`, { cause });
      }
    },
  };
}

async function fetchJwkSet(jwksUri: string): Promise<JSONWebKeySet> {
  const content = await fetchJson(jwksUri);
  if (!isJwkSet(content))
    throw new Error('got JSON of another kind; allowed: an object whose keys is an array of objects');
  return content;
}

/**
 * The `jwks_uri` of an issuer's metadata; an issuer's slash at its end is not part of the address. Plain http is for an issuer
 * on this machine alone: nobody elsewhere may have us ask what listens here, of which Lambda's runtime is one.
 */
async function discover(address: string): Promise<string> {
  const content = await fetchJson(address);
  const issuer = address.slice(0, -discoveryPath.length);
  const named = isObject(content) && 'issuer' in content ? content.issuer : undefined;
  if (named !== issuer && named !== `${issuer}/`)
    throw new Error(`got metadata of another issuer; allowed: that of ${issuer}`);
  const jwksUri = isObject(content) && 'jwks_uri' in content ? content.jwks_uri : undefined;
  if (typeof jwksUri !== 'string' || !URL.canParse(jwksUri))
    throw new Error('got metadata without a jwks_uri; allowed: one that is a URL');
  const { protocol, origin } = new URL(jwksUri);
  if (protocol !== 'https:' && origin !== new URL(address).origin)
    throw new Error('got metadata with a jwks_uri of plain http; allowed: https');
  return jwksUri;
}

async function fetchJson(address: string): Promise<unknown> {
  const headers = { accept: 'application/jwk-set+json, application/json', 'user-agent': 'keyturn' };
  const { status, body } = await exchange(address, { method: 'GET', headers, timeMs, maxBytes });
  if (status !== 200) throw new Error(`got status ${status}; allowed: 200, redirects are not followed`);
  return parse(body);
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
