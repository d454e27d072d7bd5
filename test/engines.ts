import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { types } from 'node:util';

/**
 * jest runs tests in a realm of their own, where an error of Node's sockets is no `instanceof Error`; the SDK then
 * wraps it and its code is lost. Outside of jest there is one realm.
 */
Object.defineProperty(Error, Symbol.hasInstance, {
  value(this: typeof Error, error: unknown) {
    return this === Error
      ? types.isNativeError(error)
      : Function.prototype[Symbol.hasInstance].call(this, error);
  },
});

/** A DynamoDB engine on a loopback port, its data in a folder of its own. */
export interface Engine {
  readonly endpoint: string;
  /** Ends it without a goodbye. */
  kill(): Promise<void>;
  /** Starts it again after a kill: same port, same data. */
  restart(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/** An engine that may be installed on this machine. */
export interface EngineKind {
  readonly name: 'dynalite' | 'dynoxide';
  start(): Promise<Engine>;
}

type Start = (port: number, folder: string) => Promise<() => Promise<void>>;

const require = createRequire(import.meta.url);

/** Path of the dynoxide binary, or undefined where this platform has none. */
function dynoxideBinary(): string | undefined {
  try {
    return path.join(path.dirname(require.resolve('@dynoxide/linux-x64/package.json')), 'dynoxide');
  } catch {
    return undefined;
  }
}

/** In process. */
const startDynalite: Start = async (port, folder) => {
  const dynalite: (options: object) => Server = require('dynalite');
  const server = dynalite({ path: folder, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
};

function startDynoxide(binary: string): Start {
  return async (port, folder) => {
    const args = ['--port', String(port), '--db-path', path.join(folder, 'tables.db')];
    const child = spawn(binary, args, { stdio: 'ignore' });
    const isEnded = once(child, 'exit');
    await listening(port);
    return async () => {
      child.kill('SIGKILL');
      await isEnded;
    };
  };
}

async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const socket = net.connect(port, '127.0.0.1');
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return;
    await sleep(25);
  }
  throw new Error(`nothing listens on port ${port} after 5 s`);
}

/** Listens on a free loopback port. @returns the port */
export async function listenOnLoopback(server: net.Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return address.port;
}

/** A loopback port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = net.createServer();
  const port = await listenOnLoopback(server);
  server.close();
  await once(server, 'close');
  return port;
}

async function startEngine(start: Start): Promise<Engine> {
  const folder = mkdtempSync(path.join(tmpdir(), 'engine-'));
  const port = await freePort();
  let end: (() => Promise<void>) | undefined = await start(port, folder);
  const kill = async (): Promise<void> => {
    await end?.();
    end = undefined;
  };
  return {
    endpoint: `http://127.0.0.1:${port}`,
    kill,
    async restart() {
      await kill();
      end = await start(port, folder);
    },
    async stop() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const binary = dynoxideBinary();

/** The engines of this machine; every store test runs on each. */
export const engines: readonly EngineKind[] = [
  { name: 'dynalite', start: () => startEngine(startDynalite) },
  ...(binary === undefined
    ? []
    : [{ name: 'dynoxide' as const, start: () => startEngine(startDynoxide(binary)) }]),
];

if (binary === undefined) {
  process.stderr.write('dynoxide is not installed here: the store tests run on dynalite alone\n');
}
