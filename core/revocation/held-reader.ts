import { type RevocationReader, UnavailableError } from '../ports.ts';
import type { RevocationIds } from './decide.ts';
import type { RevocationRecord } from './record.ts';

/** How long a common record (issuer, key, client, subject, session) is held, in seconds. */
export const holdSeconds = 0.5;

/** Entries that are held at most; beyond it the oldest go first. */
const maxHeld = 10_000;

/** Looks up the records of one token. */
export interface RevocationLookup {
  /**
   * @param now NumericDate with fractions
   * @param staleSeconds how old an answer about the same token may be where the table cannot be reached. Default 0: the
   *   request then fails closed
   */
  find(ids: RevocationIds, now: number, staleSeconds?: number): Promise<readonly RevocationRecord[]>;
}

/** Answers that may be given again while the table cannot be reached. */
export interface StaleAnswers {
  /** Whether to remember answers at all: some route takes stale ones. */
  readonly isWanted: boolean;
  /** Hears of each answer that was given again. */
  readonly onAnswer: () => void;
}

/**
 * Looks up a token's records in one round trip. A common record, or its absence, is held for half a second, so
 * that no DynamoDB key is read once for every request of a busy client: one key gives 3,000 strong reads a
 * second and no more. The token's own record is never held.
 */
export function heldLookup(reader: RevocationReader, stale?: StaleAnswers): RevocationLookup {
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

  const answers = new Map<string, { records: readonly RevocationRecord[]; at: number }>();

  function remember(id: string, records: readonly RevocationRecord[], at: number): void {
    if (stale?.isWanted !== true) return;
    answers.delete(id);
    answers.set(id, { records, at });
    const oldest = answers.size > maxHeld ? answers.keys().next().value : undefined;
    if (oldest !== undefined) answers.delete(oldest);
  }

  /** A clock that went back must not make an answer last. */
  function staleAnswer(
    id: string,
    now: number,
    staleSeconds: number,
  ): readonly RevocationRecord[] | undefined {
    const answer = answers.get(id);
    if (answer === undefined || now < answer.at || now - answer.at >= staleSeconds) return undefined;
    stale?.onAnswer();
    return answer.records;
  }

  async function read(ids: RevocationIds, now: number): Promise<readonly RevocationRecord[]> {
    const kept = ids.common.filter((id) => isHeld(id, now)).map((id) => held.get(id)?.record);
    const wanted = ids.common.filter((id) => !isHeld(id, now));
    const found = await reader.read([ids.token, ...wanted]);
    for (const id of wanted) hold(id, found.get(id), now);
    const records = [...kept, ...found.values()].filter((record) => record !== undefined);
    remember(ids.token, records, now);
    return records;
  }

  return {
    async find(ids, now, staleSeconds = 0) {
      try {
        return await read(ids, now);
      } catch (error) {
        if (!(error instanceof UnavailableError)) throw error;
        const records = staleAnswer(ids.token, now, staleSeconds);
        if (records === undefined) throw error;
        return records;
      }
    },
  };
}
