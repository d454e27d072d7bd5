/** Deploys a CDK app to MiniStack as its user would, and lets a driver use what stands there. */
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { cdkOrThrow, type CdkOptions } from './cdk.ts';
import type { Checks } from './checks.ts';
import type { MiniStack } from './server.ts';

/** What every deployment of a run shares. */
export interface Bench {
  readonly miniStack: MiniStack;
  readonly checks: Checks;
  /** Takes what a run writes; removed at its end. */
  readonly folder: string;
}

/** A stack that was deployed. */
export interface DeployedStack extends Bench {
  readonly stackName: string;
  /** Of all stacks of the app. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Environment of a command that is to find MiniStack. */
  readonly environment: NodeJS.ProcessEnv;
  /** `cdk deploy` once more. @returns what it printed; throws where it failed */
  deployAgain(): Promise<string>;
}

/** Uses one deployed stack. */
export interface Driver {
  /** What the checks call it. @default - the stack's name */
  readonly title?: string;
  /** Keyturn's stack, among those of the app. */
  readonly stackName: string;
  /** Template parameters, as `Stack:Name=value`. @default - none */
  readonly parameters?: readonly string[];
  /**
   * Environment variables of the CDK app.
   *
   * @param folder may take files that they name
   */
  environment?(folder: string): NodeJS.ProcessEnv | Promise<NodeJS.ProcessEnv>;
  /** Checks what the stack does; every fault is a failed check. */
  drive(stack: DeployedStack): Promise<void>;
  /** Checks what is left when the stack is destroyed. */
  afterDestroy?(stack: DeployedStack): Promise<void>;
}

/**
 * `cdk deploy` of the app in `stackDir`, the driver, `cdk destroy`. Where the first fails, the rest is skipped.
 *
 * @param stackDir holds the app's cdk.json
 */
export async function deployAndDrive(stackDir: string, driver: Driver, bench: Bench): Promise<void> {
  const { checks, miniStack } = bench;
  const { stackName, title = stackName, parameters = [] } = driver;
  const folder = path.join(bench.folder, title.replaceAll('/', '-'));
  mkdirSync(folder, { recursive: true });
  const options: CdkOptions = {
    miniStack,
    cwd: stackDir,
    environment: (await driver.environment?.(folder)) ?? {},
  };
  const assembly = path.join(folder, 'cdk.out');
  const outputsFile = path.join(folder, 'outputs.json');
  const deploy = () =>
    cdkOrThrow(
      [
        'deploy',
        '--all',
        ...parameters.flatMap((parameter) => ['--parameters', parameter]),
        '--require-approval',
        'never',
        '--output',
        assembly,
        '--outputs-file',
        outputsFile,
      ],
      options,
    );
  const outputs = await checks.check(`${title}: cdk deploy`, async () => {
    await deploy();
    return readOutputs(outputsFile);
  });
  if (outputs === undefined) return checks.skip(title, 'it is not deployed');
  const stack = { ...bench, stackName, outputs, environment: miniStack.environment, deployAgain: deploy };
  await driver.drive(stack);
  await checks.check(`${title}: cdk destroy`, () =>
    cdkOrThrow(['destroy', '--all', '--force', '--app', assembly], { ...options, cwd: folder }),
  );
  await driver.afterDestroy?.(stack);
}

/** What `cdk deploy --outputs-file` writes: outputs by stack. */
const outputsByStack = z.record(z.string(), z.record(z.string(), z.string()));

function readOutputs(file: string): Readonly<Record<string, string>> {
  const byStack = outputsByStack.parse(JSON.parse(readFileSync(file, 'utf8')));
  return Object.assign({}, ...Object.values(byStack));
}
