import { holdSeconds } from './held-reader.ts';

/**
 * When kept answers are flushed after a change of the table was seen, in milliseconds. The first flush waits until no
 * authorizer holds the old record; the second comes after every authorizer that had read it before the change has answered,
 * since an answer that arrives after a flush is kept.
 */
export const flushesAtMs = [holdSeconds * 1000 + 100, 4000] as const;

/** Longest time from the stream's record of a change to its last flush: the turn before it, and its own. In milliseconds. */
export const flushBoundMs = 2 * flushesAtMs[1];
