import { LocalError } from '../errors.ts';
import { isObject, objectOf, type JsonObject } from '../json.ts';
import { physicalId } from '../physical-id.ts';
import type { StackTemplate } from './assembly.ts';
import { resolveSecrets, type ReadSecret } from './dynamic-references.ts';
import type { Made } from './identity.ts';
import { Stack, type Declared, type World } from './stack.ts';

/** A declared resource together with the stack that has it. */
export interface Entry {
  /** Unique over all stacks that are played: the logical id, qualified with the stack's name only where two share it. */
  readonly id: string;
  readonly stack: Stack;
  readonly declared: Declared;
}

const apiUrl = /(https|wss):\/\/([a-z2-7]{10})\.execute-api\.[a-z0-9-]+\.amazonaws\.com/g;

/** All stacks that are played together: exports of one resolve in the others. */
export class TemplateSet {
  readonly entries: readonly Entry[];
  readonly #stacks: readonly Stack[];
  readonly #shared: ReadonlySet<string>;
  #ports: ReadonlyMap<string, number> = new Map();
  readonly #made = new Map<string, Made>();
  #readSecret: ReadSecret = () => undefined;

  /** @param parameters values of the parameters that have no default, by name */
  constructor(sources: readonly StackTemplate[], parameters: World['parameters'] = {}) {
    const world: World = {
      parameters,
      idOf: (stackName: string, logicalId: string) => this.#id(stackName, logicalId),
      portOf: (id: string) => this.#ports.get(id),
      madeOf: (id: string) => this.#made.get(id),
      exportOf: (name: string) => this.#export(name),
      outputOf: (stackName: string, outputName: string) => this.#output(stackName, outputName),
    };
    this.#shared = repeated(sources.flatMap((source) => Object.keys(objectOf(source.template.Resources))));
    this.#stacks = sources.map((source) => new Stack(source, world));
    this.entries = this.#stacks.flatMap((stack) =>
      [...stack.resources.values()].map((declared) => ({
        id: stack.id(declared.logicalId),
        stack,
        declared,
      })),
    );
  }

  /** The entries of the given types. */
  ofType(...types: readonly string[]): readonly Entry[] {
    return this.entries.filter((entry) => types.includes(entry.declared.type));
  }

  /** Says on which port each API listens: endpoints resolve from then on. */
  setPorts(ports: ReadonlyMap<string, number>): void {
    this.#ports = ports;
  }

  /** Says what a custom resource answered: its attributes resolve from then on. */
  setMade(id: string, made: Made): void {
    this.#made.set(id, made);
  }

  /** Says how secrets are read: dynamic references in properties resolve from then on, those in outputs never. */
  setSecrets(read: ReadSecret): void {
    this.#readSecret = read;
  }

  /** A resource's properties, resolved, with the addresses of played APIs rewritten to this machine's. */
  properties(entry: Entry): JsonObject {
    const localized = this.#localize(entry.stack.properties(entry.declared.logicalId));
    const resolved = resolveSecrets(localized, this.#readSecret);
    return isObject(resolved) ? resolved : {};
  }

  /** What `Ref` gives for an entry. */
  ref(entry: Entry): string {
    return String(entry.stack.ref(entry.declared.logicalId));
  }

  /** All outputs by logical id (qualified with the stack's name where two stacks share one). */
  outputs(): Record<string, string> {
    const all = this.#stacks.flatMap((stack) => stack.outputs().map((output) => ({ stack, ...output })));
    const shared = repeated(all.map((output) => output.logicalId));
    return Object.fromEntries(
      all.map(({ stack, logicalId, value }) => {
        const name = shared.has(logicalId) ? `${stack.source.stackName}.${logicalId}` : logicalId;
        return [name, String(this.#localize(value()))];
      }),
    );
  }

  #id(stackName: string, logicalId: string): string {
    return this.#shared.has(logicalId) ? `${stackName}.${logicalId}` : logicalId;
  }

  #export(name: string): unknown {
    const exports = this.#stacks.flatMap((stack) => stack.outputs());
    const found = exports.find((output) => output.exportName === name);
    if (found !== undefined) return found.value();
    const known = exports.flatMap((output) => output.exportName ?? []).join(', ') || 'none';
    throw new LocalError(
      'IMPORT_UNRESOLVED',
      `Fn::ImportValue asks for the export "${name}"; the stacks played together export: ${known}. Play the stack that exports it too.`,
    );
  }

  #output(stackName: string, outputName: string): unknown {
    const stack = this.#stacks.find(({ source }) => source.stackName === stackName);
    const outputs = stack?.outputs() ?? [];
    const found = outputs.find(({ logicalId }) => logicalId === outputName);
    if (found !== undefined) return found.value();
    const known =
      stack === undefined
        ? `the stacks played together are: ${this.#stacks.map(({ source }) => source.stackName).join(', ')}`
        : `its outputs are: ${outputs.map(({ logicalId }) => logicalId).join(', ') || 'none'}`;
    throw new LocalError(
      'IMPORT_UNRESOLVED',
      `Fn::GetStackOutput asks for the output "${outputName}" of the stack "${stackName}"; ${known}. Play the stack that has it too.`,
    );
  }

  #localize(value: unknown): unknown {
    if (typeof value === 'string')
      return value.replace(apiUrl, (url, scheme, id) => this.#address(id, scheme) ?? url);
    if (Array.isArray(value)) return value.map((item) => this.#localize(item));
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.#localize(item)]));
  }

  #address(apiId: string, scheme: string): string | undefined {
    for (const [id, port] of this.#ports) {
      if (physicalId(id) === apiId) return `${scheme === 'wss' ? 'ws' : 'http'}://127.0.0.1:${port}`;
    }
    return undefined;
  }
}

function repeated(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.filter((name, index) => names.indexOf(name) !== index));
}
