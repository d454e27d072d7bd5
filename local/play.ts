import { openDataDirectory, type Engine } from './data-directory.ts';
import { startControlApi, type FlushCache } from './gateway/control-api.ts';
import { gatewayResourceTypes, startGateway } from './gateway/index.ts';
import { writeJsonFile } from './json-file.ts';
import type { Endpoints } from './lambda/function-definition.ts';
import { Functions } from './lambda/functions.ts';
import { claimPort } from './loopback.ts';
import { playKms, playRotations, playSecrets } from './played-keys.ts';
import {
  playCustomResources,
  playFunctions,
  playMappings,
  playSchedules,
  playStreams,
  playTables,
  removeOnStop,
  resourceOf,
  type Stage,
} from './played-services.ts';
import type { DeliveryWaits } from './scheduler/runner.ts';
import { readAssembly } from './template/assembly.ts';
import { leftOutTypes } from './template/left-out.ts';
import { TemplateSet } from './template/template-set.ts';
import type { InvocationResult, LeftOut, Log, Resource, RunningApi } from './types.ts';

/** What to play, and where. */
export interface PlayOptions {
  /** A cloud assembly (`cdk.out`), or a template file. */
  readonly assembly: string;
  /** Stacks of the assembly. Default all. */
  readonly stackNames?: readonly string[];
  readonly dataDirectory: string;
  /** Port of the first API; the others take the ports after it. */
  readonly port: number;
  readonly log: Log;
  /** Values of the template parameters that have no default of their own, by name. Default none. */
  readonly parameters?: Readonly<Record<string, string | undefined>>;
  /** Default the engine that wrote the data folder, else the best that is installed. */
  readonly engine?: Engine;
  /** How events of schedules are delivered. For tests: twice, late, out of order. Default once, at once. */
  readonly scheduleDelivery?: DeliveryWaits;
}

/** A template that plays. */
export interface LocalStack {
  readonly apis: readonly RunningApi[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly endpoints: Endpoints;
  readonly resources: readonly Resource[];
  readonly leftOut: readonly LeftOut[];
  readonly engine: Engine;
  invoke(functionNameOrArn: string, event: unknown): Promise<InvocationResult>;
  /** Kills the DynamoDB engine, as a crash would; it is started again. For tests of failure. */
  killEngine(): void;
  stop(): Promise<void>;
}

/**
 * Plays a template on this machine until it is stopped. A start that fails ends everything that it started.
 *
 * @throws {@link LocalError}
 */
export async function play(options: PlayOptions): Promise<LocalStack> {
  const ends: (() => unknown)[] = [];
  const stop = async (): Promise<void> => {
    for (let end = ends.pop(); end !== undefined; end = ends.pop()) await end();
  };
  try {
    return { ...(await start(options, (end) => ends.push(end))), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(options: PlayOptions, onStop: Stage['onStop']): Promise<Omit<LocalStack, 'stop'>> {
  const set = new TemplateSet(readAssembly(options.assembly, options.stackNames), options.parameters);
  const data = openDataDirectory(options.dataDirectory);
  onStop(() => data.release());
  const stage: Stage = { set, data, log: options.log, onStop };
  const ports = await claimPorts(set, options.port);
  const engine = await playTables(stage, options.engine);
  const kms = await playKms(stage);
  const streams = await playStreams(stage, engine.endpoint);
  let flush: FlushCache = () => false;
  const control = await startControlApi((stageOfApi) => flush(stageOfApi));
  onStop(() => control.close());
  const functions = new Functions(options.log);
  const secrets = await playSecrets(stage, functions, kms.seal);
  const others = { kms: kms.url, apigateway: control.url, secretsmanager: secrets.url };
  const played = await playFunctions(stage, functions, { dynamodb: streams.endpoint, ...others });
  const { endpoints } = played;
  const unmade = await playCustomResources(stage, functions);
  const unfed = playMappings(stage, streams, functions);
  const resources = set.entries.map((entry) => resourceOf(set, entry));
  const gateway = await startGateway({ resources, invoker: functions, ports, log: options.log });
  onStop(() => gateway.close());
  flush = gateway.flushAuthorizerCache;
  const unrotated = playRotations(stage, secrets);
  const unscheduled = playSchedules(stage, functions, options.scheduleDelivery);
  const running = { apis: gateway.apis, outputs: set.outputs(), endpoints };
  writeJsonFile(data.file('running.json'), { pid: process.pid, ...running });
  removeOnStop(stage, data.file('running.json'));
  const types = leftOutTypes(set.entries, gatewayResourceTypes);
  return {
    ...running,
    resources,
    engine: engine.name,
    leftOut: [
      ...types,
      ...kms.leftOut,
      ...played.leftOut,
      ...unmade,
      ...unfed,
      ...unrotated,
      ...unscheduled,
      ...gateway.leftOut,
    ],
    invoke: (name, event) => functions.invoke(name, event),
    killEngine: () => engine.kill(),
  };
}

/** HTTP APIs come first, then REST, then WebSocket: the first API has the port that was asked for. */
async function claimPorts(set: TemplateSet, first: number): Promise<ReadonlyMap<string, number>> {
  const apis = set.ofType('AWS::ApiGatewayV2::Api');
  const isWebSocket = ({ declared }: (typeof apis)[number]): boolean =>
    declared.properties.ProtocolType === 'WEBSOCKET';
  const ordered = [
    ...apis.filter((api) => !isWebSocket(api)),
    ...set.ofType('AWS::ApiGateway::RestApi'),
    ...apis.filter(isWebSocket),
  ];
  const ports = new Map<string, number>();
  for (const [index, { id }] of ordered.entries()) ports.set(id, await claimPort(first + index));
  set.setPorts(ports);
  return ports;
}
