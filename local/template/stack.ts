import { LocalError } from '../errors.ts';
import { arrayOf, objectOf, textOf, type JsonObject } from '../json.ts';
import { account, region } from '../types.ts';
import type { StackTemplate } from './assembly.ts';
import { evaluateCondition } from './conditions.ts';
import { evaluate } from './evaluate.ts';
import { attributeOf, refOf, type Made, type Subject } from './identity.ts';
import type { Place, Scope } from './place.ts';

/** A resource that the stack has (its condition holds), not resolved yet. */
export interface Declared {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: JsonObject;
  readonly metadata: JsonObject;
  readonly dependsOn: readonly string[];
}

/** What a stack knows of the others and of the machine. */
export interface World {
  /** Values of the parameters that have no default, by name. */
  readonly parameters: Readonly<Record<string, string | undefined>>;
  /** The id of a resource, unique over all stacks that are played. */
  idOf(stackName: string, logicalId: string): string;
  portOf(id: string): number | undefined;
  madeOf(id: string): Made | undefined;
  exportOf(name: string): unknown;
  outputOf(stackName: string, outputName: string): unknown;
}

/** One stack's template with everything that its intrinsic functions can refer to. */
export class Stack implements Scope {
  readonly source: StackTemplate;
  readonly resources: ReadonlyMap<string, Declared>;
  readonly #world: World;
  readonly #sections: Readonly<Record<'Parameters' | 'Mappings' | 'Conditions' | 'Outputs', JsonObject>>;

  constructor(source: StackTemplate, world: World) {
    this.source = source;
    this.#world = world;
    const { Parameters, Mappings, Conditions, Outputs, Resources } = source.template;
    this.#sections = {
      Parameters: objectOf(Parameters),
      Mappings: objectOf(Mappings),
      Conditions: objectOf(Conditions),
      Outputs: objectOf(Outputs),
    };
    this.resources = new Map(
      Object.entries(objectOf(Resources))
        .filter(([, resource]) => this.#holds(objectOf(resource)))
        .map(([logicalId, resource]) => [logicalId, declared(logicalId, objectOf(resource))]),
    );
  }

  /** The id of one of its resources, unique over all stacks that are played. */
  id(logicalId: string): string {
    return this.#world.idOf(this.source.stackName, logicalId);
  }

  /** A resource's properties, resolved. */
  properties(logicalId: string): JsonObject {
    return objectOf(
      this.resolve(this.resources.get(logicalId)?.properties, `Resources.${logicalId}.Properties`),
    );
  }

  /** A value of this template, resolved; the path is for messages. */
  resolve(value: unknown, path: string): unknown {
    return evaluate(value, { scope: this, path });
  }

  /** Outputs by logical id, each with its value and, where it has one, its export name (conditions hold). */
  outputs(): {
    readonly logicalId: string;
    readonly exportName: string | undefined;
    readonly value: () => unknown;
  }[] {
    return Object.entries(this.#sections.Outputs)
      .filter(([, output]) => this.#holds(objectOf(output)))
      .map(([logicalId, output]) => ({
        logicalId,
        exportName: textOf(
          this.resolve(objectOf(objectOf(output).Export).Name, `Outputs.${logicalId}.Export`),
        ),
        value: () => this.resolve(objectOf(output).Value, `Outputs.${logicalId}`),
      }));
  }

  ref(name: string): unknown {
    if (name.startsWith('AWS::')) return this.#pseudo(name);
    if (Object.hasOwn(this.#sections.Parameters, name))
      return parameter(name, objectOf(this.#sections.Parameters[name]), this.#world.parameters);
    return refOf(this.#subject(name));
  }

  getAtt(logicalId: string, attribute: string): unknown {
    return attributeOf(this.#subject(logicalId), attribute);
  }

  condition(name: string): boolean {
    const expression = this.#sections.Conditions[name];
    if (expression === undefined)
      throw this.#unknown('condition', name, Object.keys(this.#sections.Conditions));
    const place: Place = { scope: this, path: `Conditions.${name}` };
    return evaluateCondition(expression, place, evaluate);
  }

  mapping(map: string, top: string, second: string): unknown {
    return objectOf(objectOf(this.#sections.Mappings[map])[top])[second];
  }

  importValue(name: string): unknown {
    return this.#world.exportOf(name);
  }

  stackOutput(stackName: string, outputName: string): unknown {
    return this.#world.outputOf(stackName, outputName);
  }

  #holds(entry: JsonObject): boolean {
    return typeof entry.Condition !== 'string' || this.condition(entry.Condition);
  }

  #subject(logicalId: string): Subject {
    const resource = this.resources.get(logicalId);
    if (resource === undefined)
      throw this.#unknown('parameter or resource', logicalId, [...this.resources.keys()]);
    const id = this.id(logicalId);
    return {
      id,
      logicalId,
      stackName: this.source.stackName,
      type: resource.type,
      port: this.#world.portOf(id),
      made: this.#world.madeOf(id),
      property: (name) =>
        this.resolve(resource.properties[name], `Resources.${logicalId}.Properties.${name}`),
    };
  }

  #pseudo(name: string): unknown {
    const { stackName } = this.source;
    const values: Readonly<Record<string, unknown>> = {
      'AWS::AccountId': account,
      'AWS::Region': region,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': stackName,
      'AWS::StackId': `arn:aws:cloudformation:${region}:${account}:stack/${stackName}/local`,
      'AWS::NotificationARNs': [],
    };
    if (!Object.hasOwn(values, name)) throw this.#unknown('pseudo parameter', name, Object.keys(values));
    return values[name];
  }

  #unknown(what: string, name: string, known: readonly string[]): LocalError {
    const list = known.slice(0, 20).join(', ') || 'none';
    return new LocalError(
      'TEMPLATE_INVALID',
      `Stack ${this.source.stackName} refers to the ${what} "${name}"; it has: ${list}.`,
    );
  }
}

function declared(logicalId: string, resource: JsonObject): Declared {
  const { DependsOn: dependsOn } = resource;
  const type = textOf(resource.Type);
  if (type === undefined)
    throw new LocalError(
      'TEMPLATE_INVALID',
      `The resource "${logicalId}" has the Type ${JSON.stringify(resource.Type)}; allowed is the name of a resource type, such as ` +
        '"AWS::Lambda::Function". Give it one.',
    );
  return {
    logicalId,
    type,
    properties: objectOf(resource.Properties),
    metadata: objectOf(resource.Metadata),
    dependsOn: typeof dependsOn === 'string' ? [dependsOn] : arrayOf(dependsOn).map(String),
  };
}

function parameter(name: string, declaration: JsonObject, given: World['parameters']): unknown {
  const { Type: type, Default: value = given[name] } = declaration;
  if (value === undefined) {
    throw new LocalError(
      'TEMPLATE_INVALID',
      `The parameter "${name}" has no Default, and no value was given; allowed: a value in the environment variable ` +
        `${name}, or a Default in the template.`,
    );
  }
  return type === 'CommaDelimitedList' ? String(value).split(',') : value;
}
