import type { ScheduleOverview } from '../admin/overview.ts';
import type { SealedKeySet } from '../keys/key-set.ts';
import type { Timeline } from '../keys/timeline.ts';

/** What was fetched from one address. */
export interface Fetched {
  readonly url: string;
  readonly status: number;
  /** Body as text. */
  readonly body: string;
  readonly milliseconds: number;
  /** The answer's `Date` header as a NumericDate; whole seconds. */
  readonly date?: number;
}

/** Everything that an examination goes by. */
export interface Evidence {
  /** The exact `iss`. */
  readonly issuer: string;
  readonly discovery: Fetched;
  readonly jwkSet: Fetched;
  readonly keySet: SealedKeySet;
  /** From key-rotation, dated by its clock. */
  readonly timeline: Timeline;
  /** From the admin API, judged by its clock. */
  readonly schedules: readonly ScheduleOverview[];
  /** Our own clock when the discovery document came, as a NumericDate. */
  readonly now: number;
}

/** One check: whether all is well, and what shows it. */
export interface Finding {
  readonly check: string;
  /** `warn`: works, but not with everything or not for long. */
  readonly verdict: 'ok' | 'warn' | 'fail';
  readonly evidence: string;
}
