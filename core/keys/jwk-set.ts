import type { JSONWebKeySet } from 'jose';
import { isPublished, type KeySet } from './key-set.ts';

/** The published keys as a JWK Set (RFC 7517 §5): those that sign, will sign, and did sign valid tokens. */
export function toJwkSet(keySet: KeySet): JSONWebKeySet {
  return { keys: keySet.keys.filter((key) => isPublished(key.state)).map((key) => key.publicJwk) };
}
