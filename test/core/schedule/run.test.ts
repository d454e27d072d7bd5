import { describe, expect, it } from '@jest/globals';
import { UnavailableError } from '../../../core/ports.ts';
import { recorded, type ScheduleRun } from '../../../core/schedule/run.ts';
import { now } from '../issuer.ts';

const schedule = { name: 'key-rotation', everySeconds: 300 };

function desk(record: () => Promise<void> = async () => {}) {
  const runs: ScheduleRun[] = [];
  const lines: unknown[] = [];
  const log = {
    all: () => Promise.resolve(runs),
    record: async (run: ScheduleRun) => {
      await record();
      runs.push(run);
    },
  };
  const telemetry = { count: () => {}, log: (...line: readonly unknown[]) => void lines.push(line) };
  return { runs, lines, context: { runs: log, telemetry, now } };
}

describe('recorded', () => {
  it('records a run that succeeded, and gives what it gave', async () => {
    const { runs, context } = desk();
    expect(await recorded(schedule, context, async () => 7)).toBe(7);
    expect(runs).toEqual([{ ...schedule, ranAt: now, outcome: 'succeeded' }]);
  });

  it('records when the token ends that it has seen to', async () => {
    const { runs, context } = desk();
    const tokenExpiresAt = (result: number) => now + result;
    expect(await recorded(schedule, { ...context, tokenExpiresAt }, async () => 900)).toBe(900);
    expect(runs).toEqual([{ ...schedule, ranAt: now, outcome: 'succeeded', tokenExpiresAt: now + 900 }]);
  });

  it('records a run that failed, and fails as it did', async () => {
    const { runs, context } = desk();
    const work = () => Promise.reject(new Error('no key'));
    await expect(recorded(schedule, context, work)).rejects.toThrow('no key');
    expect(runs).toEqual([{ ...schedule, ranAt: now, outcome: 'failed' }]);
  });

  it('records nothing of what no schedule asked for', async () => {
    const { runs, context } = desk();
    expect(await recorded(undefined, context, async () => 7)).toBe(7);
    expect(runs).toEqual([]);
  });

  it('is a run all the same where it cannot be recorded', async () => {
    const { lines, context } = desk(() => Promise.reject(new UnavailableError('down')));
    expect(await recorded(schedule, context, async () => 7)).toBe(7);
    expect(lines).toEqual([['warn', 'a run was not recorded', { schedule: 'key-rotation', cause: 'down' }]]);
  });
});
