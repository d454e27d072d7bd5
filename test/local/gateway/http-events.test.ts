import { afterEach, describe, expect, it } from '@jest/globals';
import { ref, resource } from './function-double.ts';
import { send } from './http-client.ts';
import { httpApi, httpAuthorizer, lambdaRoute, start, type Running } from './http-fixture.ts';

let running: Running | undefined;
afterEach(async () => {
  await running?.gateway.close();
  running = undefined;
});

const now = (): number => Date.UTC(2020, 2, 12, 19, 3, 58, 390);
const allow = () => ({ isAuthorized: true, context: { roles: ['x'], n: 1 } });
const echo = () => ({ statusCode: 200, body: 'ok' });
const stage = resource('Dev', 'AWS::ApiGatewayV2::Stage', {
  ApiId: ref('Api'),
  StageName: 'dev',
  StageVariables: { color: 'red' },
});

const headers = [
  'User-Agent',
  'test',
  'X-Many',
  '1',
  'x-many',
  '2',
  'Cookie',
  'a=1; b=2',
  'Content-Type',
  'text/plain',
];

async function eventOf(version: string, path: string, auth?: Record<string, unknown>): Promise<Running> {
  const authorizer = httpAuthorizer(auth);
  const route = auth === undefined ? {} : authorizer.route;
  const resources = [...httpApi(), stage, ...(auth === undefined ? [] : authorizer.resources)];
  running = await start(
    [...resources, ...lambdaRoute('POST /pets/{id}', { version, route })],
    { echo, auth: allow },
    now,
  );
  await send(running.url + path, { method: 'POST', headers: [...headers, 'authorization', 'T'], body: 'hi' });
  return running;
}

const id = expect.stringMatching(/^[\w-]{15}=$/);
const trace = expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);

describe('payload format 2.0', () => {
  it('has exactly the members that AWS sends', async () => {
    const { url, functions } = await eventOf('2.0', '/pets/a%20b?x=1&y=a+b&x=%32');
    const host = url.slice('http://'.length);
    expect(functions.eventsOf('echo')).toEqual([
      {
        version: '2.0',
        routeKey: 'POST /pets/{id}',
        rawPath: '/pets/a b',
        rawQueryString: 'x=1&y=a+b&x=%32',
        cookies: ['a=1', 'b=2'],
        headers: {
          authorization: 'T',
          'content-length': '2',
          'content-type': 'text/plain',
          host,
          'user-agent': 'test',
          'x-amzn-trace-id': trace,
          'x-forwarded-for': '127.0.0.1',
          'x-forwarded-port': host.split(':')[1],
          'x-forwarded-proto': 'http',
          'x-many': '1,2',
        },
        queryStringParameters: { x: '1,2', y: 'a b' },
        pathParameters: { id: 'a b' },
        requestContext: {
          accountId: '000000000000',
          apiId: ref('Api'),
          domainName: host,
          domainPrefix: '127',
          http: {
            method: 'POST',
            path: '/pets/a b',
            protocol: 'HTTP/1.1',
            sourceIp: '127.0.0.1',
            userAgent: 'test',
          },
          requestId: id,
          routeKey: 'POST /pets/{id}',
          stage: '$default',
          time: '12/Mar/2020:19:03:58 +0000',
          timeEpoch: now(),
        },
        body: 'hi',
        isBase64Encoded: false,
      },
    ]);
  });

  it('says nothing of what a request does not have', async () => {
    running = await start([...httpApi(), ...lambdaRoute('$default')], { echo }, now);
    await send(`${running.url}/`);
    const [event] = running.functions.eventsOf('echo');
    expect(Object.keys(event ?? {}).sort()).toEqual([
      'headers',
      'isBase64Encoded',
      'rawPath',
      'rawQueryString',
      'requestContext',
      'routeKey',
      'version',
    ]);
  });

  it('has the stage in its path, and its variables', async () => {
    const { functions } = await eventOf('2.0', '/dev/pets/7');
    expect(functions.eventsOf('echo')[0]).toMatchObject({
      rawPath: '/dev/pets/7',
      stageVariables: { color: 'red' },
      requestContext: { stage: 'dev', http: { path: '/dev/pets/7' } },
    });
  });

  it.each([
    ['2.0', { EnableSimpleResponses: true }, { lambda: { roles: ['x'], n: 1 } }],
    ['1.0', { EnableSimpleResponses: true }, { roles: ['x'], n: 1, integrationLatency: 0 }],
  ])('of version %s carries the authorizer context', async (version, auth, authorizer) => {
    const { functions } = await eventOf(version, '/pets/7', auth);
    expect(functions.eventsOf('echo')[0]?.['requestContext']).toMatchObject({ authorizer });
  });
});

describe('what the gateway adds to the headers', () => {
  it('is not what a client says', async () => {
    running = await start([...httpApi(), ...lambdaRoute('$default')], { echo });
    const forged = ['x-forwarded-for', '10.0.0.1', 'X-Forwarded-Proto', 'https', 'x-forwarded-port', '443'];
    await send(`${running.url}/`, {
      headers: [...forged, 'Connection', 'close', 'TE', 'trailers', 'x-amzn-trace-id', 'Root=mine'],
    });
    const port = running.url.split(':')[2];
    expect(running.functions.eventsOf('echo')[0]?.['headers']).toEqual({
      'content-length': '0',
      host: `127.0.0.1:${port}`,
      'x-amzn-trace-id': 'Root=mine',
      'x-forwarded-for': '10.0.0.1, 127.0.0.1',
      'x-forwarded-port': port,
      'x-forwarded-proto': 'http',
    });
  });
});

describe('payload format 1.0', () => {
  it('has exactly the members that AWS sends', async () => {
    const { url, functions } = await eventOf('1.0', '/pets/7?x=1&x=2');
    const host = url.slice('http://'.length);
    const single = {
      'Content-Length': '2',
      'Content-Type': 'text/plain',
      Cookie: 'a=1; b=2',
      Host: host,
      'User-Agent': 'test',
      'X-Amzn-Trace-Id': trace,
      'X-Forwarded-For': '127.0.0.1',
      'X-Forwarded-Port': host.split(':')[1],
      'X-Forwarded-Proto': 'http',
      'X-Many': '2',
      authorization: 'T',
    };
    const multi = Object.fromEntries(Object.entries(single).map(([name, value]) => [name, [value]]));
    const nobody = {
      accessKey: null,
      accountId: null,
      caller: null,
      cognitoAuthenticationProvider: null,
      cognitoAuthenticationType: null,
      cognitoIdentityId: null,
      cognitoIdentityPoolId: null,
      principalOrgId: null,
      user: null,
      userArn: null,
    };
    expect(functions.eventsOf('echo')).toEqual([
      {
        version: '1.0',
        resource: '/pets/{id}',
        path: '/pets/7',
        httpMethod: 'POST',
        headers: single,
        multiValueHeaders: { ...multi, 'X-Many': ['1', '2'] },
        queryStringParameters: { x: '2' },
        multiValueQueryStringParameters: { x: ['1', '2'] },
        requestContext: {
          accountId: '000000000000',
          apiId: ref('Api'),
          authorizer: { claims: null, scopes: null },
          domainName: host,
          domainPrefix: '127',
          extendedRequestId: id,
          httpMethod: 'POST',
          identity: { ...nobody, sourceIp: '127.0.0.1', userAgent: 'test' },
          path: '/pets/7',
          protocol: 'HTTP/1.1',
          requestId: id,
          requestTime: '12/Mar/2020:19:03:58 +0000',
          requestTimeEpoch: now(),
          resourceId: 'POST /pets/{id}',
          resourcePath: '/pets/{id}',
          stage: '$default',
        },
        pathParameters: { id: '7' },
        stageVariables: null,
        body: 'hi',
        isBase64Encoded: false,
      },
    ]);
  });
});

describe('authorizer events of an HTTP API', () => {
  const sources = [
    '$request.header.Authorization',
    '$request.querystring.q',
    '$context.routeKey',
    '$stageVariables.color',
  ];

  it('of version 2.0 name the route and list the identity sources', async () => {
    const { functions } = await eventOf('2.0', '/dev/pets/7?q=1', { IdentitySource: sources });
    const [event] = functions.eventsOf('auth');
    expect(event).toMatchObject({
      version: '2.0',
      type: 'REQUEST',
      routeArn: `arn:aws:execute-api:us-east-1:000000000000:${ref('Api')}/dev/POST/pets/7`,
      identitySource: ['T', '1', 'POST /pets/{id}', 'red'],
      routeKey: 'POST /pets/{id}',
      rawPath: '/dev/pets/7',
      rawQueryString: 'q=1',
      cookies: ['a=1', 'b=2'],
      headers: { authorization: 'T' },
      pathParameters: { id: '7' },
      stageVariables: { color: 'red' },
      requestContext: { http: { method: 'POST' }, stage: 'dev' },
    });
    expect(event).not.toHaveProperty('body');
  });

  it('of version 1.0 join the identity sources by commas', async () => {
    const auth = { AuthorizerPayloadFormatVersion: '1.0', IdentitySource: sources.slice(0, 2) };
    const { functions } = await eventOf('2.0', '/pets/7?q=1', auth);
    expect(functions.eventsOf('auth')[0]).toMatchObject({
      version: '1.0',
      type: 'REQUEST',
      methodArn: `arn:aws:execute-api:us-east-1:000000000000:${ref('Api')}/$default/POST/pets/7`,
      identitySource: 'T,1',
      authorizationToken: 'T,1',
      resource: '/pets/{id}',
      path: '/pets/7',
      httpMethod: 'POST',
      pathParameters: { id: '7' },
      stageVariables: {},
      requestContext: { resourcePath: '/pets/{id}' },
    });
  });

  it.each(sources)('are not sent when %s is missing', async (source) => {
    const auth = { IdentitySource: [source.replace('Authorization', 'X-None').replace('routeKey', 'none')] };
    const { functions } = await eventOf('2.0', '/pets/7', auth);
    expect(functions.events).toEqual([]);
  });

  it('are sent for each route when $context.routeKey is an identity source', async () => {
    const IdentitySource = ['$request.header.Authorization', '$context.routeKey'];
    const { resources, route } = httpAuthorizer({ IdentitySource, AuthorizerResultTtlInSeconds: 300 });
    const routes = ['GET /a', 'GET /b'].flatMap((key) => lambdaRoute(key, { route }));
    running = await start([...httpApi(), ...resources, ...routes], {
      echo,
      auth: () => ({ isAuthorized: true }),
    });
    for (const path of ['/a', '/b', '/a'])
      await send(running.url + path, { headers: ['authorization', 'T'] });
    expect(running.functions.eventsOf('auth').map((event) => event['routeKey'])).toEqual([
      'GET /a',
      'GET /b',
    ]);
  });
});

describe('request bodies of an HTTP API', () => {
  it.each([
    ['text/plain; charset=utf-8', 'é', false],
    ['application/json', '{}', false],
    ['application/xml', '<a/>', false],
    ['application/javascript', '1', false],
    ['application/x-www-form-urlencoded', 'YT0x', true],
    ['application/octet-stream', 'YT0x', true],
    [undefined, 'YT0x', true],
  ])('of type %s arrive as %s', async (type, body, isBase64Encoded) => {
    running = await start([...httpApi(), ...lambdaRoute('$default')], { echo });
    const typed = type === undefined ? [] : ['content-type', type];
    await send(`${running.url}/`, { method: 'POST', headers: typed, body: isBase64Encoded ? 'a=1' : body });
    expect(running.functions.eventsOf('echo')[0]).toMatchObject({ body, isBase64Encoded });
  });
});
