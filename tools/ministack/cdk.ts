/** The CDK command line against MiniStack. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Outcome, run } from './processes.ts';
import type { MiniStack } from './server.ts';

/** Where Keyturn's package.json is. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const command = path.join(root, 'node_modules', '.bin', 'cdk');

/** Where and how a CDK command runs. */
export interface CdkOptions {
  readonly miniStack: MiniStack;
  readonly cwd: string;
  /** Environment variables of the CDK app. @default - none */
  readonly environment?: NodeJS.ProcessEnv;
}

/** Runs `cdk <args>`. */
export function cdk(args: readonly string[], { miniStack, cwd, environment }: CdkOptions): Promise<Outcome> {
  return run([process.execPath, command, ...args], {
    cwd,
    env: { ...miniStack.environment, ...environment },
  });
}

/** @throws Error with the end of what the command printed, where it failed */
export async function cdkOrThrow(args: readonly string[], options: CdkOptions): Promise<string> {
  const { code, output } = await cdk(args, options);
  if (code === 0) return output;
  const end = output.trimEnd().split('\n').slice(-25).join('\n');
  throw new Error(`cdk ${args.join(' ')} ended with code ${code}: ${end}`);
}

/**
 * What CDK's own bootstrap template needs to work on MiniStack 1.5.33, which enforces IAM but speaks plain HTTP (which
 * the bucket policy refuses) and does not know the condition key `aws:ResourceAccount`. Found, and put in its place.
 */
const mendings: readonly (readonly [string, string])[] = [
  ['aws:SecureTransport: "false"', 'aws:SecureTransport: "never"'],
  ['aws:ResourceAccount:', 'aws:PrincipalAccount:'],
];

/**
 * `cdk bootstrap`.
 *
 * @param folder takes the bootstrap template; holds no cdk.json, so that no app is synthesized
 */
export async function bootstrap(miniStack: MiniStack, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const options = { miniStack, cwd: folder };
  let template = await cdkOrThrow(['bootstrap', '--show-template'], options);
  for (const [found, instead] of mendings) {
    if (!template.includes(found))
      throw new Error(`CDK's bootstrap template has no ${found} any more; look at mendings`);
    template = template.replaceAll(found, instead);
  }
  const file = path.join(folder, 'bootstrap.yaml');
  writeFileSync(file, template);
  await cdkOrThrow(['bootstrap', miniStack.cdkEnvironment, '--template', file], options);
}
