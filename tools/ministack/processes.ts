/** Child processes that never outlive this one: each has a process group of its own, and ends with all it started. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';

/** How a command ended. */
export interface Outcome {
  /** Exit code; `null` where a signal ended it. */
  readonly code: number | null;
  /** Standard output and error, as they came. */
  readonly output: string;
}

/** How a command is run. */
export interface RunOptions {
  readonly cwd: string;
  /** The whole environment: nothing of this process's own is added. */
  readonly env: NodeJS.ProcessEnv;
  /** What it reads on standard input. @default - nothing */
  readonly input?: string;
  /** After so many seconds it is killed. @default 120 */
  readonly timeoutSeconds?: number;
}

const running = new Set<ChildProcess>();

/** Starts a process in a group of its own; {@link endProcess} and {@link endAllProcesses} end the group. */
export function startProcess(command: readonly [string, ...string[]], options: SpawnOptions): ChildProcess {
  const [file, ...args] = command;
  const child = spawn(file, args, { ...options, detached: true });
  running.add(child);
  child.once('exit', () => endProcess(child));
  child.once('error', () => running.delete(child));
  return child;
}

/** Ends a process that {@link startProcess} started, and everything that it started. */
export function endProcess(child: ChildProcess): void {
  running.delete(child);
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    const isGone = typeof error === 'object' && error !== null && 'code' in error && error.code === 'ESRCH';
    if (!isGone) throw error;
  }
}

/** Ends everything that is still running. */
export function endAllProcesses(): void {
  for (const child of running) endProcess(child);
}

/** Runs a command to its end. A command that cannot be started has code 127, and output that says why. */
export function run(command: readonly [string, ...string[]], options: RunOptions): Promise<Outcome> {
  const { cwd, env, input = '', timeoutSeconds = 120 } = options;
  return new Promise((resolve) => {
    const child = startProcess(command, { cwd, env });
    let output = '';
    const timer = setTimeout(() => {
      output += `\nkilled: not done within ${timeoutSeconds} s`;
      endProcess(child);
    }, timeoutSeconds * 1000);
    const end = (outcome: Outcome) => {
      clearTimeout(timer);
      resolve(outcome);
    };
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    child.once('error', (error) => end({ code: 127, output: error.message }));
    child.once('close', (code) => end({ code, output }));
    child.stdin?.on('error', () => undefined).end(input);
  });
}
