import { arrayOf, isObject, objectOf, textOf, type JsonObject } from '../json.ts';

/** Largest JWK Set or metadata document, in bytes. */
const documentLimit = 150_000;

/** Longest time for both documents together, in milliseconds. */
const fetchTimeoutMs = 1500;

interface Entry {
  readonly keys: readonly JsonObject[];
  /** Milliseconds since the epoch. */
  readonly fetchedAt: number;
}

/** How one authorizer wants keys kept. */
export interface KeyPolicy {
  readonly authorizerId: string;
  readonly ttlSeconds: number;
  readonly refetchesUnknownKey: boolean;
}

/** The JWK Sets of the issuers that JWT authorizers trust, kept for each authorizer on its own. */
export class IssuerKeys {
  readonly #entries = new Map<string, Entry>();
  readonly #now: () => number;

  /** @param now milliseconds since the epoch */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * An issuer's key by its `kid`, or undefined when the issuer publishes none of that name.
   *
   * @throws when the issuer's metadata or JWK Set cannot be read
   */
  async find(issuer: string, kid: string, policy: KeyPolicy): Promise<JsonObject | undefined> {
    const name = JSON.stringify([policy.authorizerId, issuer]);
    const entry = this.#entries.get(name);
    const fresh = entry !== undefined && this.#now() - entry.fetchedAt < policy.ttlSeconds * 1000;
    const known = fresh ? byKid(entry.keys, kid) : undefined;
    if (known !== undefined || (fresh && !policy.refetchesUnknownKey)) return known;
    const keys = await fetchKeys(issuer);
    this.#entries.set(name, { keys, fetchedAt: this.#now() });
    return byKid(keys, kid);
  }
}

function byKid(keys: readonly JsonObject[], kid: string): JsonObject | undefined {
  return keys.find((key) => key['kid'] === kid);
}

/** `<issuer>/.well-known/openid-configuration`, then its `jwks_uri` (OpenID Connect Discovery 1.0, section 4). */
async function fetchKeys(issuer: string): Promise<JsonObject[]> {
  const signal = AbortSignal.timeout(fetchTimeoutMs);
  const metadata = await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, signal);
  const uri = textOf(metadata['jwks_uri']);
  if (uri === undefined) throw new Error('the issuer metadata names no jwks_uri');
  const set = await fetchJson(uri, signal);
  return arrayOf(set['keys']).filter((key) => isObject(key));
}

async function fetchJson(url: string, signal: AbortSignal): Promise<JsonObject> {
  const response = await fetch(url, { signal, redirect: 'error', headers: { accept: 'application/json' } });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const text = await response.text();
  if (text.length > documentLimit) throw new Error(`${url} is larger than ${documentLimit} bytes`);
  return objectOf(JSON.parse(text));
}
