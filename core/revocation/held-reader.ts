import type { RevocationReader } from '../ports.ts';
import type { RevocationIds } from './decide.ts';
import type { RevocationRecord } from './record.ts';

/** How long a common record (issuer, key, client, subject, session) is held, in seconds. */
export const holdSeconds = 0.5;

/** Entries that are held at most; beyond it the oldest go first. */
const maxHeld = 10_000;

/** Looks up the records of one token. */
export interface RevocationLookup {
  /** @param now NumericDate with fractions */
  find(ids: RevocationIds, now: number): Promise<readonly RevocationRecord[]>;
}

/**
 * Looks up a token's records in one round trip. A common record, or its absence, is held for half a second, so
 * that no DynamoDB key is read once for every request of a busy client: one key gives 3,000 strong reads a
 * second and no more. The token's own record is never held.
 */
export function heldLookup(reader: RevocationReader): RevocationLookup {
  const held = new Map<string, { record: RevocationRecord | undefined; until: number }>();

  function hold(id: string, record: RevocationRecord | undefined, now: number): void {
    held.delete(id);
    held.set(id, { record, until: now + holdSeconds });
    const oldest = held.size > maxHeld ? held.keys().next().value : undefined;
    if (oldest !== undefined) held.delete(oldest);
  }

  /** A clock that went back must not make an entry last. */
  function isHeld(id: string, now: number): boolean {
    const until = held.get(id)?.until ?? Number.NEGATIVE_INFINITY;
    return now < until && now >= until - holdSeconds;
  }

  return {
    async find(ids, now) {
      const kept = ids.common.filter((id) => isHeld(id, now)).map((id) => held.get(id)?.record);
      const wanted = ids.common.filter((id) => !isHeld(id, now));
      const found = await reader.read([ids.token, ...wanted]);
      for (const id of wanted) hold(id, found.get(id), now);
      return [...kept, ...found.values()].filter((record) => record !== undefined);
    },
  };
}
