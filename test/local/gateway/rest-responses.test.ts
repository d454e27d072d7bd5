import { afterEach, describe, expect, it } from '@jest/globals';
import type { Resource } from '../../../local/types.ts';
import { policyAnswer } from './authorizer-kinds.ts';
import { send } from './http-client.ts';
import { start, type Running } from './http-fixture.ts';
import { gatewayResponse, lambdaIntegration, restApi, restAuthorizer, restMethod } from './rest-fixture.ts';

let running: Running | undefined;
afterEach(async () => {
  await running?.gateway.close();
  running = undefined;
});

const handlers = {
  echo: () => ({ statusCode: 200, body: 'ok' }),
  auth: (event: Record<string, unknown>) => {
    if (event['authorizationToken'] === 'boom') throw new Error('boom');
    return policyAnswer('Deny', '*', { context: { reason: 'revoked', quoted: 'a"b' } });
  },
};

async function refused(responses: Resource[], token?: string, path = '/prod') {
  const { resources, method } = restAuthorizer('TOKEN');
  const get = restMethod('GET', undefined, { ...lambdaIntegration(), ...method });
  running = await start([...restApi(), ...resources, get, ...responses], handlers);
  return send(running.url + path, {
    headers: ['X-Id', '7', ...(token === undefined ? [] : ['Authorization', token])],
  });
}

describe('gateway responses', () => {
  it.each([
    ['UNAUTHORIZED', undefined, '/prod', 401, 'UnauthorizedException', '{"message":"Unauthorized"}'],
    [
      'ACCESS_DENIED',
      'x',
      '/prod',
      403,
      'AccessDeniedException',
      '{"Message":"User is not authorized to access this resource with an explicit deny"}',
    ],
    [
      'AUTHORIZER_CONFIGURATION_ERROR',
      'boom',
      '/prod',
      500,
      'AuthorizerConfigurationException',
      '{"message":null}',
    ],
    [
      'MISSING_AUTHENTICATION_TOKEN',
      'x',
      '/prod/none',
      403,
      'MissingAuthenticationTokenException',
      '{"message":"Missing Authentication Token"}',
    ],
  ])('have AWS defaults: %s', async (_type, token, path, status, errorType, body) => {
    const response = await refused([], token, path);
    expect([response.status, response.headers['x-amzn-errortype'], response.body]).toEqual([
      status,
      errorType,
      body,
    ]);
    expect(response.headers['content-type']).toBe('application/json');
  });

  it.each([
    ['ACCESS_DENIED', 'x', '/prod'],
    ['UNAUTHORIZED', undefined, '/prod'],
    ['MISSING_AUTHENTICATION_TOKEN', 'x', '/prod/none'],
    ['DEFAULT_4XX', 'x', '/prod'],
    ['AUTHORIZER_CONFIGURATION_ERROR', 'boom', '/prod'],
    ['DEFAULT_5XX', 'boom', '/prod'],
  ])('take a status and headers: %s', async (type, token, path) => {
    const custom = gatewayResponse(type, {
      StatusCode: '418',
      ResponseParameters: {
        'gatewayresponse.header.WWW-Authenticate': "'Bearer realm=\"it''s\"'",
        'gatewayresponse.header.X-Stage': 'context.stage',
        'gatewayresponse.header.X-Echo': 'method.request.header.x-id',
        'gatewayresponse.header.X-None': 'method.request.header.none',
      },
    });
    const { status, headers } = await refused([custom], token, path);
    expect(status).toBe(418);
    expect(['www-authenticate', 'x-stage', 'x-echo', 'x-none'].map((name) => headers[name])).toEqual([
      'Bearer realm="it\'\'s"',
      'prod',
      '7',
      undefined,
    ]);
  });

  it('prefer their own type to the default one', async () => {
    const both = [
      gatewayResponse('DEFAULT_4XX', { StatusCode: '418' }),
      gatewayResponse('UNAUTHORIZED', { StatusCode: '419' }),
    ];
    expect((await refused(both)).status).toBe(419);
  });

  it.each([
    ['$context.error.message', 'User is not authorized to access this resource with an explicit deny'],
    [
      '{"m":$context.error.messageString}',
      '{"m":"User is not authorized to access this resource with an explicit deny"}',
    ],
    ['$context.error.responseType.', 'ACCESS_DENIED.'],
    ['${context.error.responseType}!', 'ACCESS_DENIED!'],
    ['{"r":"$context.authorizer.reason","p":"$context.authorizer.principalId"}', '{"r":"revoked","p":"ann"}'],
    ['$context.authorizer.none-$context.identity.sourceIp', '127.0.0.1'],
    ['$input.body', '$input.body'],
  ])('fill the template %s', async (template, body) => {
    const custom = gatewayResponse('ACCESS_DENIED', {
      ResponseTemplates: { 'application/problem+json': template },
    });
    const response = await refused([custom], 'x');
    expect([response.headers['content-type'], response.body]).toEqual(['application/problem+json', body]);
  });

  it('give the request id that the headers give', async () => {
    const custom = gatewayResponse('UNAUTHORIZED', {
      ResponseTemplates: { 'application/json': '$context.requestId' },
    });
    const { headers, body } = await refused([custom]);
    expect(body).toBe(headers['x-amzn-requestid']);
  });

  it('are given for too large bodies', async () => {
    running = await start([...restApi(), restMethod('POST', undefined, lambdaIntegration())], handlers);
    const response = await send(`${running.url}/prod`, {
      method: 'POST',
      body: Buffer.alloc(10 * 1024 * 1024 + 1),
    });
    expect([response.status, response.body]).toEqual([413, '{"message":"Request Too Long"}']);
  });
});

describe('MOCK integrations', () => {
  const preflight = {
    IntegrationResponses: [
      {
        ResponseParameters: {
          'method.response.header.Access-Control-Allow-Origin': "'*'",
          'method.response.header.Access-Control-Allow-Methods': "'GET,POST'",
        },
        StatusCode: '204',
      },
    ],
    RequestTemplates: { 'application/json': '{ statusCode: 200 }' },
    Type: 'MOCK',
  };

  it('answer a CORS preflight', async () => {
    running = await start([...restApi(), restMethod('OPTIONS', undefined, { Integration: preflight })], {});
    const { status, headers } = await send(`${running.url}/prod`, { method: 'OPTIONS' });
    expect([status, headers['access-control-allow-origin'], headers['access-control-allow-methods']]).toEqual(
      [204, '*', 'GET,POST'],
    );
  });

  it.each([
    ['https://b.example', 'https://b.example'],
    ['https://c.example', 'https://a.example'],
  ])('choose among several origins: %s', async (origin, allowed) => {
    const template = [
      '#set($origin = $input.params().header.get("Origin"))',
      '#if($origin == "") #set($origin = $input.params().header.get("origin")) #end',
      '#if($origin.matches("https://b.example"))',
      '  #set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)',
      '#end',
    ].join('\n');
    const response = {
      ResponseParameters: { 'method.response.header.Access-Control-Allow-Origin': "'https://a.example'" },
      ResponseTemplates: { 'application/json': template },
      StatusCode: '204',
    };
    const Integration = { ...preflight, IntegrationResponses: [response] };
    running = await start([...restApi(), restMethod('OPTIONS', undefined, { Integration })], {});
    const { headers } = await send(`${running.url}/prod`, { method: 'OPTIONS', headers: ['origin', origin] });
    expect(headers['access-control-allow-origin']).toBe(allowed);
  });

  it('select a response by their status', async () => {
    const Integration = {
      Type: 'MOCK',
      RequestTemplates: { 'application/json': '{"statusCode": 404}' },
      IntegrationResponses: [
        { StatusCode: '200' },
        {
          StatusCode: '410',
          SelectionPattern: '4\\d{2}',
          ResponseTemplates: { 'application/json': '{"at":"$context.stage"}' },
        },
      ],
    };
    running = await start([...restApi(), restMethod('GET', undefined, { Integration })], {});
    expect(await send(`${running.url}/prod`)).toMatchObject({ status: 410, body: '{"at":"prod"}' });
  });

  it('answer 500 without a status', async () => {
    running = await start(
      [...restApi(), restMethod('GET', undefined, { Integration: { Type: 'MOCK' } })],
      {},
    );
    expect((await send(`${running.url}/prod`)).status).toBe(500);
  });
});
