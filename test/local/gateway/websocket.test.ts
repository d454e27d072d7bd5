import { afterEach, describe, expect, it } from '@jest/globals';
import type { WebSocket } from 'ws';
import { WebSocketService } from '../../../local/gateway/websocket-api.ts';
import { openPort } from '../../../local/gateway/server.ts';
import { ResultCache } from '../../../local/gateway/result-cache.ts';
import { policyAnswer } from './authorizer-kinds.ts';
import { FunctionDouble, ref, type Handler } from './function-double.ts';
import { send } from './http-client.ts';
import { start, type Running } from './http-fixture.ts';
import {
  connect,
  nextMessage,
  until,
  webSocketApi,
  webSocketAuthorizer,
  webSocketRoute,
} from './websocket-fixture.ts';

let running: Running | undefined;
afterEach(async () => {
  await running?.gateway.close();
  running = undefined;
});

const now = (): number => Date.UTC(2020, 2, 12, 19, 3, 58, 390);
const fine: Handler = () => ({ statusCode: 200, body: 'answer' });
const choosesTwo: Handler = () => ({ statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'two' } });
const silent = (): void => undefined;
const id = expect.stringMatching(/^[\w-]{15}=$/);

async function startAll(handlers: Record<string, Handler> = {}): Promise<Running> {
  const { resources, route } = webSocketAuthorizer();
  running = await start(
    [
      ...webSocketApi(),
      ...resources,
      ...webSocketRoute('$connect', 'connect', route),
      ...webSocketRoute('$disconnect', 'disconnect'),
      ...webSocketRoute('$default', 'fallback', { RouteResponseSelectionExpression: '$default' }),
      ...webSocketRoute('send', 'send'),
    ],
    {
      connect: fine,
      disconnect: fine,
      fallback: fine,
      send: fine,
      auth: (event) => policyAnswer('Allow', event['methodArn'], { context: { n: 1 } }),
      ...handlers,
    },
    now,
  );
  return running;
}

async function opened(run: Running, protocols: string[] = []): Promise<WebSocket> {
  const connected = await connect(
    `${run.url}/prod?q=1`,
    { authorization: 'T', 'User-Agent': 'test' },
    protocols,
  );
  if (!('socket' in connected)) throw new Error(`refused with ${connected.status}`);
  return connected.socket;
}

function common(run: Running) {
  return {
    extendedRequestId: id,
    requestTime: '12/Mar/2020:19:03:58 +0000',
    messageDirection: 'IN',
    stage: 'prod',
    connectedAt: now(),
    requestTimeEpoch: now(),
    identity: { userAgent: 'test', sourceIp: '127.0.0.1' },
    requestId: id,
    domainName: run.url.slice('ws://'.length),
    connectionId: id,
    apiId: ref('Api'),
    authorizer: { n: '1', principalId: 'ann', integrationLatency: 0 },
  };
}

describe('WebSocket events', () => {
  it('of the authorizer and $connect have the handshake', async () => {
    const run = await startAll();
    (await opened(run)).terminate();
    const [auth] = run.functions.eventsOf('auth');
    expect(auth).toMatchObject({
      type: 'REQUEST',
      methodArn: `arn:aws:execute-api:us-east-1:000000000000:${ref('Api')}/prod/$connect`,
      headers: { authorization: 'T', 'X-Forwarded-For': '127.0.0.1' },
      queryStringParameters: { q: '1' },
      stageVariables: {},
      requestContext: { routeKey: '$connect', eventType: 'CONNECT' },
    });
    const [event] = run.functions.eventsOf('connect');
    expect(event?.['requestContext']).toEqual({ ...common(run), routeKey: '$connect', eventType: 'CONNECT' });
    expect(event).toMatchObject({
      multiValueHeaders: { authorization: ['T'] },
      multiValueQueryStringParameters: { q: ['1'] },
      isBase64Encoded: false,
    });
  });

  it.each([
    ['{"action":"send","x":1}', 'send', 'send'],
    ['{"action":"other"}', '$default', 'fallback'],
    ['{"action":"$connect"}', '$default', 'fallback'],
    ['no json', '$default', 'fallback'],
    ['[1]', '$default', 'fallback'],
  ])('send the message %s to %s', async (body, routeKey, fn) => {
    const run = await startAll();
    const socket = await opened(run);
    socket.send(body);
    await until(() => run.functions.eventsOf(fn).length === 1);
    expect(run.functions.eventsOf(fn)).toEqual([
      {
        requestContext: { ...common(run), routeKey, eventType: 'MESSAGE', messageId: id },
        body,
        isBase64Encoded: false,
      },
    ]);
    socket.terminate();
  });

  it('tell $disconnect how the connection ended', async () => {
    const run = await startAll();
    (await opened(run)).close(4001, 'bye');
    await until(() => run.functions.eventsOf('disconnect').length === 1);
    const [event] = run.functions.eventsOf('disconnect');
    expect(event?.['requestContext']).toEqual({
      ...common(run),
      routeKey: '$disconnect',
      eventType: 'DISCONNECT',
      disconnectStatusCode: 4001,
      disconnectReason: 'bye',
    });
    const ids = run.functions.events
      .map(({ event: { requestContext } }) => requestContext)
      .map((context) => JSON.stringify(context).match(/"connectionId":"[^"]+"/)?.[0]);
    expect(new Set(ids).size).toBe(1);
  });
});

describe('a WebSocket route', () => {
  it('answers the client where it has a route response', async () => {
    const socket = await opened(await startAll());
    const answered = nextMessage(socket);
    socket.send('hello');
    expect(await answered).toBe('answer');
    socket.terminate();
  });

  it('tells the client of a function that throws', async () => {
    const socket = await opened(await startAll({ fallback: () => Promise.reject(new Error('boom')) }));
    const answered = nextMessage(socket);
    socket.send('hello');
    expect(JSON.parse(await answered)).toEqual({
      message: 'Internal server error',
      connectionId: id,
      requestId: id,
    });
    socket.terminate();
  });

  it('tells the client where there is none', async () => {
    running = await start(webSocketApi(), {});
    const connected = await connect(`${running.url}/prod`);
    if (!('socket' in connected)) throw new Error('refused');
    const answered = nextMessage(connected.socket);
    connected.socket.send('hello');
    expect(JSON.parse(await answered)).toMatchObject({ message: 'Forbidden' });
    connected.socket.terminate();
  });
});

describe('a WebSocket handshake', () => {
  it.each<[string, Handler, number]>([
    ['refuses', () => ({ statusCode: 409, body: 'no' }), 409],
    ['throws', () => Promise.reject(new Error('boom')), 502],
    ['answers no status', () => null, 502],
  ])('ends when the function of $connect %s', async (_what, handler, status) => {
    const run = await startAll({ connect: handler });
    expect(await connect(`${run.url}/prod`, { authorization: 'T' })).toMatchObject({ status });
  });

  it.each(['/', '/other', '/prod/more'])('ends on the path %s', async (path) => {
    const run = await startAll();
    expect(await connect(run.url + path, { authorization: 'T' })).toEqual({
      status: 403,
      body: '{"message":"Forbidden"}',
    });
    expect(run.functions.events).toEqual([]);
  });

  it('agrees on the subprotocol that the function chose', async () => {
    const socket = await opened(await startAll({ connect: choosesTwo }), ['one', 'two']);
    expect(socket.protocol).toBe('two');
    socket.terminate();
  });

  it('refuses an authorizer answer above 8 KB', async () => {
    const run = await startAll({
      auth: () => policyAnswer('Allow', '*', { context: { big: 'x'.repeat(8192) } }),
    });
    expect(await connect(`${run.url}/prod`, { authorization: 'T' })).toMatchObject({ status: 500 });
  });
});

async function managed(): Promise<{ run: Running; socket: WebSocket; url: string }> {
  const run = await startAll();
  const socket = await opened(run);
  const context = JSON.stringify(run.functions.eventsOf('connect')[0]);
  const connectionId = /"connectionId":"(?<id>[^"]+)"/.exec(context)?.groups?.['id'] ?? '';
  return {
    run,
    socket,
    url: `${run.url.replace('ws:', 'http:')}/prod/@connections/${encodeURIComponent(connectionId)}`,
  };
}

describe('the management API', () => {
  it('sends to a client, describes and closes its connection', async () => {
    const { socket, url } = await managed();
    const received = nextMessage(socket);
    expect((await send(url, { method: 'POST', body: 'hello' })).status).toBe(200);
    expect(await received).toBe('hello');
    const described = await send(url);
    const at = new Date(now()).toISOString();
    expect(JSON.parse(described.body)).toEqual({
      connectedAt: at,
      identity: { sourceIp: '127.0.0.1', userAgent: 'test' },
      lastActiveAt: at,
    });
    const closed = new Promise((resolve) => socket.once('close', resolve));
    expect((await send(url, { method: 'DELETE' })).status).toBe(204);
    expect(await closed).toBe(1000);
    expect(await send(url, { method: 'POST', body: 'x' })).toMatchObject({
      status: 410,
      headers: { 'x-amzn-errortype': 'GoneException' },
    });
  });

  it('refuses messages above 128 KB, and other paths', async () => {
    const { run, socket, url } = await managed();
    expect(await send(url, { method: 'POST', body: 'x'.repeat(128 * 1024 + 1) })).toMatchObject({
      status: 413,
    });
    expect((await send(`${run.url.replace('ws:', 'http:')}/prod`)).status).toBe(403);
    socket.terminate();
  });
});

describe('a connection', () => {
  it.each([
    ['without messages', { idleMs: 50, lifeMs: 60_000 }],
    ['at the end of its life', { idleMs: 60_000, lifeMs: 50 }],
  ])('ends %s', async (_what, limits) => {
    const tools = {
      invoker: new FunctionDouble({}),
      log: silent,
      now: Date.now,
      cache: new ResultCache(Date.now),
    };
    const stages = [{ name: 'prod', variables: undefined }];
    const api = {
      apiId: 'x',
      logicalId: 'Api',
      name: 'Api',
      stages,
      selectionPath: [],
      routes: new Map(),
      authorization: { kind: 'none' as const },
    };
    const open = await openPort(new WebSocketService(api, tools, limits), {
      port: 0,
      logicalId: 'Api',
      now: Date.now,
      onError: silent,
    });
    const connected = await connect(`ws://127.0.0.1:${open.port}/prod`);
    if (!('socket' in connected)) throw new Error('refused');
    const code = await new Promise((resolve) => connected.socket.once('close', resolve));
    await open.close();
    expect(code).toBe(1001);
  });
});
