/**
 * Runs the benchmarks: `npm run bench` all of them, which writes docs/benchmark.md; `npm run bench -- authorize` those
 * that are named, which prints. `--full` takes larger samples, `--tiny` only shows that all of it runs.
 */
import { printSection, writePage } from './harness/page.ts';
import type { Scale, Section, Suite } from './harness/section.ts';
import { authorize } from './suites/authorize.ts';
import { coldStart } from './suites/cold-start.ts';
import { flatCost } from './suites/flat-cost.ts';
import { hotKey } from './suites/hot-key.ts';
import { refuse } from './suites/refuse.ts';
import { revocationSeen } from './suites/revocation-seen.ts';
import { secrets } from './suites/secrets.ts';

/** In the order of the page. */
const suites: Readonly<Record<string, Suite>> = {
  authorize,
  'cold-start': coldStart,
  refuse,
  'hot-key': hotKey,
  'flat-cost': flatCost,
  'revocation-seen': revocationSeen,
  secrets,
};

const args = process.argv.slice(2);
const size: Scale['size'] = args.includes('--full') ? 'full' : args.includes('--tiny') ? 'tiny' : 'quick';
const named = args.filter((arg) => !arg.startsWith('--'));
const unknown = named.filter((name) => !Object.hasOwn(suites, name));
if (unknown.length > 0) {
  console.error(`got benchmark ${unknown.join(', ')}; allowed: ${Object.keys(suites).join(', ')}`);
  process.exit(2);
}

const sections: Section[] = [];
for (const [name, suite] of Object.entries(suites)) {
  if (named.length > 0 && !named.includes(name)) continue;
  const started = performance.now();
  const section = await suite({ size });
  console.log(`${name}: ${Math.round((performance.now() - started) / 1000)} s`);
  printSection(section);
  sections.push(section);
}
if (named.length === 0 && size !== 'tiny') writePage(sections, size);
