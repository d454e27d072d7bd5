/**
 * `npm run test:moto`: local KMS and local Secrets Manager against moto's, an independent implementation: the same calls to
 * both, by AWS's SDK, must come to the same. Python 3.10 or later, and PyPI on the first run.
 *
 * moto is kept in node_modules/.cache/keyturn-moto; everything else is in a temporary folder, and ends and goes with this
 * process. Where Python or PyPI is missing it says so, and skips.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Checks } from './ministack/checks.ts';
import { endAllProcesses } from './ministack/processes.ts';
import { MissingPartError, pythonWith } from './ministack/python.ts';
import { disagreements } from './moto/disagreements.ts';
import { kmsScenarios } from './moto/kms.ts';
import type { Scenario, Services } from './moto/scenario.ts';
import { secretScenarios } from './moto/secrets-manager.ts';
import { startMoto, startOurs } from './moto/services.ts';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const here = path.dirname(fileURLToPath(import.meta.url));
const cache = path.join(here, '..', 'node_modules', '.cache', 'keyturn-moto');
const checks = new Checks();
const folder = mkdtempSync(path.join(os.tmpdir(), 'keyturn-moto-'));

function cleanUp(): void {
  endAllProcesses();
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

async function compare({ title, run }: Scenario, ours: Services, theirs: Services): Promise<void> {
  const reason = disagreements[title];
  if (reason !== undefined) return checks.skip(title, reason);
  await checks.check(title, async () => {
    const [got, expected] = [JSON.stringify(await run(ours)), JSON.stringify(await run(theirs))];
    if (got !== expected) throw new Error(`got ${got}\nmoto: ${expected}`);
  });
}

async function main(): Promise<void> {
  try {
    const requirements = path.join(here, 'moto', 'requirements.txt');
    const python = await pythonWith({ name: 'moto', requirements, folder: cache });
    const ours = await startOurs(path.join(folder, 'ours'));
    const theirs = await checks.check('moto starts', () => startMoto(python, folder));
    if (theirs === undefined) return;
    for (const scenario of [...kmsScenarios, ...secretScenarios]) await compare(scenario, ours, theirs);
    await Promise.all([ours.stop(), theirs.stop()]);
  } catch (error) {
    if (!(error instanceof MissingPartError)) throw error;
    checks.skip('comparison with moto', error.message);
  }
}

process.once('exit', cleanUp);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
await main();
console.log(checks.summary());
process.exit(checks.hasFailed ? 1 : 0);
