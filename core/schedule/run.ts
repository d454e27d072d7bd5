import type { Schedule } from '../contract/messages.ts';
import type { ScheduleRunLog, Telemetry } from '../ports.ts';

/** The last run of a schedule. */
export interface ScheduleRun extends Schedule {
  /** When it began, as a NumericDate. */
  readonly ranAt: number;
  readonly outcome: 'succeeded' | 'failed';
  /** When the token ends that the run left in a secret, as a NumericDate. */
  readonly tokenExpiresAt?: number;
}

/** What recording runs works with. */
export interface RunContext<T = unknown> {
  /** Absent where runs are not recorded. */
  readonly runs?: ScheduleRunLog | undefined;
  readonly telemetry: Telemetry;
  /** NumericDate, read once. */
  readonly now: number;
  /** When the token ends that a run has seen to. Absent where runs see to none. */
  readonly tokenExpiresAt?: (result: T) => number;
}

/**
 * Does what an event asks for and, where a schedule sent it, records how that ended. A run that cannot be recorded is a run
 * all the same: the log says so.
 *
 * @param schedule what the event says of its schedule; absent in one that was sent by hand
 */
export async function recorded<T>(
  schedule: Schedule | undefined,
  { runs, telemetry, now: ranAt, tokenExpiresAt }: RunContext<T>,
  work: () => Promise<T>,
): Promise<T> {
  const record = async (end: Pick<ScheduleRun, 'outcome' | 'tokenExpiresAt'>): Promise<void> => {
    if (schedule === undefined || runs === undefined) return;
    const { name, everySeconds } = schedule;
    await runs.record({ name, everySeconds, ranAt, ...end }).catch((error: unknown) => {
      telemetry.log('warn', 'a run was not recorded', { schedule: name, cause: (error as Error).message });
    });
  };
  try {
    const result = await work();
    await record({
      outcome: 'succeeded',
      ...(tokenExpiresAt !== undefined && { tokenExpiresAt: tokenExpiresAt(result) }),
    });
    return result;
  } catch (error) {
    await record({ outcome: 'failed' });
    throw error;
  }
}
