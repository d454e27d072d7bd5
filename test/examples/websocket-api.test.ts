import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { type Example, startExample } from './example.ts';

jest.setTimeout(120_000);

let example: Example;

beforeAll(async () => {
  example = await startExample('websocket-api', { by: '--app' });
});

afterAll(async () => {
  await example.end('SIGINT');
});

/** A client's handshake: its socket, or the status of the refusal. */
function connect(token?: string): Promise<WebSocket | number> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const socket = new WebSocket(example.api, { headers });
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(socket));
    socket.once('unexpected-response', (_, { statusCode = 0 }) => resolve(statusCode));
    socket.once('error', reject);
  });
}

async function open(token: string): Promise<WebSocket> {
  const connected = await connect(token);
  if (typeof connected === 'number') throw new Error(`the handshake was answered ${connected}`);
  return connected;
}

async function ask(socket: WebSocket, message: string): Promise<unknown> {
  socket.send(message);
  const [data] = (await once(socket, 'message')) as [Buffer];
  return JSON.parse(data.toString());
}

it('opens for a token with the scope: no token 401, scope missing 403', async () => {
  expect(await connect()).toBe(401);
  expect(await connect(await example.token('orders:write'))).toBe(403);
  const socket = await open(await example.token());
  expect(await ask(socket, 'hello')).toEqual({ subject: 'demo', message: 'hello' });
  socket.close();
});

it('does not open for a revoked token, and leaves open what it opened', async () => {
  const token = await example.token();
  const socket = await open(token);
  await example.revoke(token);
  expect(await connect(token)).toBe(401);
  expect(await ask(socket, 'still here')).toEqual({ subject: 'demo', message: 'still here' });
  socket.close();
});
