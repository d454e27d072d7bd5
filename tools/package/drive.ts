/** Plays an app with the installed `keyturn` command, and calls its protected route with tokens good and bad. */
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { endProcess, startProcess } from '../ministack/processes.ts';
import { runIn } from './new-app.ts';

/** How a call of the app's protected route ends: the HTTP status; of a WebSocket that opens, 101. */
export type Call = (api: string, token: string | undefined) => Promise<number>;

const bearer = (token: string | undefined) =>
  token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } };

/** `GET /orders/{id}` below the URL of an HTTP or REST API. */
export const callRoute: Call = async (api, token) =>
  (await fetch(`${api.replace(/\/$/, '')}/orders/1`, bearer(token))).status;

/** A WebSocket handshake. */
export const connect: Call = (api, token) =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(api, bearer(token));
    socket.once('open', () => {
      socket.close();
      resolve(101);
    });
    socket.once('unexpected-response', (_, answer) => resolve(answer.statusCode ?? 0));
    socket.once('error', reject);
  });

/** What came of the calls, in the order a newcomer makes them. */
export interface Seen {
  readonly withoutToken: number;
  readonly withToken: number;
  readonly withoutScope: number;
  readonly revoked: number;
}

/** Runs `keyturn local` on an app of a folder until all calls are made. */
export async function drive(folder: string, app: string, call: Call): Promise<Seen> {
  const data = path.join(folder, `data-${app}`);
  const port = await freePorts();
  const command = path.join(folder, 'node_modules', '.bin', 'keyturn');
  const child = startProcess([command, 'local', '--app', `node ${app}`, '--data', data], {
    cwd: folder,
    env: { ...process.env, PORT: String(port) },
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (text: Buffer) => (printed += text.toString()));
  try {
    const api = await urlOf(() => printed);
    const keyturn = (...args: string[]) => runIn(folder, [command, ...args, '--data', data]);
    const token = (await keyturn('token')).trim();
    const narrow = (await keyturn('token', '--scope', 'orders:write')).trim();
    const withoutToken = await call(api, undefined);
    const withToken = await call(api, token);
    const withoutScope = await call(api, narrow);
    await keyturn('revoke', token);
    return { withoutToken, withToken, withoutScope, revoked: await call(api, token) };
  } catch (error) {
    throw new Error(`${(error as Error).message}\nkeyturn local printed:\n${printed}`, { cause: error });
  } finally {
    endProcess(child);
  }
}

/** The URL of the app's own API, which the greeting names after the default stack's. */
async function urlOf(printed: () => string): Promise<string> {
  for (let waited = 0; waited < 180_000; waited += 50) {
    const url = /^ {2}\w+ +((?:http|ws):\S+) {2}Api$/m.exec(printed())?.[1];
    if (url !== undefined) return url;
    await sleep(50);
  }
  throw new Error('keyturn local names no API of the app');
}

/** The first of two ports in a row that are free now. */
async function freePorts(): Promise<number> {
  for (;;) {
    const port = await portThatIsFree(0);
    if ((await portThatIsFree(port + 1).catch(() => 0)) === port + 1) return port;
  }
}

function portThatIsFree(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(wanted, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
