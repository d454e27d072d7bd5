/** The benchmarks run, with the smallest samples; what they measure is none of a test's business. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { median, quantile, welch } from '../../bench/harness/stats.ts';

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, '..', '..');

const bench = (...args: readonly string[]) =>
  run(process.execPath, ['--import', 'tsx', 'bench/run.ts', ...args], { cwd: root });

/** `revocation-seen` is left out: it plays the whole stack twice, as the end-to-end tests do. */
it('runs every benchmark that needs no stack', async () => {
  const names = ['authorize', 'cold-start', 'refuse', 'hot-key', 'flat-cost', 'secrets'];
  const { stdout } = await bench(...names, '--tiny');
  for (const name of names) expect(stdout).toMatch(new RegExp(`^${name}: \\d+ s$`, 'm'));
  expect(stdout).not.toContain('NaN');
}, 300_000);

it('names the benchmarks that there are where it is asked for another', async () => {
  await expect(bench('cabbage')).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^got benchmark cabbage; allowed: authorize, /),
  });
}, 60_000);

it('takes quantiles and compares samples', () => {
  expect([median([3, 1, 2]), quantile([1, 2, 3, 4], 0.99)]).toEqual([2, 4]);
  expect(welch([1, 2, 3], [1, 2, 3])).toBe(0);
  expect(welch([10, 11, 12], [1, 2, 3])).toBeGreaterThan(10);
});
