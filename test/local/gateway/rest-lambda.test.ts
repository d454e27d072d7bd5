import { afterEach, describe, expect, it } from '@jest/globals';
import type { Handler } from './function-double.ts';
import { send } from './http-client.ts';
import { start, type Running } from './http-fixture.ts';
import { lambdaIntegration, restApi, restMethod } from './rest-fixture.ts';

let running: Running | undefined;
afterEach(async () => {
  await running?.gateway.close();
  running = undefined;
});

const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/);
const hang: Handler = () => new Promise(() => undefined);

async function answered(payload: unknown, api: Record<string, unknown> = {}, accept = '*/*') {
  running = await start([...restApi(api), restMethod('GET', undefined, lambdaIntegration())], {
    echo: () => payload,
  });
  const { status, headers: got, body } = await send(`${running.url}/prod`, { headers: ['accept', accept] });
  return [status, got['content-type'], body];
}

describe('Lambda proxy responses of a REST API', () => {
  const malformed = [502, 'application/json', '{"message":"Internal server error"}'];

  it.each<[string, unknown, unknown[]]>([
    [
      'a full response',
      { statusCode: 201, headers: { 'content-type': 'text/css' }, body: 'x' },
      [201, 'text/css', 'x'],
    ],
    ['no content type', { statusCode: 200, body: '{}' }, [200, 'application/json', '{}']],
    ['nothing', null, malformed],
    ['a string', 'x', malformed],
    ['a body that is no text', { statusCode: 200, body: {} }, malformed],
    ['an unknown member', { statusCode: 200, cookies: [] }, malformed],
    ['a header with a line break', { statusCode: 200, headers: { a: 'x\r\nb: y' } }, malformed],
    ['a status that is none', { statusCode: 'x' }, malformed],
    [
      'base64 without binary types',
      { statusCode: 200, body: 'aGk=', isBase64Encoded: true },
      [200, 'application/json', 'aGk='],
    ],
  ])('stand for %s', async (_what, payload, expected) => {
    expect(await answered(payload)).toEqual(expected);
  });

  it('are decoded where the client accepts a binary type', async () => {
    const payload = {
      statusCode: 200,
      headers: { 'Content-Type': 'image/png' },
      body: 'aGk=',
      isBase64Encoded: true,
    };
    expect(await answered(payload, { BinaryMediaTypes: ['image/*'] }, 'image/png')).toEqual([
      200,
      'image/png',
      'hi',
    ]);
  });

  it('of a function that throws are 502, of one that hangs 504', async () => {
    const methods = [
      restMethod('GET', undefined, lambdaIntegration('boom')),
      restMethod('PUT', undefined, lambdaIntegration('hang', { TimeoutInMillis: 50 })),
    ];
    running = await start([...restApi(), ...methods], { boom: () => Promise.reject(new Error('x')), hang });
    expect(await send(`${running.url}/prod`)).toMatchObject({
      status: 502,
      body: '{"message":"Internal server error"}',
    });
    expect(await send(`${running.url}/prod`, { method: 'PUT' })).toMatchObject({
      status: 504,
      body: '{"message":"Endpoint request timed out"}',
    });
  });

  it('have WWW-Authenticate under another name, and request ids', async () => {
    const payload = { statusCode: 401, headers: { 'WWW-Authenticate': 'Bearer' } };
    running = await start([...restApi(), restMethod('GET', undefined, lambdaIntegration())], {
      echo: () => payload,
    });
    const { headers: got } = await send(`${running.url}/prod`);
    expect([got['www-authenticate'], got['x-amzn-remapped-www-authenticate']]).toEqual([undefined, 'Bearer']);
    expect([got['x-amzn-requestid'], got['x-amz-apigw-id']]).toEqual([uuid, expect.stringMatching(/=$/)]);
  });
});
