import { rmSync } from 'node:fs';
import { systemClock } from './clock.ts';
import { ensureCustomResource } from './custom-resources/custom-resources.ts';
import type { DataDirectory, Engine } from './data-directory.ts';
import { chooseEngine } from './dynamodb/engine-command.ts';
import { startEngine, type RunningEngine } from './dynamodb/engine.ts';
import { tableDefinition } from './dynamodb/table-definition.ts';
import { ensureTable } from './dynamodb/tables.ts';
import { textOf } from './json.ts';
import { codeDirectory, unplayedRuntime } from './lambda/code.ts';
import { functionDefinition, type Endpoints } from './lambda/function-definition.ts';
import { Functions } from './lambda/functions.ts';
import { startInvokeApi } from './lambda/invoke-api.ts';
import { runSchedules, type DeliveryWaits } from './scheduler/runner.ts';
import { readRule, readSchedule } from './scheduler/schedule.ts';
import { startStreams, type Streams } from './streams/index.ts';
import { arn } from './template/identity.ts';
import { isPlayedCustomResource } from './template/left-out.ts';
import type { Entry, TemplateSet } from './template/template-set.ts';
import type { LeftOut, Log, Resource } from './types.ts';

const mappingType = 'AWS::Lambda::EventSourceMapping';

/** What the services of one played template share. */
export interface Stage {
  readonly set: TemplateSet;
  readonly data: DataDirectory;
  readonly log: Log;
  /** Adds how to end something; the latest is ended first. */
  onStop(end: () => unknown): void;
}

/** A declared resource with its intrinsics resolved. */
export function resourceOf(set: TemplateSet, entry: Entry): Resource {
  return { logicalId: entry.id, type: entry.declared.type, properties: set.properties(entry) };
}

/** Starts the engine that the data folder was written by, or the best that is installed, and makes the tables. */
export async function playTables(
  stage: Stage,
  asked: Engine | undefined,
): Promise<RunningEngine & { name: Engine }> {
  const { set, data, log } = stage;
  const name = chooseEngine(asked, data.engine);
  if (data.engine === undefined) data.setEngine(name);
  const engine = await startEngine(name, data.file('dynamodb'), log);
  stage.onStop(() => engine.stop());
  const tables = set.ofType('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable');
  const host = { endpoint: engine.endpoint, engine: name };
  await Promise.all(
    tables.map((entry) => ensureTable(tableDefinition(resourceOf(set, entry), set.ref(entry), name), host)),
  );
  return {
    name,
    endpoint: engine.endpoint,
    kill: () => engine.kill(),
    stop: () => engine.stop(),
  };
}

/** Plays the streams of tables: functions are fed once {@link Streams.feed} is called. */
export async function playStreams(stage: Stage, engine: string): Promise<Streams> {
  const { set, log } = stage;
  const tables = set
    .ofType('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable')
    .map((entry) => ({ resource: resourceOf(set, entry), name: set.ref(entry) }));
  const hasMappings = set.ofType(mappingType).length > 0;
  const streams = await startStreams({ engine, tables, hasMappings, log });
  stage.onStop(() => streams.close());
  return streams;
}

/** Feeds functions from the streams. */
export function playMappings(stage: Stage, streams: Streams, functions: Functions): readonly LeftOut[] {
  const { set, data } = stage;
  const mappings = set.ofType(mappingType).map((entry) => resourceOf(set, entry));
  stage.onStop(() => streams.stop());
  return streams.feed({
    mappings,
    invoker: functions,
    isPlayed: (functionArn) => functions.has(functionArn),
    backlogFile: (logicalId) => data.file(`streams/${logicalId}.jsonl`),
  });
}

/** What {@link playFunctions} started. */
export interface PlayedFunctions {
  readonly endpoints: Endpoints;
  readonly leftOut: readonly LeftOut[];
}

/** Adds the functions, each started at its first event, and starts the Invoke endpoint. */
export async function playFunctions(
  stage: Stage,
  functions: Functions,
  others: Omit<Endpoints, 'lambda'>,
): Promise<PlayedFunctions> {
  const { set, data, log } = stage;
  const invokeApi = await startInvokeApi(functions, log);
  stage.onStop(() => invokeApi.close());
  stage.onStop(() => functions.stop());
  const endpoints = { ...others, lambda: invokeApi.url };
  const leftOut: LeftOut[] = [];
  for (const entry of set.ofType('AWS::Lambda::Function')) {
    const reason = unplayedRuntime(entry.declared.properties);
    if (reason !== undefined) leftOut.push({ logicalId: entry.id, type: entry.declared.type, reason });
    else functions.add(set.ref(entry), () => definitionOf(entry));
  }
  return { endpoints, leftOut };

  function definitionOf(entry: Entry) {
    const resource = resourceOf(set, entry);
    const code = { source: entry.stack.source, inlineFolder: data.file(`code/${entry.id}`) };
    const directory = codeDirectory(entry.declared, resource.properties, code);
    return functionDefinition(resource, set.ref(entry), { directory, endpoints });
  }
}

/** Makes the custom resources in the template's order, whose functions are played. */
export async function playCustomResources(stage: Stage, functions: Functions): Promise<readonly LeftOut[]> {
  const { set, data } = stage;
  const leftOut: LeftOut[] = [];
  for (const entry of set.entries.filter(({ declared }) => isPlayedCustomResource(declared.type))) {
    const resource = resourceOf(set, entry);
    if (functions.has(textOf(resource.properties.ServiceToken) ?? '')) {
      const { stackName } = entry.stack.source;
      const tools = { invoker: functions, file: data.file('custom-resources.json'), stackName };
      set.setMade(entry.id, await ensureCustomResource(resource, tools));
    } else {
      const reason = 'its ServiceToken is not a function that is played';
      leftOut.push({ logicalId: entry.id, type: entry.declared.type, reason });
      set.setMade(entry.id, { physicalResourceId: entry.id, data: {} });
    }
  }
  return leftOut;
}

/** Runs the schedules of EventBridge Scheduler and of scheduled rules. */
export function playSchedules(
  stage: Stage,
  functions: Functions,
  deliveryWaits: DeliveryWaits | undefined,
): readonly LeftOut[] {
  const { set, log } = stage;
  const isPlayed = (functionArn: string): boolean => functions.has(functionArn);
  const read = [
    ...set
      .ofType('AWS::Scheduler::Schedule')
      .map((entry) =>
        readSchedule(
          resourceOf(set, entry),
          arn('scheduler', `schedule/default/${set.ref(entry)}`),
          isPlayed,
        ),
      ),
    ...set
      .ofType('AWS::Events::Rule')
      .map((entry) => readRule(resourceOf(set, entry), arn('events', `rule/${set.ref(entry)}`), isPlayed)),
  ];
  const schedules = read.flatMap(({ schedule }) => schedule ?? []);
  stage.onStop(runSchedules(schedules, { invoker: functions, log, clock: systemClock, deliveryWaits }));
  return read.flatMap(({ leftOut }) => leftOut ?? []);
}

/** Removes a file when all is stopped. */
export function removeOnStop(stage: Stage, file: string): void {
  stage.onStop(() => rmSync(file, { force: true }));
}
