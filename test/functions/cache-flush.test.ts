/** The function cache-flush alone, against a control plane of API Gateway that records what it is asked. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { Environment } from '../../core/contract/environment.ts';
import { listenOnLoopback } from '../engines.ts';

jest.setTimeout(60_000);

const stages = [
  { api: 'HTTP', apiId: 'web', stageName: '$default' },
  { api: 'REST', apiId: 'old', stageName: 'prod' },
];
const http = 'DELETE /v2/apis/web/stages/%24default/cache/authorizers';
const rest = 'DELETE /restapis/old/stages/prod/cache/authorizers';

let server: Server;
let asked: { readonly what: string; readonly atMs: number }[] = [];
let fault: { readonly status: number; readonly type: string } | undefined;
let handler: (event: DynamoDBStreamEvent) => Promise<void>;
const lines: string[] = [];

beforeAll(async () => {
  server = createServer(({ method, url = '' }, response) => {
    asked.push({ what: `${method} ${url}`, atMs: performance.now() });
    const headers = { 'content-type': 'application/json', 'x-amzn-errortype': fault?.type ?? '' };
    response.writeHead(fault?.status ?? (url.startsWith('/v2') ? 204 : 202), headers).end();
  });
  const endpoint = `http://127.0.0.1:${await listenOnLoopback(server)}`;
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_API_GATEWAY: endpoint,
    AWS_ENDPOINT_URL_APIGATEWAYV2: endpoint,
    [Environment.cachingStages]: JSON.stringify(stages),
  });
  jest.spyOn(process.stdout, 'write').mockImplementation((line) => {
    lines.push(String(line));
    return true;
  });
  ({ handler } = await import('../../functions/cache-flush/handler.ts'));
});

afterAll(async () => {
  jest.restoreAllMocks();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

beforeEach(() => {
  asked = [];
  fault = undefined;
  lines.length = 0;
});

const batch = (size: number) => ({ Records: Array.from({ length: size }, () => ({})) });

it('flushes every stage twice, whatever the number of changes, and counts it once', async () => {
  const begin = performance.now();
  await handler(batch(300));
  const times = (what: string) => asked.filter((call) => call.what === what).map(({ atMs }) => atMs - begin);
  for (const [first = 0, second = 0, ...more] of [times(http), times(rest)]) {
    expect(more).toEqual([]);
    expect(first).toBeGreaterThanOrEqual(590);
    expect(second).toBeGreaterThanOrEqual(3990);
  }
  const counted = lines.filter((line) => line.includes('"CacheFlushes":1'));
  expect(counted.map((line) => JSON.parse(line))).toMatchObject([{ changes: 300, stages: 2 }]);
});

it('takes a stage that is gone for flushed', async () => {
  fault = { status: 404, type: 'NotFoundException' };
  await expect(handler(batch(1))).resolves.toBeUndefined();
});

it('fails where a stage cannot be flushed, so that the stream brings its batch again', async () => {
  fault = { status: 403, type: 'AccessDeniedException' };
  await expect(handler(batch(1))).rejects.toThrow(
    /^API Gateway refused \w+ on stage .*AccessDeniedException/,
  );
  expect(lines.join('')).not.toContain('CacheFlushes');
});
