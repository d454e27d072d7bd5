import { afterEach, beforeEach, expect, it } from '@jest/globals';
import {
  APIGatewayClient,
  FlushStageAuthorizersCacheCommand,
  GetRestApisCommand,
} from '@aws-sdk/client-api-gateway';
import { ApiGatewayV2Client, ResetAuthorizersCacheCommand } from '@aws-sdk/client-apigatewayv2';
import { startControlApi } from '../../../local/gateway/control-api.ts';
import type { Listening } from '../../../local/loopback.ts';
import { localClient } from '../played.ts';
import '../../engines.ts';

let api: Listening;
let flushed: string[];
beforeEach(async () => {
  flushed = [];
  api = await startControlApi(({ kind, apiId, stage }) => {
    flushed.push(`${kind} ${apiId} ${stage}`);
    return apiId === 'known';
  });
});
afterEach(() => api.close());

/** The SDK finds the endpoint by itself, as in a function. */
function rest(): APIGatewayClient {
  process.env.AWS_ENDPOINT_URL_API_GATEWAY = api.url;
  return new APIGatewayClient(localClient);
}

function http(): ApiGatewayV2Client {
  process.env.AWS_ENDPOINT_URL_APIGATEWAYV2 = api.url;
  return new ApiGatewayV2Client(localClient);
}

it('flushes a stage of a REST API', async () => {
  const command = new FlushStageAuthorizersCacheCommand({ restApiId: 'known', stageName: 'prod' });
  expect((await rest().send(command)).$metadata.httpStatusCode).toBe(202);
  expect(flushed).toEqual(['rest known prod']);
});

it('flushes a stage of an HTTP API', async () => {
  const command = new ResetAuthorizersCacheCommand({ ApiId: 'known', StageName: '$default' });
  expect((await http().send(command)).$metadata.httpStatusCode).toBe(204);
  expect(flushed).toEqual(['http known $default']);
});

it('answers NotFoundException to an API or a stage that is not there', async () => {
  const error = { name: 'NotFoundException', message: expect.stringContaining('000000000000:other') };
  const flush = new FlushStageAuthorizersCacheCommand({ restApiId: 'other', stageName: 'prod' });
  await expect(rest().send(flush)).rejects.toMatchObject(error);
  const reset = new ResetAuthorizersCacheCommand({ ApiId: 'other', StageName: 'prod' });
  await expect(http().send(reset)).rejects.toMatchObject(error);
});

it('says what it does not play', async () => {
  const client = new APIGatewayClient({ ...localClient, endpoint: api.url, maxAttempts: 1 });
  await expect(client.send(new GetRestApisCommand({}))).rejects.toMatchObject({
    name: 'NotPlayedException',
    message: expect.stringContaining('GET /restapis'),
  });
});
