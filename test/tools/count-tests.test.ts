/** What the gate counts of jest's reports. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';

const folder = mkdtempSync(path.join(tmpdir(), 'count-tests-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Suites = Readonly<Record<string, readonly [status: string, ...tests: string[]]>>;

/** A report of jest: of each file its status and that of its tests. */
function report(name: string, suites: Suites): string {
  const file = path.join(folder, name);
  const testResults = Object.entries(suites).map(([suite, [status, ...tests]]) => ({
    name: path.resolve(suite),
    status,
    assertionResults: tests.map((test) => ({ status: test })),
  }));
  writeFileSync(file, JSON.stringify({ testResults }));
  return file;
}

function countTests(...args: string[]): readonly string[] {
  const { stdout } = spawnSync(process.execPath, ['--import', 'tsx', 'tools/count-tests.ts', ...args], {
    encoding: 'utf8',
  });
  return stdout.trim().split('\n');
}

const first = report('first', {
  'a.test.ts': ['passed', 'passed', 'pending', 'todo'],
  'b.test.ts': ['failed', 'passed', 'failed'],
  'c.test.ts': ['failed'],
});

describe('the count of tests', () => {
  it('counts a file that could not be run as a failure', () => {
    expect(countTests(first)).toEqual(['2 passed, 2 failed, 2 skipped']);
  });

  it('lists the files that failed', () => {
    expect(countTests('--failed', first)).toEqual([path.resolve('b.test.ts'), path.resolve('c.test.ts')]);
  });

  it('takes the results of the second run, and names what passed only then', () => {
    const second = report('second', {
      'b.test.ts': ['passed', 'passed', 'passed'],
      'c.test.ts': ['failed', 'passed', 'failed'],
    });
    expect(countTests(first, second)).toEqual([
      'UNSTEADY: b.test.ts failed beside the others and passed alone',
      '4 passed, 1 failed, 2 skipped',
    ]);
  });

  it('counts a report without a test as a failure', () => {
    expect(countTests(report('empty', {}))).toEqual(['0 passed, 1 failed, 0 skipped']);
  });
});
