import type { FunctionInvoker, Log } from '../types.ts';
import type { Clock } from '../clock.ts';
import { nextTime } from './expression.ts';
import type { Schedule, Target } from './schedule.ts';

/** A timer is set for no longer than this, so that a machine that slept catches up soon. */
const longestWaitMs = 60_000;

const longestBackoffMs = 60_000;

/** Retries beyond these are not worth a developer's time. */
const retryLimit = 5;

/**
 * How often and how late an event is delivered: the wait before each delivery in milliseconds, at least one. AWS
 * promises "at least once", and so `[0, 0]` (twice), `[5000]` (late) and different waits (out of order) are all allowed.
 *
 * @param scheduledTime milliseconds since the epoch.
 */
export type DeliveryWaits = (logicalId: string, scheduledTime: number) => readonly number[];

/** What the runner works with. */
export interface RunnerTools {
  readonly invoker: FunctionInvoker;
  readonly log: Log;
  readonly clock: Clock;
  /** @default once, at once */
  readonly deliveryWaits?: DeliveryWaits | undefined;
}

/**
 * Runs schedules until they are stopped. A time that was missed (the machine slept) is made up for once.
 *
 * @returns how to stop them all.
 */
export function runSchedules(schedules: readonly Schedule[], tools: RunnerTools): () => void {
  const timers = new Set<() => void>();
  const after = (milliseconds: number, callback: () => void): void => {
    const cancel = tools.clock.after(milliseconds, () => {
      timers.delete(cancel);
      callback();
    });
    timers.add(cancel);
  };
  for (const schedule of schedules) runSchedule(schedule, { ...tools, after });
  return () => {
    for (const cancel of timers) cancel();
  };
}

interface Tools extends RunnerTools {
  /** Calls back once after some milliseconds, unless all is stopped before. */
  readonly after: (milliseconds: number, callback: () => void) => void;
}

function runSchedule(schedule: Schedule, tools: Tools): void {
  const { clock, after } = tools;
  const startedAt = clock.now();
  const origin = schedule.startsAt ?? startedAt;
  let last = schedule.dueAtStart ? startedAt - 1 : startedAt;
  const wait = (): void => {
    const due = nextTime(schedule.expression, Math.max(last, origin - 1), origin);
    if (due === undefined || due > (schedule.endsAt ?? Number.POSITIVE_INFINITY)) return;
    after(Math.min(Math.max(0, due - clock.now()), longestWaitMs), () => {
      if (clock.now() >= due) {
        last = clock.now();
        deliverAll(schedule, due, tools);
      }
      wait();
    });
  };
  wait();
}

function deliverAll(schedule: Schedule, due: number, tools: Tools): void {
  const waits = tools.deliveryWaits?.(schedule.logicalId, due) ?? [0];
  for (const target of schedule.targets) {
    for (const waitMs of waits) {
      const start = (): void => void deliver({ schedule, target, due, attempt: 1 }, tools);
      if (waitMs > 0) tools.after(waitMs, start);
      else start();
    }
  }
}

interface Delivery {
  readonly schedule: Schedule;
  readonly target: Target;
  readonly due: number;
  readonly attempt: number;
}

async function deliver(delivery: Delivery, tools: Tools): Promise<void> {
  const { schedule, target, due, attempt } = delivery;
  const result = await tools.invoker.invoke(target.functionArn, target.event(due, attempt));
  if (result.ok) return;
  const waitMs = Math.min(1_000 * 2 ** (attempt - 1), longestBackoffMs);
  const isYoung = tools.clock.now() + waitMs - due <= target.maximumAgeMs;
  const again = isYoung && attempt <= Math.min(target.retries, retryLimit);
  const what = `attempt ${attempt} failed: ${result.error.errorType}: ${result.error.errorMessage}`;
  tools.log(schedule.logicalId, `${what}; ${again ? `again in ${waitMs / 1000} s` : lost(target)}`);
  if (again) tools.after(waitMs, () => void deliver({ ...delivery, attempt: attempt + 1 }, tools));
}

function lost({ deadLetterArn }: Target): string {
  if (deadLetterArn === undefined) return 'the event is dropped (no dead-letter queue is configured)';
  return `on AWS the event would go to the dead-letter queue ${deadLetterArn} now`;
}
