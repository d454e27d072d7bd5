import type { JSONWebKeySet } from 'jose';
import { cachedKeySource, type KeySource, type KeySourceTimes } from '../keys/key-source.ts';
import { importJwkSet } from '../keys/verification-key.ts';
import { assertionAlgorithms } from '../oauth/assertion-algorithms.ts';
import type { JwkSetFetcher } from '../ports.ts';
import type { Client } from './client.ts';

/** A key that a client withdraws is gone after 5 minutes; a client whose server is down is bridged for an hour. */
const times: KeySourceTimes = { maxAgeSeconds: 300, maxStaleSeconds: 3600, cooldownSeconds: 10 };

/** Clients whose keys a container holds at a time: an upper bound for its memory. */
const maxHeld = 1000;

/** Where clients' public keys are had. One for each container, so that a `jwks_uri` is not fetched for each request. */
export function clientKeySources(fetcher: JwkSetFetcher): (client: Client) => KeySource | undefined {
  const held = new Map<string, KeySource>();
  return ({ jwks, jwksUri }) => {
    if (jwks !== undefined)
      return { find: async (kid) => (await importKeys(jwks as JSONWebKeySet)).get(kid) };
    if (jwksUri === undefined) return undefined;
    const source =
      held.get(jwksUri) ?? cachedKeySource(async () => importKeys(await fetcher.fetch(jwksUri)), times);
    if (held.size >= maxHeld) held.clear();
    held.set(jwksUri, source);
    return source;
  };
}

function importKeys(jwks: JSONWebKeySet): ReturnType<typeof importJwkSet> {
  return importJwkSet(jwks, assertionAlgorithms);
}
