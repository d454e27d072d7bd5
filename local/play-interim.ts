import { rmSync } from 'node:fs';
import { openDataDirectory, type Engine } from './data-directory.ts';
import { chooseEngine } from './dynamodb/engine-command.ts';
import { startEngine } from './dynamodb/engine.ts';
import { tableDefinition } from './dynamodb/table-definition.ts';
import { ensureTable } from './dynamodb/tables.ts';
import { startGateway, gatewayResourceTypes } from './gateway/index.ts';
import { objectOf } from './json.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';
import { startInterimKms } from './kms/interim.ts';
import { codeDirectory } from './lambda/code.ts';
import { functionDefinition, type Endpoints } from './lambda/function-definition.ts';
import { Functions } from './lambda/functions.ts';
import { startInvokeApi } from './lambda/invoke-api.ts';
import { claimPort, serve } from './loopback.ts';
import { systemClock } from './scheduler/clock.ts';
import { readSchedule } from './scheduler/schedule.ts';
import { runSchedules } from './scheduler/runner.ts';
import { readAssembly } from './template/assembly.ts';
import { isPlayedCustomResource, leftOutTypes } from './template/left-out.ts';
import { TemplateSet } from './template/template-set.ts';
import type { InvocationResult, LeftOut, Log, Resource, RunningApi } from './types.ts';
import { arn } from './template/identity.ts';

export interface PlayOptions { readonly assembly: string; readonly stackNames?: readonly string[]; readonly dataDirectory: string; readonly port: number; readonly log: Log; readonly engine?: Engine }
export interface LocalStack { readonly apis: readonly RunningApi[]; readonly outputs: Readonly<Record<string, string>>; readonly endpoints: Endpoints; readonly resources: readonly Resource[]; readonly leftOut: readonly LeftOut[]; readonly engine: string; invoke(name: string, event: unknown): Promise<InvocationResult>; killEngine(): void; stop(): Promise<void> }

export async function play(options: PlayOptions): Promise<LocalStack> {
  const { log } = options;
  const data = openDataDirectory(options.dataDirectory);
  const stops: (() => unknown)[] = [() => data.release()];
  const stop = async () => { for (const s of stops.reverse()) await s(); };
  try {
    const set = new TemplateSet(readAssembly(options.assembly, options.stackNames));
    const apis = set.ofType('AWS::ApiGatewayV2::Api', 'AWS::ApiGateway::RestApi');
    const ports = new Map<string, number>();
    for (const [i, a] of apis.entries()) ports.set(a.id, await claimPort(options.port + i));
    set.setPorts(ports);
    const engineName = chooseEngine(options.engine, data.engine);
    data.setEngine(engineName);
    const engine = await startEngine(engineName, data.file('dynamodb'), log);
    stops.push(() => engine.stop());
    const resourceOf = (e: (typeof set.entries)[number]): Resource => ({ logicalId: e.id, type: e.declared.type, properties: set.properties(e) });
    await Promise.all(set.ofType('AWS::DynamoDB::Table').map((e) => ensureTable(tableDefinition(resourceOf(e), set.ref(e), engineName), { endpoint: engine.endpoint, engine: engineName })));
    const kms = await startInterimKms(data.file('kms.json'), set.ofType('AWS::KMS::Key').map((e) => set.ref(e)));
    stops.push(() => kms.close());
    const functions = new Functions(log);
    stops.push(() => functions.stop());
    const invokeApi = await startInvokeApi(functions, log);
    stops.push(() => invokeApi.close());
    const endpoints = { dynamodb: engine.endpoint, kms: kms.url, lambda: invokeApi.url };
    for (const e of set.ofType('AWS::Lambda::Function')) functions.add(set.ref(e), () => { const r = resourceOf(e); return functionDefinition(r, set.ref(e), { directory: codeDirectory(e.declared, r.properties, { source: e.stack.source, inlineFolder: data.file(`code/${e.id}`) }), endpoints }); });
    const made = objectOf(readJsonFile(data.file('custom-resources.json')));
    for (const e of set.entries.filter((x) => isPlayedCustomResource(x.declared.type))) {
      const properties = set.properties(e);
      const done = objectOf(made[e.id]);
      const same = JSON.stringify(done.properties) === JSON.stringify(properties);
      if (!same) {
        let answer: Record<string, unknown> = {};
        const listener = await serve(async (_, body) => { answer = JSON.parse(body.toString()); return { status: 200 }; });
        const result = await functions.invoke(String(properties.ServiceToken), { RequestType: done.id ? 'Update' : 'Create', ResponseURL: listener.url, StackId: 'local', RequestId: 'local', LogicalResourceId: e.id, ResourceType: e.declared.type, ResourceProperties: properties, ...(done.id ? { PhysicalResourceId: done.id, OldResourceProperties: done.properties } : {}) });
        await listener.close();
        if (!result.ok || answer.Status !== 'SUCCESS') throw new Error(`custom resource ${e.id}: ${JSON.stringify(answer)} ${JSON.stringify(result)}`);
        writeJsonFile(data.file('custom-resources.json'), { ...objectOf(readJsonFile(data.file('custom-resources.json'))), [e.id]: { id: answer.PhysicalResourceId, properties, data: answer.Data ?? {} } });
        set.setMade(e.id, { physicalResourceId: String(answer.PhysicalResourceId), data: objectOf(answer.Data) });
      } else set.setMade(e.id, { physicalResourceId: String(done.id), data: objectOf(done.data) });
    }
    const schedules = set.ofType('AWS::Scheduler::Schedule').flatMap((e) => { const r = readSchedule(resourceOf(e), arn('scheduler', e.id), (a) => functions.has(a)); return r.schedule ? [r.schedule] : []; });
    stops.push(runSchedules(schedules, { invoker: functions, log, clock: systemClock }));
    const resources = set.entries.map(resourceOf);
    const gateway = await startGateway({ resources, invoker: functions, ports, log });
    stops.push(() => gateway.close());
    const outputs = set.outputs();
    writeJsonFile(data.file('running.json'), { pid: process.pid, endpoints, outputs, apis: gateway.apis.map(({ logicalId, kind, name, url }) => ({ logicalId, kind, name, url })) });
    stops.push(() => rmSync(data.file('running.json'), { force: true }));
    return { apis: gateway.apis, outputs, endpoints, resources, engine: engineName, leftOut: [...leftOutTypes(set.entries, gatewayResourceTypes), ...gateway.leftOut], invoke: (n, ev) => functions.invoke(n, ev), killEngine: () => engine.kill(), stop };
  } catch (error) { await stop(); throw error; }
}
