import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from './command.ts';

/** What of cdk.json matters here. */
interface CdkJson {
  readonly app?: unknown;
  readonly context?: Readonly<Record<string, unknown>>;
}

/**
 * Runs a CDK app, as the CDK command line does, and returns the cloud assembly that it writes. That of an earlier run does
 * not count.
 *
 * @param app the command; default cdk.json's `app`
 * @throws {@link UsageError} where there is no app or it fails; what it printed is on the terminal already
 */
export async function synthesize(app: string | undefined, outdir: string): Promise<string> {
  const cdkJson = await readCdkJson();
  const command: unknown = app ?? cdkJson.app;
  if (command === undefined) {
    throw new UsageError(
      'nothing to run: got no --app, no --template and no "app" in ./cdk.json; give one of them',
    );
  }
  if (typeof command !== 'string')
    throw new UsageError(`cdk.json: got ${JSON.stringify(command)} as "app"; allowed: a command`, 1);
  const manifest = path.join(outdir, 'manifest.json');
  await rm(manifest, { force: true });
  console.log(`Synthesizing the app: ${command}`);
  const code = await runShell(command, {
    CDK_OUTDIR: outdir,
    CDK_CONTEXT_JSON: JSON.stringify(cdkJson.context ?? {}),
  });
  if (code !== 0) throw new UsageError(`the CDK app failed (exit code ${code}): ${command}`, 1);
  if (existsSync(manifest)) return outdir;
  throw new UsageError(
    `the CDK app wrote no cloud assembly: ${command}; allowed: a command that runs an app, which leaves to CDK where it writes`,
    1,
  );
}

async function readCdkJson(): Promise<CdkJson> {
  const file = path.resolve('cdk.json');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    return {};
  }
  try {
    return (JSON.parse(text) ?? {}) as CdkJson;
  } catch (cause) {
    throw new UsageError(`${file} is not JSON: ${(cause as Error).message}`, 1);
  }
}

function runShell(command: string, env: Readonly<Record<string, string>>): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, {
      shell: true,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
    });
    child.on('error', reject);
    child.on('close', resolve);
  });
}
