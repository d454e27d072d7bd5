/** Python environments that hold one tool of the tests each, and nothing else. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Outcome, run } from './processes.ts';

/** What is missing on this machine, so that nothing can be checked. The message says what. */
export class MissingPartError extends Error {
  override readonly name = 'MissingPartError';
}

const here = path.dirname(fileURLToPath(import.meta.url));
const names = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];
const isRecent = ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))'] as const;

/** A tool that is written in Python. */
export interface PythonTool {
  /** For messages. */
  readonly name: string;
  /** File that pins its packages. */
  readonly requirements: string;
  /** Where the environment is kept. */
  readonly folder: string;
}

/** The Python of a virtual environment that has MiniStack: {@link pythonWith}. */
export function pythonWithMiniStack(folder: string): Promise<string> {
  return pythonWith({ name: 'MiniStack', requirements: path.join(here, 'requirements.txt'), folder });
}

/**
 * The Python of a virtual environment with the packages that a requirements file pins; made where it is missing, which
 * takes about ten seconds, and kept as long as the file stays the same.
 *
 * @returns path of its interpreter
 * @throws {@link MissingPartError} where there is no Python 3.10 or later, or PyPI does not answer
 * @throws Error where the packages cannot be installed for another reason
 */
export async function pythonWith(tool: PythonTool): Promise<string> {
  const { folder } = tool;
  const wanted = readFileSync(tool.requirements, 'utf8');
  const stamp = path.join(folder, 'installed.txt');
  const python = path.join(folder, 'bin', 'python');
  if (
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8') === wanted &&
    (await pythonRun(python, isRecent)).code === 0
  ) {
    return python;
  }
  const base = await findPython(tool);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(path.dirname(folder), { recursive: true });
  await makeEnvironment(base, folder);
  await install(python, tool);
  writeFileSync(stamp, wanted);
  return python;
}

async function findPython({ name: tool }: PythonTool): Promise<string> {
  if (process.platform === 'win32') throw new MissingPartError(`${tool} is run on Linux and macOS only`);
  for (const name of names) if ((await pythonRun(name, isRecent)).code === 0) return name;
  throw new MissingPartError(`no Python 3.10 or later on the PATH; looked for ${names.join(', ')}`);
}

async function makeEnvironment(base: string, folder: string): Promise<void> {
  const { code, output } = await pythonRun(base, ['-m', 'venv', folder]);
  if (code === 0) return;
  if (output.includes('ensurepip'))
    throw new MissingPartError(`${base} has no venv module (package python3-venv)`);
  throw new Error(`${base} -m venv failed: ${output.trim()}`);
}

/** Wheels only: no package's own code runs while it is installed. */
async function install(python: string, { name, requirements }: PythonTool): Promise<void> {
  const options = [
    '--quiet',
    '--disable-pip-version-check',
    '--no-deps',
    '--only-binary',
    ':all:',
    '--retries',
    '2',
  ];
  const { code, output } = await pythonRun(python, ['-m', 'pip', 'install', ...options, '-r', requirements]);
  if (code === 0) return;
  if (/connection broken|NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError/i.test(output)) {
    throw new MissingPartError(`PyPI does not answer, so ${name} cannot be installed`);
  }
  throw new Error(`pip install failed: ${output.trim()}`);
}

/** With this process's environment: pip needs its proxies, indexes and certificates. */
function pythonRun(python: string, args: readonly string[]): Promise<Outcome> {
  return run([python, ...args], { cwd: here, env: process.env, timeoutSeconds: 180 });
}
