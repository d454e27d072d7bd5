import type { FunctionInvoker, Log } from '../types.ts';
import type { Clock } from '../clock.ts';
import { nextTime } from './expression.ts';
import type { Schedule, Target } from './schedule.ts';

/** A timer is set for no longer than this, so that a machine that slept catches up soon. */
const longestWaitMs = 60_000;

const longestBackoffMs = 60_000;

/** Retries beyond these are not worth a developer's time. */
const retryLimit = 5;

/** What the runner works with. */
export interface RunnerTools {
  readonly invoker: FunctionInvoker;
  readonly log: Log;
  readonly clock: Clock;
}

/**
 * Runs schedules until they are stopped. A time that was missed (the machine slept) is made up for once.
 *
 * @returns how to stop them all.
 */
export function runSchedules(schedules: readonly Schedule[], tools: RunnerTools): () => void {
  const stops = schedules.map((schedule) => runSchedule(schedule, tools));
  return () => {
    for (const stop of stops) stop();
  };
}

function runSchedule(schedule: Schedule, tools: RunnerTools): () => void {
  const { clock } = tools;
  const startedAt = clock.now();
  const origin = schedule.startsAt ?? startedAt;
  let last = schedule.dueAtStart ? startedAt - 1 : startedAt;
  let cancel: () => void = () => undefined;
  const wait = (): void => {
    const due = nextTime(schedule.expression, Math.max(last, origin - 1), origin);
    if (due === undefined || due > (schedule.endsAt ?? Number.POSITIVE_INFINITY)) return;
    cancel = clock.after(Math.min(Math.max(0, due - clock.now()), longestWaitMs), () => {
      if (clock.now() >= due) {
        last = clock.now();
        for (const target of schedule.targets) void deliver({ schedule, target, due, attempt: 1 }, tools);
      }
      wait();
    });
  };
  wait();
  return () => cancel();
}

interface Delivery {
  readonly schedule: Schedule;
  readonly target: Target;
  readonly due: number;
  readonly attempt: number;
}

async function deliver(delivery: Delivery, tools: RunnerTools): Promise<void> {
  const { schedule, target, due, attempt } = delivery;
  const result = await tools.invoker.invoke(target.functionArn, target.event(due, attempt));
  if (result.ok) return;
  const again = attempt <= Math.min(target.retries, retryLimit);
  const waitMs = Math.min(1_000 * 2 ** (attempt - 1), longestBackoffMs);
  const what = `attempt ${attempt} failed: ${result.error.errorType}: ${result.error.errorMessage}`;
  tools.log(schedule.logicalId, `${what}; ${again ? `again in ${waitMs / 1000} s` : lost(target)}`);
  if (again) tools.clock.after(waitMs, () => void deliver({ ...delivery, attempt: attempt + 1 }, tools));
}

function lost({ deadLetterArn }: Target): string {
  if (deadLetterArn === undefined) return 'the event is dropped (no dead-letter queue is configured)';
  return `on AWS the event would go to the dead-letter queue ${deadLetterArn} now`;
}
