import { afterEach, describe, expect, it } from '@jest/globals';
import { ref, resource } from './function-double.ts';
import { send } from './http-client.ts';
import { start, type Running } from './http-fixture.ts';
import { lambdaIntegration, restApi, restMethod } from './rest-fixture.ts';

let running: Running | undefined;
afterEach(async () => {
  await running?.gateway.close();
  running = undefined;
});

const schema = {
  $schema: 'http://json-schema.org/draft-04/schema#',
  type: 'object',
  required: ['model'],
  properties: {
    model: { enum: ['small'] },
    messages: { type: 'array', items: { type: 'object', required: ['role'] } },
    n: { type: 'integer' },
  },
};

/** A `POST` on the root whose body is validated. */
async function startValidated(
  of: { models?: object; validator?: object; schema?: object } = {},
): Promise<Running> {
  const { models = { 'application/json': ref('Model') }, validator = { ValidateRequestBody: true } } = of;
  const RestApiId = ref('Api');
  running = await start(
    [
      ...restApi(),
      resource('Validator', 'AWS::ApiGateway::RequestValidator', { RestApiId, ...validator }),
      resource('Model', 'AWS::ApiGateway::Model', { RestApiId, Schema: of.schema ?? schema }),
      restMethod('POST', undefined, {
        ...lambdaIntegration(),
        RequestValidatorId: ref('Validator'),
        RequestModels: models,
      }),
    ],
    { echo: () => ({ statusCode: 200, body: 'ok' }) },
  );
  return running;
}

function post({ url }: Running, body: string, contentType = 'application/json') {
  return send(`${url}/prod`, { method: 'POST', headers: ['Content-Type', contentType], body });
}

describe('the body of a request', () => {
  it.each([
    ['{"model":"small"}', 200],
    ['{"model":"small","messages":[{"role":"user"}],"n":1,"more":true}', 200],
    ['{"model":"large"}', 400],
    ['{"messages":[]}', 400],
    ['{"model":"small","messages":[{}]}', 400],
    ['{"model":"small","messages":{}}', 400],
    ['{"model":"small","n":1.5}', 400],
    ['["small"]', 400],
    ['null', 400],
    ['{', 400],
    ['', 400],
  ])('%s is answered %d', async (body, status) => {
    const answer = await post(await startValidated(), body);
    expect([answer.status, answer.body]).toEqual([
      status,
      status === 200 ? 'ok' : '{"message":"Invalid request body"}',
    ]);
  });

  it.each([
    ['a content type without a model is not validated', 'text/plain', {}, 200],
    ['$default is for every content type', 'text/plain', { models: { $default: ref('Model') } }, 400],
    ['parameters of a content type do not matter', 'application/json; charset=utf-8', {}, 400],
    ['a validator may look at something else', 'application/json', { validator: {} }, 200],
  ])('%s', async (_, contentType, of, status) => {
    const answer = await post(await startValidated(of), '{"model":"large"}', contentType);
    expect(answer.status).toBe(status);
  });
});

it('names what is not checked', async () => {
  const { gateway } = await startValidated({
    validator: { ValidateRequestBody: true, ValidateRequestParameters: true },
    schema: { type: 'object', properties: { a: { minLength: 1, oneOf: [] } } },
  });
  expect(gateway.leftOut.map(({ logicalId, reason }) => [logicalId, reason])).toEqual([
    ['RootPOST', 'request parameters are not validated here'],
    ['Model', 'these keywords of its schema are not checked here: minLength, oneOf'],
  ]);
});
