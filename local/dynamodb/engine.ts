import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../data-directory.ts';
import { LocalError, messageOf } from '../errors.ts';
import { claimPort, host } from '../loopback.ts';
import type { Log } from '../types.ts';
import { callEngine } from './client.ts';
import { engineCommand } from './engine-command.ts';

const startLimitMs = 10_000;
const firstBackoffMs = 50;
const longestBackoffMs = 2_000;

/** Ctrl-C goes to all of a terminal's process group: what is being answered still needs the engine, which is stopped last. */
const ownGroup = { detached: true } as const;

/** A running engine; it is started again on the same port whenever it dies. */
export interface RunningEngine {
  readonly endpoint: string;
  /** Kills the engine's process, as a crash would. For tests of failure. */
  kill(): void;
  stop(): Promise<void>;
}

/**
 * Starts an engine as a supervised child process and waits until it answers.
 *
 * @param folder where it keeps its data; made when there is none.
 * @throws {@link LocalError} `ENGINE_FAILED` when it does not answer within 10 s.
 */
export async function startEngine(engine: Engine, folder: string, log: Log): Promise<RunningEngine> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const port = await claimPort(0);
  const supervised = new SupervisedEngine(engine, { port, folder, log });
  supervised.start();
  try {
    await supervised.ready();
  } catch (error) {
    await supervised.stop();
    throw error;
  }
  return supervised;
}

class SupervisedEngine implements RunningEngine {
  readonly endpoint: string;
  readonly #engine: Engine;
  readonly #options: { readonly port: number; readonly folder: string; readonly log: Log };
  #child: ChildProcess | undefined;
  #stopping = false;
  #backoffMs = firstBackoffMs;
  #restart: NodeJS.Timeout | undefined;
  #lastWords = '';

  constructor(
    engine: Engine,
    options: { readonly port: number; readonly folder: string; readonly log: Log },
  ) {
    this.#engine = engine;
    this.#options = options;
    this.endpoint = `http://${host}:${options.port}`;
  }

  start(): void {
    const { port, folder } = this.#options;
    const command = engineCommand(this.#engine, port, folder);
    const startedAt = performance.now();
    const child = spawn(command.file, command.args, {
      stdio: ['pipe', 'ignore', 'pipe'],
      env: { PATH: process.env.PATH },
      ...ownGroup,
    });
    this.#child = child;
    child.stderr.on(
      'data',
      (chunk: Buffer) => (this.#lastWords = `${this.#lastWords}${chunk.toString()}`.slice(-500)),
    );
    child.stdin.on('error', () => undefined);
    const watcher = command.endsWithInput || child.pid === undefined ? undefined : watchOver(child.pid);
    let ended = false;
    const onEnd = (): void => {
      if (ended) return;
      ended = true;
      watcher?.kill();
      this.#ended(performance.now() - startedAt);
    };
    child.once('error', onEnd);
    child.once('exit', onEnd);
  }

  async ready(): Promise<void> {
    const until = performance.now() + startLimitMs;
    let last: unknown;
    while (performance.now() < until) {
      try {
        await callEngine(this.endpoint, 'DynamoDB_20120810.ListTables', {});
        return;
      } catch (error) {
        last = error;
        await sleep(10);
      }
    }
    throw new LocalError(
      'ENGINE_FAILED',
      `The DynamoDB engine "${this.#engine}" does not answer on ${this.endpoint} (${messageOf(last)}). ${this.#lastWords.trim()}`,
    );
  }

  kill(): void {
    this.#child?.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#restart);
    const child = this.#child;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const patience = setTimeout(() => child.kill('SIGKILL'), 2_000);
    await ended;
    clearTimeout(patience);
  }

  #ended(livedMs: number): void {
    if (this.#stopping) return;
    const waitMs = livedMs > longestBackoffMs ? firstBackoffMs : this.#backoffMs;
    this.#backoffMs = Math.min(waitMs * 2, longestBackoffMs);
    this.#options.log('local', `the DynamoDB engine ended; starting it again in ${waitMs} ms`);
    this.#restart = setTimeout(() => this.start(), waitMs);
  }
}

/** A shell that waits for this process to be gone, and then ends the engine, which cannot tell by itself. */
function watchOver(pid: number): ChildProcess {
  const watcher = spawn('/bin/sh', ['-c', 'read -r _; kill -9 "$1"', 'sh', `${pid}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    ...ownGroup,
  });
  watcher.on('error', () => undefined);
  watcher.stdin.on('error', () => undefined);
  return watcher;
}
