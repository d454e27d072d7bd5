import { afterEach, describe, expect, it } from '@jest/globals';
import { rootResourceId } from '../../../local/physical-id.ts';
import type { Resource } from '../../../local/types.ts';
import { policyAnswer } from './authorizer-kinds.ts';
import { ref, type Handler } from './function-double.ts';
import { send } from './http-client.ts';
import { start, type Running } from './http-fixture.ts';
import { lambdaIntegration, restApi, restAuthorizer, restMethod, restResource } from './rest-fixture.ts';

let running: Running | undefined;
afterEach(async () => {
  await running?.gateway.close();
  running = undefined;
});

const now = (): number => Date.UTC(2020, 2, 12, 19, 3, 58, 390);
const echo: Handler = () => ({ statusCode: 200, body: 'ok' });
const allow: Handler = () => policyAnswer('Allow', '*');
const allowWithContext: Handler = () => policyAnswer('Allow', '*', { context: { n: 1, b: true, s: 'x' } });
const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/);
const trace = expect.stringMatching(/^Root=1-/);

const petMethod = (more: object = {}): Resource[] => [
  restResource('pets', 'pets'),
  restResource('pet', '{id}', 'pets'),
  restMethod('POST', 'pet', { ...lambdaIntegration(), ...more }),
];

const headers = ['User-Agent', 'test', 'X-Many', '1', 'x-many', '2', 'authorization', 'T'];
const nobody = {
  cognitoIdentityPoolId: null,
  accountId: null,
  cognitoIdentityId: null,
  caller: null,
  principalOrgId: null,
  accessKey: null,
  cognitoAuthenticationType: null,
  cognitoAuthenticationProvider: null,
  userArn: null,
  user: null,
};

describe('the proxy event of a REST API', () => {
  it('has exactly the members that AWS sends', async () => {
    running = await start([...restApi(), ...petMethod()], { echo }, now);
    await send(`${running.url}/prod/pets/a%20b?x=1&x=2`, { method: 'POST', headers, body: 'hi' });
    const host = running.url.slice('http://'.length);
    const single = {
      'Content-Length': '2',
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
    expect(running.functions.eventsOf('echo')).toEqual([
      {
        resource: '/pets/{id}',
        path: '/pets/a%20b',
        httpMethod: 'POST',
        headers: single,
        multiValueHeaders: { ...multi, 'X-Many': ['1', '2'] },
        queryStringParameters: { x: '2' },
        multiValueQueryStringParameters: { x: ['1', '2'] },
        pathParameters: { id: 'a b' },
        stageVariables: null,
        requestContext: {
          resourceId: ref('pet'),
          resourcePath: '/pets/{id}',
          httpMethod: 'POST',
          extendedRequestId: expect.stringMatching(/=$/),
          requestTime: '12/Mar/2020:19:03:58 +0000',
          path: '/prod/pets/a%20b',
          accountId: '000000000000',
          protocol: 'HTTP/1.1',
          stage: 'prod',
          domainPrefix: '127',
          requestTimeEpoch: now(),
          requestId: uuid,
          identity: { ...nobody, sourceIp: '127.0.0.1', userAgent: 'test' },
          domainName: host,
          apiId: ref('Api'),
        },
        body: 'hi',
        isBase64Encoded: false,
      },
    ]);
  });

  it('has null for what a request does not have', async () => {
    running = await start([...restApi(), restMethod('GET', undefined, lambdaIntegration())], { echo });
    await send(`${running.url}/prod/`);
    expect(running.functions.eventsOf('echo')[0]).toMatchObject({
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      pathParameters: null,
      body: null,
      requestContext: { resourceId: rootResourceId('Api') },
    });
  });

  it('carries the context as strings, and the principal', async () => {
    const { resources, method } = restAuthorizer('TOKEN');
    running = await start(
      [...restApi(), ...resources, ...petMethod(method)],
      { echo, auth: allowWithContext },
      now,
    );
    await send(`${running.url}/prod/pets/7`, { method: 'POST', headers });
    expect(running.functions.eventsOf('echo')[0]?.['requestContext']).toMatchObject({
      authorizer: { principalId: 'ann', n: '1', b: 'true', s: 'x', integrationLatency: 0 },
    });
  });
});

describe('authorizer events of a REST API', () => {
  const arn = `arn:aws:execute-api:us-east-1:000000000000:${ref('Api')}/prod/POST/pets/7`;

  it('of type TOKEN have the token and the method', async () => {
    const { resources, method } = restAuthorizer('TOKEN');
    running = await start([...restApi(), ...resources, ...petMethod(method)], { echo, auth: allow });
    await send(`${running.url}/prod/pets/7`, { method: 'POST', headers });
    expect(running.functions.eventsOf('auth')).toEqual([
      { type: 'TOKEN', methodArn: arn, authorizationToken: 'T' },
    ]);
  });

  it('of type REQUEST have the request, but not its body', async () => {
    const { resources, method } = restAuthorizer('REQUEST');
    running = await start([...restApi(), ...resources, ...petMethod(method)], { echo, auth: allow });
    await send(`${running.url}/prod/pets/7?q=1`, { method: 'POST', headers, body: 'hi' });
    const [event] = running.functions.eventsOf('auth');
    expect(event).toMatchObject({
      type: 'REQUEST',
      methodArn: arn,
      resource: '/pets/{id}',
      path: '/pets/7',
      httpMethod: 'POST',
      headers: { authorization: 'T', 'X-Many': '2' },
      multiValueHeaders: { 'X-Many': ['1', '2'] },
      queryStringParameters: { q: '1' },
      multiValueQueryStringParameters: { q: ['1'] },
      pathParameters: { id: '7' },
      stageVariables: {},
      requestContext: { resourcePath: '/pets/{id}', path: '/prod/pets/7', stage: 'prod' },
    });
    expect(event).not.toHaveProperty('body');
  });

  it.each([
    ['Bearer x', 200],
    ['Basic x', 401],
    ['', 401],
  ])('are not sent for a token that does not fit the expression: "%s"', async (token, status) => {
    const { resources, method } = restAuthorizer('TOKEN', { IdentityValidationExpression: '^Bearer .+$' });
    running = await start([...restApi(), ...resources, ...petMethod(method)], { echo, auth: allow });
    const response = await send(`${running.url}/prod/pets/7`, {
      method: 'POST',
      headers: ['Authorization', token],
    });
    expect([response.status, running.functions.eventsOf('auth').length]).toEqual([
      status,
      status === 200 ? 1 : 0,
    ]);
  });

  it('of type REQUEST are sent without an identity source while caching is off', async () => {
    const { resources, method } = restAuthorizer('REQUEST', { AuthorizerResultTtlInSeconds: 0 });
    running = await start([...restApi(), ...resources, ...petMethod(method)], { echo, auth: allow });
    expect((await send(`${running.url}/prod/pets/7`, { method: 'POST' })).status).toBe(200);
  });

  it('are kept 300 seconds when no TTL is given', async () => {
    let clock = now();
    const { resources, method } = restAuthorizer('REQUEST');
    running = await start(
      [...restApi(), ...resources, ...petMethod(method)],
      { echo, auth: allow },
      () => clock,
    );
    for (const seconds of [0, 299, 1]) {
      clock += seconds * 1000;
      await send(`${running.url}/prod/pets/7`, { method: 'POST', headers });
    }
    expect(running.functions.eventsOf('auth')).toHaveLength(2);
  });

  it('need every identity source for a cached answer', async () => {
    const IdentitySource = 'method.request.header.Authorization, method.request.querystring.q';
    const { resources, method } = restAuthorizer('REQUEST', { IdentitySource });
    running = await start([...restApi(), ...resources, ...petMethod(method)], { echo, auth: allow });
    const statuses = [];
    for (const query of ['', '?q=1', '?q=2', '?q=1'])
      statuses.push((await send(`${running.url}/prod/pets/7${query}`, { method: 'POST', headers })).status);
    expect([statuses, running.functions.eventsOf('auth').length]).toEqual([[401, 200, 200, 200], 2]);
  });
});
