import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Resource } from '../../../local/types.ts';
import { ref, resource } from './function-double.ts';
import { send } from './http-client.ts';
import { httpApi, httpAuthorizer, start, type Running } from './http-fixture.ts';
import { restApi, restMethod, restResource } from './rest-fixture.ts';

let server: Server;
let backend = '';
let seen: {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingMessage['headers'];
  body: string;
}[] = [];
let respond: (response: ServerResponse) => void = (response) => response.end('ok');
let running: Running | undefined;

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      seen.push({ method: request.method, url: request.url, headers: request.headers, body });
      respond(response);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  backend = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

afterEach(async () => {
  await running?.gateway.close();
  running = undefined;
  seen = [];
  respond = (response) => response.end('ok');
});

function proxyRoute(properties: object, route: object = {}): Resource[] {
  return [
    resource('Proxy', 'AWS::ApiGatewayV2::Integration', {
      ApiId: ref('Api'),
      IntegrationType: 'HTTP_PROXY',
      IntegrationMethod: 'ANY',
      IntegrationUri: `${backend}/base/{proxy}`,
      PayloadFormatVersion: '1.0',
      ...properties,
    }),
    resource('Route', 'AWS::ApiGatewayV2::Route', {
      ApiId: ref('Api'),
      RouteKey: 'ANY /{proxy+}',
      Target: `integrations/${ref('Proxy')}`,
      AuthorizationType: 'NONE',
      ...route,
    }),
  ];
}

describe('HTTP_PROXY of an HTTP API', () => {
  it('hands request and response on', async () => {
    respond = (response) => response.writeHead(418, { 'WWW-Authenticate': 'Bearer', 'X-A': '1' }).end('tea');
    running = await start([...httpApi(), ...proxyRoute({})], {});
    const got = await send(`${running.url}/a%20b/c?x=1`, {
      method: 'PUT',
      headers: ['X-In', '1', 'Connection', 'close'],
      body: 'hi',
    });
    expect([got.status, got.headers['www-authenticate'], got.headers['x-a'], got.body]).toEqual([
      418,
      'Bearer',
      '1',
      'tea',
    ]);
    expect(seen).toMatchObject([
      {
        method: 'PUT',
        url: '/base/a%20b/c?x=1',
        body: 'hi',
        headers: { 'x-in': '1', 'x-forwarded-for': '127.0.0.1', host: backend.slice(7) },
      },
    ]);
  });

  it('passes a response on once it is whole', async () => {
    const finish = respondInTwoParts();
    running = await start([...httpApi(), ...proxyRoute({})], {});
    const answer = fetch(`${running.url}/stream`);
    expect(await Promise.race([answer, started()])).toBe('the backend has begun');
    finish();
    expect(await (await answer).text()).toBe('firstlast');
  });

  it('maps parameters', async () => {
    const { resources, route } = httpAuthorizer();
    const RequestParameters = {
      'overwrite:header.x-user': '$context.authorizer.user',
      'append:header.x-many': '$request.header.x-one',
      'remove:header.authorization': "''",
      'overwrite:header.x-text': 'static',
      'overwrite:header.x-mixed': '${context.stage}/${request.querystring.q}',
      'append:querystring.added': '$context.routeKey',
      'remove:querystring.q': '',
      'overwrite:path': '/fixed${request.path}',
    };
    const proxy = proxyRoute({ RequestParameters }, route);
    running = await start([...httpApi(), ...resources, ...proxy], {
      auth: () => ({ isAuthorized: true, context: { user: 'ann' } }),
    });
    await send(`${running.url}/a?q=7&r=8`, {
      headers: ['Authorization', 'T', 'X-One', '1', 'X-Many', '0', 'X-User', 'mallory'],
    });
    const [request] = seen;
    const names = ['x-user', 'x-many', 'authorization', 'x-text', 'x-mixed'];
    expect(names.map((name) => request?.headers[name])).toEqual([
      'ann',
      '0, 1',
      undefined,
      'static',
      '$default/7',
    ]);
    expect(request?.url).toBe('/fixed/a?r=8&added=ANY%20%2F%7Bproxy%2B%7D');
  });

  it.each([
    ['hangs', () => undefined, {}],
    ['is not there', () => undefined, { IntegrationUri: 'http://127.0.0.1:9/{proxy}' }],
  ])('answers 503 when the backend %s', async (_what, behave, properties) => {
    respond = behave;
    running = await start([...httpApi(), ...proxyRoute({ TimeoutInMillis: 50, ...properties })], {});
    expect(await send(`${running.url}/a`)).toMatchObject({
      status: 503,
      body: '{"message":"Service Unavailable"}',
    });
  });
});

/** Lets the backend begin its answer. @returns ends it */
function respondInTwoParts(): () => void {
  let end: (() => void) | undefined;
  respond = (response) => {
    response.write('first');
    end = () => response.end('last');
  };
  return () => end?.();
}

/** Waits until the backend has begun, and for as long as its first part would take to come through. */
async function started(): Promise<string> {
  while (seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  await new Promise((resolve) => setTimeout(resolve, 100));
  return 'the backend has begun';
}

function integration(more: object): object {
  return {
    Integration: {
      IntegrationHttpMethod: 'ANY',
      RequestParameters: {
        'integration.request.path.proxy': 'method.request.path.proxy',
        'integration.request.header.X-Stage': 'context.stage',
        'integration.request.header.X-Static': "'text'",
        'integration.request.querystring.q': 'method.request.querystring.in',
      },
      Type: 'HTTP_PROXY',
      Uri: `${backend}/base/{proxy}`,
      ...more,
    },
  };
}

async function startRest(more: object = {}): Promise<string> {
  running = await start(
    [...restApi(), restResource('proxy', '{proxy+}'), restMethod('ANY', 'proxy', integration(more))],
    {},
  );
  return `${running.url}/prod`;
}

describe('HTTP integrations of a REST API', () => {
  it('hand request and response on, WWW-Authenticate under another name', async () => {
    respond = (response) => response.writeHead(401, { 'WWW-Authenticate': 'Bearer' }).end('no');
    const got = await send(`${await startRest()}/a/b?in=1`, {
      method: 'POST',
      headers: ['X-In', '1'],
      body: 'hi',
    });
    expect([
      got.status,
      got.headers['x-amzn-remapped-www-authenticate'],
      got.headers['www-authenticate'],
      got.body,
    ]).toEqual([401, 'Bearer', undefined, 'no']);
    expect(seen).toMatchObject([
      {
        method: 'POST',
        url: '/base/a/b?in=1&q=1',
        body: 'hi',
        headers: { 'x-in': '1', 'x-stage': 'prod', 'x-static': 'text' },
      },
    ]);
  });

  it('pass a response on while it arrives, where they stream', async () => {
    const finish = respondInTwoParts();
    const response = await fetch(`${await startRest({ ResponseTransferMode: 'STREAM' })}/a`);
    const reader = response.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('first');
    finish();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('last');
  });

  it('put a mapped header in the place of the caller’s', async () => {
    const RequestParameters = { 'integration.request.header.Authorization': "'Bearer provider'" };
    await send(`${await startRest({ RequestParameters })}/a`, { headers: ['authorization', 'Bearer mine'] });
    expect(seen[0]?.headers['authorization']).toBe('Bearer provider');
  });

  it('map the response when they are no proxy', async () => {
    respond = (response) =>
      response.writeHead(404, { 'X-Reason': 'gone', 'content-type': 'text/plain' }).end('body');
    const IntegrationResponses = [
      { StatusCode: '200' },
      {
        StatusCode: '410',
        SelectionPattern: '404',
        ResponseParameters: { 'method.response.header.X-Why': 'integration.response.header.X-Reason' },
      },
    ];
    const got = await send(`${await startRest({ Type: 'HTTP', IntegrationResponses })}/a`, {
      headers: ['X-In', '1'],
    });
    expect([got.status, got.headers['x-why'], got.headers['content-type'], got.body]).toEqual([
      410,
      'gone',
      'text/plain',
      'body',
    ]);
    expect(seen[0]?.headers).not.toHaveProperty('x-in');
  });

  it.each([
    ['hangs', {}, 'Endpoint request timed out'],
    ['is not there', { Uri: 'http://127.0.0.1:9/{proxy}' }, 'Network error communicating with endpoint'],
  ])('answer 504 when the backend %s', async (_what, more, message) => {
    respond = () => undefined;
    const url = await startRest({ TimeoutInMillis: 50, ...more });
    expect(await send(`${url}/a`)).toMatchObject({ status: 504, body: JSON.stringify({ message }) });
  });
});
