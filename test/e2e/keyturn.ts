/** Drives the built command line as a user does: its own process, its own data folder, a free port. */
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { canary } from '../canary.ts';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const command = path.join(root, 'dist', 'cli', 'keyturn.js');

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A stack that `keyturn local` plays. */
export interface Played {
  readonly url: string;
  readonly dataDirectory: string;
  /** Everything it printed so far. */
  output(): string;
  /** Runs another verb against it. */
  keyturn(args: readonly string[], stdin?: string): Promise<Outcome>;
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The first of two ports in a row that are free now: a stack's API has the first, another one the second. */
export async function twoFreePorts(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (await isFree(port + 1)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

export function temporaryFolder(): string {
  return mkdtempSync(path.join(os.tmpdir(), 'keyturn-test-'));
}

/** Runs a verb to its end. */
export function keyturn(args: readonly string[], options: { stdin?: string; env?: NodeJS.ProcessEnv } = {}) {
  return new Promise<Outcome>((resolve) => {
    const child = execFile(
      process.execPath,
      [command, ...args],
      { cwd: root, env: { ...process.env, ...options.env } },
      (_, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
    );
    child.stdin?.end(options.stdin ?? '');
  });
}

export interface StartOptions {
  readonly dataDirectory?: string;
  readonly port?: number;
  /** Content of the configuration file. */
  readonly config?: object;
  /** Whether to run the CDK app, as `npm start` does, in place of an assembly that was synthesized before. */
  readonly isSynthesized?: boolean;
  /** Folder of another CDK app, whose cdk.json says how it runs. */
  readonly app?: string;
  /** What is played, as `--app` or `--template` and its value. Default: what cdk.json's `app` says. */
  readonly source?: readonly [option: '--app' | '--template', value: string];
  /** Environment variables besides this process's. */
  readonly env?: NodeJS.ProcessEnv;
}

let assembly: string | undefined;

/** The default stack's cloud assembly, synthesized once for each test file. */
export function synthesized(): string {
  assembly ??= synthesize(path.join(root, 'dist', 'bin', 'app.js'));
  return assembly;
}

/** Synthesizes an app, with a configuration where one is given. @returns the folder of its cloud assembly */
export function synthesize(app: string, config?: object): string {
  const folder = temporaryFolder();
  const env = { ...process.env, CDK_OUTDIR: folder, ...configVariable(config) };
  execFileSync(process.execPath, [app], { cwd: root, env });
  return folder;
}

/** Starts `keyturn local` and waits for its greeting; rejects with what it printed where it ends before. */
export async function startLocal(options: StartOptions = {}): Promise<Played> {
  const dataDirectory = options.dataDirectory ?? temporaryFolder();
  const port = options.port ?? (await freePort());
  const runsApp = options.isSynthesized === true || (options.config ?? options.app) !== undefined;
  const source = options.source ?? (runsApp ? [] : ['--template', synthesized()]);
  const child = spawn(process.execPath, [command, 'local', '--data', dataDirectory, ...source], {
    cwd: options.app ?? root,
    env: { ...process.env, PORT: String(port), ...configVariable(options.config), ...options.env },
  });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  await greeted(child, () => printed);
  return {
    url: `http://127.0.0.1:${port}`,
    dataDirectory,
    output: () => printed,
    keyturn: (args, stdin) =>
      keyturn([...args, '--data', dataDirectory], stdin === undefined ? {} : { stdin }),
    end: (signal) => ended(child, signal),
  };
}

function configVariable(config: object | undefined): NodeJS.ProcessEnv {
  if (config === undefined) return {};
  const file = path.join(temporaryFolder(), 'keyturn.config.json');
  writeFileSync(file, JSON.stringify(config));
  return { KEYTURN_CONFIG: file };
}

function greeted(child: ChildProcess, printed: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setInterval(() => {
      if (!printed().includes('Ctrl-C stops it')) return;
      clearInterval(timer);
      resolve();
    }, 20);
    child.once('exit', (code) => {
      clearInterval(timer);
      reject(new Error(`keyturn local ended with code ${code}:\n${printed()}`));
    });
  });
}

function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => {
    child.once('exit', resolve);
    child.kill(signal);
  });
}

/** The demo client of a stack, as its start left it. */
export function demoClient({ dataDirectory }: Played): {
  readonly clientId: string;
  readonly secret: string;
} {
  const client = JSON.parse(readFileSync(path.join(dataDirectory, 'demo-client.json'), 'utf8'));
  canary(client.secret);
  return client;
}

/** Where a stack's parts are, as `keyturn local` wrote it down. */
export function running({ dataDirectory }: Played): {
  readonly endpoints: Readonly<
    Record<'apigateway' | 'dynamodb' | 'kms' | 'lambda' | 'secretsmanager', string>
  >;
  readonly outputs: Readonly<Record<string, string>>;
} {
  return JSON.parse(readFileSync(path.join(dataDirectory, 'running.json'), 'utf8'));
}
