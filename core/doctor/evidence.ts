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

/** What Secrets Manager says of the rotation of a client's secret. Times are NumericDates. */
export interface SecretRotation {
  readonly clientId: string;
  readonly isOn: boolean;
  /** Absent where it was never rotated. */
  readonly lastRotatedAt?: number;
  /** The latest time at which it is to be rotated; in the past where that went wrong. */
  readonly nextRotationAt?: number;
}

/** Everything that an examination goes by. */
export interface Evidence {
  /** The exact `iss`. */
  readonly issuer: string;
  readonly discovery: Fetched;
  readonly jwkSet: Fetched;
  /** An access token that was issued for the examination. */
  readonly token: string;
  readonly keySet: SealedKeySet;
  /** From key-rotation, dated by its clock. */
  readonly timeline: Timeline;
  /** From the admin API, judged by its clock. */
  readonly schedules: readonly ScheduleOverview[];
  /** Of every client whose secret is in Secrets Manager. */
  readonly rotations: readonly SecretRotation[];
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
