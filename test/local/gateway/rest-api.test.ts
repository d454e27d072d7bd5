import { afterEach, describe, expect, it } from '@jest/globals';
import { resource, type Handler } from './function-double.ts';
import { send } from './http-client.ts';
import { start, type Running } from './http-fixture.ts';
import { lambdaIntegration, restApi, restMethod, restResource } from './rest-fixture.ts';

let running: Running | undefined;
afterEach(async () => {
  await running?.gateway.close();
  running = undefined;
});

const echo: Handler = () => ({ statusCode: 200, body: 'ok' });

describe('REST API resources', () => {
  const tree = [
    restMethod('GET', undefined, lambdaIntegration()),
    restResource('pets', 'pets'),
    restMethod('GET', 'pets', lambdaIntegration()),
    restResource('pet', '{id}', 'pets'),
    restMethod('ANY', 'pet', lambdaIntegration()),
    restMethod('PUT', 'pet', lambdaIntegration()),
    restResource('dog', 'dog', 'pets'),
    restMethod('GET', 'dog', lambdaIntegration()),
    restResource('empty', 'empty'),
    restResource('proxy', '{proxy+}'),
    restMethod('GET', 'proxy', lambdaIntegration()),
  ];
  const unknown = { status: 403, body: '{"message":"Missing Authentication Token"}' };

  it.each([
    ['GET', '/prod', '/', null],
    ['GET', '/prod/', '/', null],
    ['GET', '/prod/pets', '/pets', null],
    ['GET', '/prod/pets/', '/pets', null],
    ['GET', '/prod/pets/dog', '/pets/dog', null],
    ['DELETE', '/prod/pets/a%20b', '/pets/{id}', { id: 'a b' }],
    ['PUT', '/prod/pets/7', '/pets/{id}', { id: '7' }],
    ['GET', '/prod/empty', '/{proxy+}', { proxy: 'empty' }],
    ['GET', '/prod/pets/dog/1', '/{proxy+}', { proxy: 'pets/dog/1' }],
  ])('sends %s %s to %s', async (method, path, place, pathParameters) => {
    running = await start([...restApi(), ...tree], { echo });
    expect((await send(running.url + path, { method })).status).toBe(200);
    expect(running.functions.eventsOf('echo')[0]).toMatchObject({ resource: place, pathParameters });
  });

  it.each([
    ['DELETE', '/prod/pets/dog', unknown],
    ['POST', '/prod/none', unknown],
    ['GET', '/other/pets', { status: 403, body: '{"message":"Forbidden"}' }],
  ])('refuses %s %s', async (method, path, expected) => {
    running = await start([...restApi(), ...tree], { echo });
    expect(await send(running.url + path, { method })).toMatchObject(expected);
  });
});

describe('what a REST API does not play', () => {
  it.each([
    ['AWS_IAM', 403, '{"message":"Missing Authentication Token"}'],
    ['COGNITO_USER_POOLS', 401, '{"message":"Unauthorized"}'],
  ])('is refused and listed: %s', async (AuthorizationType, status, body) => {
    running = await start(
      [...restApi(), restMethod('GET', undefined, { ...lambdaIntegration(), AuthorizationType })],
      { echo },
    );
    expect(await send(`${running.url}/prod`)).toMatchObject({ status, body });
    expect(running.gateway.leftOut).toEqual([
      {
        logicalId: 'RootGET',
        type: 'AWS::ApiGateway::Method',
        reason: expect.stringContaining(AuthorizationType),
      },
    ]);
  });

  it.each([
    ['an API key', { ApiKeyRequired: true }, 'API keys are not checked here'],
    ['an AWS service', { Integration: { Type: 'AWS', Uri: 'x' } }, expect.stringContaining('type AWS')],
  ])('is listed: %s', async (_what, more, reason) => {
    running = await start([...restApi(), restMethod('GET', undefined, { ...lambdaIntegration(), ...more })], {
      echo,
    });
    expect(running.gateway.leftOut).toEqual([
      { logicalId: 'RootGET', type: 'AWS::ApiGateway::Method', reason },
    ]);
  });

  it('lists an API imported from OpenAPI', async () => {
    running = await start([resource('Api', 'AWS::ApiGateway::RestApi', { Body: {} })], {});
    expect(running.gateway.leftOut.map(({ logicalId }) => logicalId)).toEqual(['Api']);
  });
});
