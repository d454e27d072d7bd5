/**
 * `npm run test:deploy`: the real CDK deploys the default stack and the examples to MiniStack, an emulation of AWS that enforces IAM, and
 * what stands there is used over HTTP. No AWS account, no Docker; Python 3.10 or later, and PyPI on the first run.
 *
 * MiniStack is kept in node_modules/.cache/keyturn-deploy (KEYTURN_DEPLOY_CACHE names another folder); everything else is
 * in a temporary folder, and ends and goes with this process. Where Python or PyPI is missing it says so, and skips.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { bootstrap, root } from './ministack/cdk.ts';
import { Checks } from './ministack/checks.ts';
import { deployAndDrive, type Driver } from './ministack/deploy.ts';
import { exampleDeployments, skippedExamples } from './ministack/examples.ts';
import { keptAnswersDriver } from './ministack/kept-answers.ts';
import { keyturnDriver } from './ministack/keyturn.ts';
import { endAllProcesses } from './ministack/processes.ts';
import { MissingPartError, pythonWithMiniStack } from './ministack/python.ts';
import { type MiniStack, startMiniStack } from './ministack/server.ts';

/** Folders that hold a cdk.json, and who uses what is deployed from there. */
const deployments: readonly (readonly [string, Driver])[] = [
  [root, keyturnDriver],
  [root, keptAnswersDriver],
  ...exampleDeployments,
];

const cache =
  process.env['KEYTURN_DEPLOY_CACHE'] ?? path.join(root, 'node_modules', '.cache', 'keyturn-deploy');
const checks = new Checks();
const folder = mkdtempSync(path.join(os.tmpdir(), 'keyturn-deploy-'));

function cleanUp(): void {
  endAllProcesses();
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

async function deployAll(miniStack: MiniStack): Promise<void> {
  const isBootstrapped = await checks.check('cdk bootstrap', async () => {
    await bootstrap(miniStack, path.join(folder, 'bootstrap'));
    return true;
  });
  for (const [name, reason] of skippedExamples) checks.skip(name, reason);
  for (const [stackDir, driver] of deployments) {
    if (isBootstrapped) await deployAndDrive(stackDir, driver, { miniStack, checks, folder });
    else checks.skip(driver.title ?? driver.stackName, 'the environment is not bootstrapped');
  }
}

async function main(): Promise<void> {
  try {
    const python = await pythonWithMiniStack(path.join(cache, 'ministack'));
    const miniStack = await checks.check('MiniStack starts', () => startMiniStack(python, folder));
    if (miniStack === undefined) return;
    await deployAll(miniStack);
    if (checks.hasFailed) console.log(`\nMiniStack's log ends:\n${miniStack.logTail()}\n`);
    console.log(readFileSync(path.join(root, 'tools', 'ministack', 'notes.txt'), 'utf8'));
  } catch (error) {
    if (!(error instanceof MissingPartError)) throw error;
    checks.skip('deployment to MiniStack', error.message);
  }
}

// The SDK's notice about old Node.js versions says nothing about what is checked.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
process.once('exit', cleanUp);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
await main();
console.log(checks.summary());
process.exit(checks.hasFailed ? 1 : 0);
