import { afterEach, describe, expect, it } from '@jest/globals';
import { httpApi, lambdaRoute, start, type Running } from './http-fixture.ts';

let running: Running | undefined;
afterEach(async () => {
  await running?.gateway.close();
  running = undefined;
});

const echo = () => ({ statusCode: 200, body: 'ok' });

describe('HTTP API routes', () => {
  it.each([
    [['GET /{any}/b/c', 'GET /a/{id}/{proxy+}'], '/a/b/c', 'GET /{any}/b/c'],
    [['GET /a/{proxy+}', 'GET /a/b/{proxy+}'], '/a/b/c', 'GET /a/b/{proxy+}'],
    [['ANY /a/{id}', 'GET /a/{id}'], '/a/b', 'GET /a/{id}'],
    [['GET /{x}/b', 'GET /a/{y}'], '/a/b', 'GET /a/{y}'],
  ])('of %j send %s to %s', async (keys, path, routeKey) => {
    running = await start([...httpApi(), ...keys.flatMap((key) => lambdaRoute(key))], { echo });
    await fetch(running.url + path);
    expect(running.functions.eventsOf('echo')[0]?.['routeKey']).toBe(routeKey);
  });

  const keys = [
    'GET /pets',
    'GET /pets/{id}',
    'POST /pets/{id}',
    'GET /pets/dog',
    'GET /pets/{proxy+}',
    'ANY /{proxy+}',
    '$default',
  ];
  it.each([
    ['GET', '/pets', 'GET /pets', undefined],
    ['GET', '/pets/7', 'GET /pets/{id}', { id: '7' }],
    ['GET', '/pets/a%20b', 'GET /pets/{id}', { id: 'a b' }],
    ['POST', '/pets/dog', 'POST /pets/{id}', { id: 'dog' }],
    ['GET', '/pets/dog', 'GET /pets/dog', undefined],
    ['GET', '/pets/dog/1', 'GET /pets/{proxy+}', { proxy: 'dog/1' }],
    ['DELETE', '/pets/dog/1', 'ANY /{proxy+}', { proxy: 'pets/dog/1' }],
    ['GET', '/', '$default', undefined],
  ])('sends %s %s to %s', async (method, path, routeKey, pathParameters) => {
    running = await start([...httpApi(), ...keys.flatMap((key) => lambdaRoute(key))], { echo });
    expect((await fetch(running.url + path, { method })).status).toBe(200);
    const [event] = running.functions.eventsOf('echo');
    expect([event?.['routeKey'], event?.['pathParameters']]).toEqual([routeKey, pathParameters]);
  });

  it('answers 404 where no route leads', async () => {
    running = await start([...httpApi(), ...lambdaRoute('GET /pets')], { echo });
    const response = await fetch(`${running.url}/pets/`);
    expect([response.status, await response.text()]).toEqual([404, '{"message":"Not Found"}']);
  });
});
