/**
 * `count-tests.ts FIRST [SECOND]`: counts what jest reported with `--json`. SECOND is the run of the files alone that
 * failed in FIRST: its results stand in place of theirs, and a file that then passed is named, for its tests depend on
 * how busy the machine is. `--failed FIRST` lists the files that failed. The last line is `N passed, N failed, N skipped`.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';

interface Suite {
  /** Path of the test file. */
  readonly name: string;
  readonly status: string;
  readonly assertionResults: readonly { readonly status: string }[];
}

function suitesOf(file: string): readonly Suite[] {
  const { testResults } = JSON.parse(readFileSync(file, 'utf8')) as { testResults: readonly Suite[] };
  return testResults;
}

const failedOf = (suites: readonly Suite[]): readonly Suite[] =>
  suites.filter(({ status }) => status === 'failed');

function count(suites: readonly Suite[]): string {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { status, assertionResults: results } of suites) {
    // A file that could not be loaded has no results, and a hook that failed has none of its own.
    if (status === 'failed' && !results.some((result) => result.status === 'failed')) counts.failed++;
    for (const result of results) {
      if (result.status === 'passed') counts.passed++;
      else if (result.status === 'failed') counts.failed++;
      else counts.skipped++;
    }
  }
  if (counts.passed + counts.failed === 0) counts.failed++;
  return `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
}

const [first = '', second] = process.argv.slice(2);
if (first === '--failed') {
  for (const { name } of failedOf(suitesOf(second ?? ''))) console.log(name);
} else {
  const suites = new Map(suitesOf(first).map((suite) => [suite.name, suite]));
  for (const suite of second === undefined ? [] : suitesOf(second)) {
    if (suites.get(suite.name)?.status === 'failed' && suite.status !== 'failed') {
      console.log(`UNSTEADY: ${path.relative('.', suite.name)} failed beside the others and passed alone`);
    }
    suites.set(suite.name, suite);
  }
  console.log(count([...suites.values()]));
}
