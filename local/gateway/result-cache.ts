import type { AuthorizerAnswer } from './authorizer-answer.ts';

interface Entry {
  readonly answer: AuthorizerAnswer;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** Most answers that are kept; the oldest go first. */
const capacity = 10_000;

/** What a cached answer is kept under. */
export interface CacheKey {
  readonly apiId: string;
  readonly stage: string;
  readonly authorizerId: string;
  /** The values of the identity sources. */
  readonly identity: readonly string[];
}

/** The authorizer result cache of all stages that are played. */
export class ResultCache {
  readonly #entries = new Map<string, Entry>();
  readonly #now: () => number;

  /** @param now milliseconds since the epoch */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The answer kept under a key, while its time has not run out. */
  get(key: CacheKey): AuthorizerAnswer | undefined {
    const name = nameOf(key);
    const entry = this.#entries.get(name);
    if (entry === undefined) return undefined;
    if (entry.until > this.#now()) return entry.answer;
    this.#entries.delete(name);
    return undefined;
  }

  /** Keeps an answer for some seconds; 0 keeps nothing. */
  set(key: CacheKey, answer: AuthorizerAnswer, ttlSeconds: number): void {
    if (ttlSeconds <= 0) return;
    const oldest = this.#entries.size >= capacity ? this.#entries.keys().next().value : undefined;
    if (oldest !== undefined) this.#entries.delete(oldest);
    this.#entries.set(nameOf(key), { answer, until: this.#now() + ttlSeconds * 1000 });
  }

  /** Forgets every answer of a stage (`FlushStageAuthorizersCache`, `ResetAuthorizersCache`). */
  flush(apiId: string, stage: string): void {
    const prefix = stagePrefix(apiId, stage);
    for (const name of this.#entries.keys()) if (name.startsWith(prefix)) this.#entries.delete(name);
  }
}

function nameOf({ apiId, stage, authorizerId, identity }: CacheKey): string {
  return stagePrefix(apiId, stage) + JSON.stringify([authorizerId, ...identity]);
}

function stagePrefix(apiId: string, stage: string): string {
  return JSON.stringify([apiId, stage]);
}
