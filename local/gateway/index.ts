import type { FunctionInvoker, LeftOut, Log, Resource, RunningApi } from '../types.ts';
import { ApiResources } from './api-resources.ts';
import type { FlushCache } from './control-api.ts';
import { IssuerKeys } from './jwt-keys.ts';
import { playableOf, type Playable } from './playable.ts';
import { ResultCache } from './result-cache.ts';
import { openPort } from './server.ts';

/** What the gateway plays, and with what. */
export interface GatewayOptions {
  /** All resources of the stack, their intrinsics resolved. */
  readonly resources: readonly Resource[];
  readonly invoker: FunctionInvoker;
  /** API logical id to port. */
  readonly ports: ReadonlyMap<string, number>;
  readonly log: Log;
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number;
}

/** The APIs that are played. */
export interface Gateway {
  readonly apis: readonly RunningApi[];
  readonly leftOut: readonly LeftOut[];
  readonly flushAuthorizerCache: FlushCache;
  close(): Promise<void>;
}

/** The resource types that the gateway plays, wholly or in part. */
export const gatewayResourceTypes: readonly string[] = [
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Stage',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::RouteResponse',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Authorizer',
  'AWS::ApiGatewayV2::Deployment',
  'AWS::ApiGateway::RestApi',
  'AWS::ApiGateway::Resource',
  'AWS::ApiGateway::Method',
  'AWS::ApiGateway::Authorizer',
  'AWS::ApiGateway::Stage',
  'AWS::ApiGateway::Deployment',
  'AWS::ApiGateway::GatewayResponse',
  'AWS::ApiGateway::Model',
  'AWS::ApiGateway::RequestValidator',
];

/**
 * Opens every API of the resources on its port, on 127.0.0.1. If one cannot be opened, none stays open.
 *
 * @throws {@link LocalError} `PORT_IN_USE`
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { invoker, log, resources, now = Date.now } = options;
  const cache = new ResultCache(now);
  const leftOut: LeftOut[] = [];
  const tools = { invoker, log, now, cache, keys: new IssuerKeys(now) };
  const playables = resources
    .map((api) => playableOf(new ApiResources(api, resources, leftOut), tools))
    .filter((playable) => playable !== undefined);
  const apis = await openAll(playables, options, now);
  return {
    apis,
    leftOut,
    flushAuthorizerCache: ({ kind, apiId, stage }) => {
      const found = playables.find((playable) => playable.apiId === apiId && playable.kind === kind);
      if (!found?.stages.some(({ name }) => name === stage)) return false;
      cache.flush(apiId, stage);
      return true;
    },
    close: () => closeAll(apis),
  };
}

async function openAll(
  playables: readonly Playable[],
  options: GatewayOptions,
  now: () => number,
): Promise<RunningApi[]> {
  const open: RunningApi[] = [];
  try {
    for (const playable of playables) open.push(await openOne(playable, options, now));
    return open;
  } catch (error) {
    await closeAll(open);
    throw error;
  }
}

async function openOne(
  { kind, logicalId, name, service, stages }: Playable,
  { ports, log }: GatewayOptions,
  now: () => number,
): Promise<RunningApi> {
  const onError = (message: string): void => log(logicalId, `error inside the gateway: ${message}`);
  const open = await openPort(service, {
    port: ports.get(logicalId) ?? 0,
    logicalId,
    now,
    onError,
  });
  const scheme = kind === 'websocket' ? 'ws' : 'http';
  const url = `${scheme}://127.0.0.1:${open.port}`;
  const stageUrls = stages.map((stage) => (stage.name === '$default' ? url : `${url}/${stage.name}`));
  return { logicalId, name, kind, url, stageUrls, close: () => open.close() };
}

async function closeAll(apis: readonly RunningApi[]): Promise<void> {
  await Promise.all(apis.map((api) => api.close()));
}
