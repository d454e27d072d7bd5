/** A new folder with a new CDK app, as a user of the package has it. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../ministack/cdk.ts';
import { run } from '../ministack/processes.ts';

/** What the package's own package.json says. */
export const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  readonly version: string;
  readonly devDependencies: Readonly<Record<string, string>>;
};

/** Runs a command in a folder; throws with its output where it fails. */
export async function runIn(
  cwd: string,
  command: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const outcome = await run(command, { cwd, env: { ...process.env, ...env }, timeoutSeconds: 300 });
  assert.equal(outcome.code, 0, `${command.join(' ')}: exit code ${outcome.code}\n${outcome.output}`);
  return outcome.output;
}

/** Packs what is built. @returns the archive, and the files in it */
export async function pack(
  folder: string,
): Promise<{ readonly archive: string; readonly files: readonly string[] }> {
  const output = await runIn(root, [
    'npm',
    'pack',
    '--json',
    '--ignore-scripts',
    '--pack-destination',
    folder,
  ]);
  const [packed] = JSON.parse(output.slice(output.indexOf('['))) as {
    readonly filename: string;
    readonly files: readonly { readonly path: string }[];
  }[];
  assert.ok(packed, 'npm pack made no archive');
  return { archive: path.join(folder, packed.filename), files: packed.files.map((file) => file.path) };
}

/** Makes a folder with the package and its peers installed, and nothing else. */
export async function newApp(folder: string, archive: string): Promise<void> {
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'package.json'), '{"name":"orders","private":true}\n');
  const peers = ['aws-cdk-lib', 'constructs'].map((name) => `${name}@${manifest.devDependencies[name]}`);
  await runIn(folder, ['npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', archive, ...peers]);
}

/** Type-checks a file of the folder with the strictest settings that a user may have. */
export async function typeCheck(folder: string, file: string): Promise<void> {
  const types = path.join(folder, 'node_modules', '@types');
  mkdirSync(types, { recursive: true });
  const node = path.join(types, 'node');
  if (!existsSync(node)) symlinkSync(path.join(root, 'node_modules', '@types', 'node'), node);
  const tsc = path.join(root, 'node_modules', '.bin', 'tsc');
  const flags = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--skipLibCheck', '--types', 'node'];
  await runIn(folder, [tsc, ...flags, '--target', 'es2022', '--module', 'nodenext', file]);
}
