import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { bodyLimit } from '../../../local/gateway/client-request.ts';
import { ref, resource, type Handler } from './function-double.ts';
import { send } from './http-client.ts';
import { httpApi, lambdaRoute, start, type Running } from './http-fixture.ts';

let running: Running | undefined;
afterEach(async () => {
  await running?.gateway.close();
  running = undefined;
});

async function serve(echo: Handler, version = '2.0'): Promise<string> {
  running = await start([...httpApi(), ...lambdaRoute('$default', { version })], { echo });
  return `${running.url}/`;
}

const hang: Handler = (event) => (event['rawPath'] === '/hang' ? new Promise(() => undefined) : 'ok');
const own: Handler = () => ({
  statusCode: 200,
  body: 'x',
  headers: { 'Access-Control-Allow-Origin': 'https://own.example' },
});
const internal = [500, 'application/json', '{"message":"Internal Server Error"}'];

describe('responses of payload format 2.0', () => {
  it.each<[string, unknown, unknown[]]>([
    [
      'a full response',
      { statusCode: 201, headers: { 'content-type': 'text/css' }, body: 'x' },
      [201, 'text/css', 'x'],
    ],
    ['a status as text', { statusCode: '204' }, [204, 'text/plain;charset=UTF-8', '']],
    ['no content type', { statusCode: 200, body: 'x' }, [200, 'text/plain;charset=UTF-8', 'x']],
    [
      'base64',
      { statusCode: 200, body: 'aGk=', isBase64Encoded: true },
      [200, 'text/plain;charset=UTF-8', 'hi'],
    ],
    ['an object without status', { a: 1 }, [200, 'application/json', '{"a":1}']],
    ['a string', 'Hello', [200, 'application/json', 'Hello']],
    ['nothing', null, [200, 'application/json', 'null']],
    ['a status that is none', { statusCode: 'fine' }, internal],
    ['a status out of range', { statusCode: 99 }, internal],
    ['a body that is no text', { statusCode: 200, body: { a: 1 } }, internal],
    ['a header that is no text', { statusCode: 200, headers: { a: { b: 1 } } }, internal],
    ['a header with a line break', { statusCode: 200, headers: { a: 'x\r\nb: y' } }, internal],
  ])('stand for %s', async (_what, payload, expected) => {
    const response = await send(await serve(() => payload));
    expect([response.status, response.headers['content-type'], response.body]).toEqual(expected);
  });

  it('set a cookie for each of cookies and keep multiple values', async () => {
    const url = await serve(() => ({
      statusCode: 200,
      cookies: ['a=1', 'b=2'],
      multiValueHeaders: { link: ['x', 'y'] },
      headers: { link: 'z', n: 1 },
    }));
    const { headers } = await send(url);
    expect([headers['set-cookie'], headers['link'], headers['n']]).toEqual([['a=1', 'b=2'], 'x, y', '1']);
    expect(headers['apigw-requestid']).toMatch(/=$/);
  });
});

describe('responses of payload format 1.0', () => {
  it('need a status', async () => {
    const url = await serve(() => ({ a: 1 }), '1.0');
    expect((await send(url)).status).toBe(500);
  });
});

describe('an HTTP API', () => {
  it.each([
    ['throws', 'boom', 500, '{"message":"Internal Server Error"}'],
    ['is throttled', 'throttled', 503, '{"message":"Service Unavailable"}'],
  ])('answers for a function that %s', async (_what, message, status, body) => {
    const response = await send(await serve(() => Promise.reject(new Error(message))));
    expect([response.status, response.body]).toEqual([status, body]);
  });

  it('answers 503 while a function hangs, and other requests meanwhile', async () => {
    running = await start(
      [...httpApi(), ...lambdaRoute('$default', { integration: { TimeoutInMillis: 100 } })],
      { echo: hang },
    );
    const [hung, other] = await Promise.all([send(`${running.url}/hang`), send(`${running.url}/other`)]);
    expect([hung.status, hung.body, other.body]).toEqual([503, '{"message":"Service Unavailable"}', 'ok']);
  });

  it('goes on when a client goes away', async () => {
    const url = new URL(await serve(() => new Promise((resolve) => setTimeout(() => resolve('ok'), 30))));
    const client = connect(Number(url.port), '127.0.0.1');
    client.end('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await new Promise((resolve) => setTimeout(resolve, 10));
    client.destroy();
    expect((await send(url.href)).body).toBe('ok');
    expect([running?.functions.events.length, running?.lines]).toEqual([2, []]);
  });

  it.each([
    [
      'a body above 10 MB',
      { method: 'POST', body: Buffer.alloc(bodyLimit + 1) },
      413,
      'Request Entity Too Large',
    ],
    [
      'headers above 10,240 bytes',
      { headers: ['x', 'x'.repeat(10_240)] },
      431,
      'Request Header Fields Too Large',
    ],
  ])('refuses %s', async (_what, request, status, message) => {
    const response = await send(await serve(() => 'ok'), request);
    expect([response.status, response.body]).toEqual([status, JSON.stringify({ message })]);
    expect(running?.functions.events).toEqual([]);
  });

  it('takes a body of 10 MB', async () => {
    const response = await send(await serve((event) => String(event['body']).length), {
      method: 'POST',
      headers: ['content-type', 'text/plain'],
      body: Buffer.alloc(bodyLimit, 'a'),
    });
    expect(response.body).toBe(String(bodyLimit));
  });

  it('refuses a path with broken percent-encoding', async () => {
    const url = await serve(() => 'ok');
    expect((await send(`${url}%zz`)).status).toBe(400);
  });

  it('refuses routes whose authorization it cannot check, and says so', async () => {
    running = await start(
      [...httpApi(), ...lambdaRoute('$default', { route: { AuthorizationType: 'AWS_IAM' } })],
      { echo: () => 'in' },
    );
    const response = await send(`${running.url}/`);
    expect([response.status, response.body]).toEqual([403, '{"message":"Forbidden"}']);
    expect(running.gateway.leftOut).toEqual([
      expect.objectContaining({ logicalId: '_defaultRoute', reason: expect.stringContaining('AWS_IAM') }),
    ]);
  });

  it('lists integrations that it does not play', async () => {
    const integration = {
      IntegrationType: 'HTTP_PROXY',
      ConnectionType: 'VPC_LINK',
      IntegrationUri: 'arn:x',
    };
    running = await start([...httpApi(), ...lambdaRoute('$default', { integration })], {});
    expect((await send(`${running.url}/`)).status).toBe(500);
    expect(running.gateway.leftOut.map(({ logicalId }) => logicalId)).toEqual(['_defaultIntegration']);
  });

  it('refuses a port that is taken, and names the API', async () => {
    const port = Number(new URL(await serve(() => 'ok')).port);
    const { startGateway } = await import('../../../local/gateway/index.ts');
    const second = startGateway({
      resources: httpApi(),
      invoker: { invoke: async () => ({ ok: true, payload: 1 }) },
      ports: new Map([['Api', port]]),
      log: () => undefined,
    });
    await expect(second).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: expect.stringContaining(`Port ${port} is in use, wanted for the API Api`),
    });
  });
});

describe('CORS of an HTTP API', () => {
  const CorsConfiguration = {
    AllowOrigins: ['https://a.example'],
    AllowMethods: ['GET', 'POST'],
    AllowHeaders: ['authorization'],
    ExposeHeaders: ['x-b'],
    MaxAge: 60,
    AllowCredentials: true,
  };

  async function cors(origin: string, preflight: boolean, configuration: object = CorsConfiguration) {
    const auth = resource('Auth', 'AWS::ApiGatewayV2::Authorizer', { ApiId: ref('Api') });
    running = await start(
      [...httpApi({ CorsConfiguration: configuration }), auth, ...lambdaRoute('$default')],
      { echo: own },
    );
    const asks = preflight ? ['access-control-request-method', 'GET'] : [];
    const { status, headers } = await send(`${running.url}/x`, {
      method: preflight ? 'OPTIONS' : 'GET',
      headers: ['origin', origin, ...asks],
    });
    const names = ['origin', 'methods', 'headers', 'credentials'].map(
      (name) => headers[`access-control-allow-${name}`],
    );
    return [status, ...names, headers['access-control-max-age'], headers['access-control-expose-headers']];
  }

  it('answers a preflight itself', async () => {
    expect(await cors('https://a.example', true)).toEqual([
      204,
      'https://a.example',
      'GET,POST',
      'authorization',
      'true',
      '60',
      undefined,
    ]);
    expect(running?.functions.events).toEqual([]);
  });

  it.each([
    ['a listed origin', 'https://a.example', CorsConfiguration, ['https://a.example', 'true', 'x-b']],
    ['a foreign origin', 'https://b.example', CorsConfiguration, [undefined, undefined, undefined]],
    ['any origin', 'https://b.example', { AllowOrigins: ['*'] }, ['*', undefined, undefined]],
    [
      'a scheme',
      'https://b.example',
      { AllowOrigins: ['https://*'] },
      ['https://b.example', undefined, undefined],
    ],
  ])(
    'replaces the headers of the function for %s',
    async (_what, origin, configuration, [allowed, credentials, exposed]) => {
      expect(await cors(origin, false, configuration)).toEqual([
        200,
        allowed,
        undefined,
        undefined,
        credentials,
        undefined,
        exposed,
      ]);
    },
  );

  it('gives a foreign origin nothing in a preflight', async () => {
    expect(await cors('https://b.example', true)).toEqual([
      204,
      ...Array.from({ length: 6 }, () => undefined),
    ]);
  });
});
