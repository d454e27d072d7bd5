import { UnavailableError } from '../ports.ts';
import type { KeyLookup, VerificationKey } from './verification-key.ts';

/** Where a verifier's keys come from. */
export interface KeySource {
  /**
   * The issuer's key of this `kid`, or `undefined` where the issuer has none. An issuer with a shared secret has one key,
   * whatever the `kid`.
   *
   * @param now NumericDate of the request
   * @throws UnavailableError where it cannot be known
   */
  find(kid: string | undefined, now: number): Promise<VerificationKey | undefined>;
}

/** Times of a {@link cachedKeySource}, in seconds. */
export interface KeySourceTimes {
  /** Age from which a copy is fetched anew. */
  readonly maxAgeSeconds: number;
  /** Age up to which a copy serves on while the issuer cannot be reached. */
  readonly maxStaleSeconds: number;
  /** Least time between two fetches, failed ones too. A flood of unknown `kid`s costs one fetch per cooldown. */
  readonly cooldownSeconds: number;
}

interface Copy {
  readonly keys: KeyLookup;
  readonly fetchedAt: number;
}

/**
 * Keeps one issuer's JWK Set: a bounded age, a bounded staleness while the issuer is down, single-flight
 * fetches, and one refetch per cooldown for a `kid` that it does not know. A failed fetch is never kept.
 *
 * @param load fetches and imports the keys; rejects with UnavailableError
 */
export function cachedKeySource(load: () => Promise<KeyLookup>, times: KeySourceTimes): KeySource {
  let copy: Copy | undefined;
  let triedAt = Number.NEGATIVE_INFINITY;
  let flight: Promise<void> | undefined;
  /** Why the last fetch failed, if it did: what is not in the copy is then not known to be missing. */
  let failure: unknown;

  async function refetch(now: number): Promise<void> {
    triedAt = now;
    copy = { keys: await load(), fetchedAt: now };
  }

  return {
    async find(kid, now) {
      const isFresh = copy !== undefined && now - copy.fetchedAt < times.maxAgeSeconds;
      if (
        (!isFresh || copy?.keys.get(kid) === undefined) &&
        (flight !== undefined || now - triedAt >= times.cooldownSeconds)
      ) {
        flight ??= refetch(now).finally(() => (flight = undefined));
        failure = await flight.then(
          () => undefined,
          (error: unknown) => error,
        );
      }
      if (copy === undefined || now - copy.fetchedAt >= times.maxStaleSeconds) throw unavailable(failure);
      const key = copy.keys.get(kid);
      if (key === undefined && failure !== undefined) throw unavailable(failure);
      return key;
    },
  };
}

function unavailable(cause: unknown): UnavailableError {
  return new UnavailableError("the issuer's JWK Set cannot be read now", { cause });
}
