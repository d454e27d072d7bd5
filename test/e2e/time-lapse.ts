/**
 * A stack whose schedules run in time lapse and are delivered as badly as EventBridge Scheduler may: twice, late, out of
 * order, or not at all.
 */
import { rmSync } from 'node:fs';
import path from 'node:path';
import type { Overview, ScheduleOverview } from '../../core/admin/overview.ts';
import type { DirectAdminAnswer, Schedule } from '../../core/contract/messages.ts';
import type { Clock } from '../../local/clock.ts';
import { play } from '../../local/index.ts';
import { runSchedules } from '../../local/scheduler/runner.ts';
import { readSchedule } from '../../local/scheduler/schedule.ts';
import { freePort } from '../engines.ts';
import { temporaryFolder } from './keyturn.ts';

/** Of seven times in turn, how many intervals after it each event is delivered. */
const deliveries: readonly (readonly number[])[] = [[0, 0], [2.5, 2.5], [1.2], [0], [], [3, 0], [0, 0, 1]];

/** One run that a schedule asked for. Times are NumericDates. */
export interface Run {
  readonly schedule: string;
  readonly begunAt: number;
  readonly endedAt: number;
  /** What the function answered; undefined where it failed. */
  readonly answer: unknown;
}

/** A clock on which `factor` seconds pass in one. */
function fastClock(factor: number): Clock {
  const start = Date.now();
  return {
    now: () => start + (Date.now() - start) * factor,
    after(milliseconds, callback) {
      const timer = setTimeout(callback, milliseconds / factor);
      return () => clearTimeout(timer);
    },
  };
}

/** Plays an assembly; its schedules rest until they are run. */
export async function playTimeLapse(assembly: string) {
  const folder = temporaryFolder();
  const lines: string[] = [];
  const stack = await play({
    ...{ assembly, dataDirectory: path.join(folder, 'data'), port: await freePort() },
    log: (source, line) => void lines.push(`${source}: ${line}`),
    scheduleDelivery: () => [],
  });

  /** Invokes a function and waits for what it answers. */
  async function invoke<T>(functionName: string, event: object): Promise<T> {
    const result = await stack.invoke(functionName, event);
    if (result.ok) return result.payload as T;
    throw new Error(`${result.error.errorType}: ${result.error.errorMessage}`);
  }

  return {
    ...{ stack, invoke, lines, output: (name: string) => stack.outputs[name] ?? '' },

    /** Runs every schedule, `factor` times as fast, until the work is done; what is late then is not delivered. */
    async runSchedulesDuring(factor: number, work: () => Promise<void>): Promise<readonly Run[]> {
      const begun: Promise<Run>[] = [];
      const run = async (functionArn: string, event: unknown): Promise<Run> => {
        const { name: schedule } = (event as { readonly schedule: Schedule }).schedule;
        const begunAt = Date.now() / 1000;
        const answer = await invoke(functionArn, event as object).catch(() => undefined);
        return { schedule, begunAt, endedAt: Date.now() / 1000, answer };
      };
      const schedules = stack.resources.flatMap((resource) => {
        if (resource.type !== 'AWS::Scheduler::Schedule') return [];
        return readSchedule(resource, `arn:aws:scheduler:::${resource.logicalId}`, () => true).schedule ?? [];
      });
      const stops = schedules.map((schedule) => {
        const { expression } = schedule;
        const everyMs = expression.kind === 'rate' ? expression.everyMs : 0;
        let times = 0;
        return runSchedules([schedule], {
          clock: fastClock(factor),
          deliveryWaits: () => (deliveries[times++ % deliveries.length] ?? []).map((wait) => wait * everyMs),
          log: (source, line) => void lines.push(`${source}: ${line}`),
          invoker: {
            async invoke(functionArn, event) {
              const running = run(functionArn, event);
              begun.push(running);
              const { answer: payload } = await running;
              if (payload !== undefined) return { ok: true, payload };
              const error = { errorType: 'Error', errorMessage: 'the run failed' };
              return { ok: false, error, cause: 'unhandled' };
            },
          },
        });
      });
      await work();
      for (const stop of stops) stop();
      return Promise.all(begun);
    },

    /** What the overview of the admin API says of a schedule. */
    async overviewOf(name: string): Promise<ScheduleOverview | undefined> {
      const event = { action: 'admin', route: 'overview', actor: 'test' };
      const { body } = await invoke<DirectAdminAnswer>(stack.outputs.AdminFunction ?? '', event);
      return (body as Overview).schedules.find((each) => each.name === name);
    },

    async end(): Promise<void> {
      await stack.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** A stack in time lapse. */
export type TimeLapse = Awaited<ReturnType<typeof playTimeLapse>>;
