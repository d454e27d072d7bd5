import type { KeyMaker, MadeKey } from './key-maker.ts';
import { isPublished, type KeySet, type SealedKeySet } from './key-set.ts';

type Handles = SealedKeySet['sealed'];

/**
 * The handles to write: of all keys that may sign, pending and active, new ones among them. Where a dropped handle is not
 * the end of its key ({@link KeyMaker.end}), those of other keys stay until {@link endKeys} has ended them.
 */
export function handlesOf(next: KeySet, stored: Handles, parts: HandleParts): Handles {
  const { made, ended, maker } = parts;
  const all = { ...stored, ...Object.fromEntries(made.map(({ key, handle }) => [key.kid, handle])) };
  const signers = next.keys.filter(({ state }) => state === 'pending' || state === 'active');
  const kept = maker.end === undefined ? signers.map(({ kid }) => kid) : Object.keys(all);
  return Object.fromEntries(
    kept.flatMap((kid) => {
      const handle = all[kid];
      return handle === undefined || ended.includes(kid) ? [] : [[kid, handle]];
    }),
  );
}

/** What happened to handles since the key set was read. */
export interface HandleParts {
  readonly made: readonly MadeKey[];
  /** `kid`s of keys that were ended. */
  readonly ended: readonly string[];
  readonly maker: KeyMaker;
}

/**
 * Ends the keys that have left the JWK Set by what is stored, which no other rotator can undo.
 *
 * @returns their `kid`s: their handles can go
 */
export async function endKeys(stored: SealedKeySet, { end }: KeyMaker): Promise<readonly string[]> {
  if (end === undefined) return [];
  const published = new Set(stored.keys.filter(({ state }) => isPublished(state)).map(({ kid }) => kid));
  const gone = Object.entries(stored.sealed).filter(([kid]) => !published.has(kid));
  await Promise.all(gone.map(([, handle]) => end(handle)));
  return gone.map(([kid]) => kid);
}
