import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { LocalError, messageOf } from '../errors.ts';
import { isObject, objectOf, textOf, type JsonObject } from '../json.ts';

/** A stack of a cloud assembly as it was synthesized: nothing is resolved yet. */
export interface StackTemplate {
  readonly stackName: string;
  readonly template: JsonObject;
  /** The folder that relative asset paths start from. */
  readonly directory: string;
  /** Absolute paths of file assets by their S3 object key. */
  readonly assets: ReadonlyMap<string, string>;
}

/**
 * Reads a cloud assembly (a folder with `manifest.json`, stages included) or one template file. A template of a cloud
 * assembly brings the stacks that it depends on.
 *
 * @param source a `cdk.out` folder or a JSON template.
 * @param stackNames which stacks to play. Default: all of them.
 * @throws {@link LocalError} `ASSEMBLY_UNREADABLE` or `STACK_UNKNOWN`.
 */
export function readAssembly(source: string, stackNames?: readonly string[]): StackTemplate[] {
  if (!existsSync(source)) {
    throw noAssembly(source);
  }
  const stacks = statSync(source).isDirectory() ? readFolder(source) : readTemplateFile(source);
  return chosen(stacks, stackNames);
}

function noAssembly(source: string): LocalError {
  return new LocalError(
    'ASSEMBLY_UNREADABLE',
    `There is no cloud assembly at ${source}. Run \`cdk synth\` first, or name a cdk.out folder or a JSON template.`,
  );
}

function chosen(stacks: StackTemplate[], names?: readonly string[]): StackTemplate[] {
  const known = stacks.map((stack) => stack.stackName);
  for (const name of names ?? []) {
    if (!known.includes(name)) {
      throw new LocalError(
        'STACK_UNKNOWN',
        `There is no stack "${name}" in the assembly; it has: ${known.join(', ') || 'none'}.`,
      );
    }
  }
  return names === undefined ? stacks : stacks.filter((stack) => names.includes(stack.stackName));
}

function readTemplateFile(file: string): StackTemplate[] {
  const stackName = path.basename(file).replace(/(\.template)?\.[^.]*$/, '');
  const template = readJson(file);
  if (!isObject(template.Resources)) {
    const got = Object.keys(template).slice(0, 10).join(', ') || 'nothing';
    throw new LocalError(
      'ASSEMBLY_UNREADABLE',
      `${file} has no Resources, so it is no CloudFormation template; it has: ${got}. Allowed are a JSON template and a cdk.out ` +
        'folder: run `cdk synth`, and name one of them.',
    );
  }
  const directory = path.dirname(path.resolve(file));
  const artifacts = existsSync(path.join(directory, manifestFile)) ? readManifest(directory) : [];
  const own = artifacts.find(({ properties }) => properties.templateFile === path.basename(file));
  if (own === undefined) return [{ stackName, template, directory, assets: new Map() }];
  const needed = dependenciesOf(own, artifacts);
  return readStacks(
    directory,
    artifacts.filter((artifact) => needed.has(artifact)),
  );
}

function readFolder(folder: string): StackTemplate[] {
  const directory = path.resolve(folder);
  return readStacks(directory, readManifest(directory));
}

const manifestFile = 'manifest.json';

/** An entry of a cloud assembly's manifest. */
interface Artifact {
  readonly id: string;
  readonly type: unknown;
  readonly properties: JsonObject;
  /** Ids of the artifacts that must be there before. */
  readonly dependencies: readonly unknown[];
}

function readManifest(directory: string): Artifact[] {
  const manifest = path.join(directory, manifestFile);
  if (!existsSync(manifest)) throw noAssembly(directory);
  const { artifacts } = readJson(manifest);
  return Object.entries(objectOf(artifacts)).map(([id, artifact]) => {
    const { type, properties, dependencies } = objectOf(artifact);
    return {
      id,
      type,
      properties: objectOf(properties),
      dependencies: Array.isArray(dependencies) ? dependencies : [],
    };
  });
}

/** An artifact and all that it depends on. */
function dependenciesOf(artifact: Artifact, all: readonly Artifact[]): ReadonlySet<Artifact> {
  const needed = new Set([artifact]);
  for (const { dependencies } of needed) {
    for (const other of all) if (dependencies.includes(other.id)) needed.add(other);
  }
  return needed;
}

function readStacks(directory: string, artifacts: readonly Artifact[]): StackTemplate[] {
  const assets = new Map(
    artifacts
      .filter((artifact) => artifact.type === 'cdk:asset-manifest')
      .flatMap((artifact) => [...readAssets(directory, textOf(artifact.properties.file) ?? '')]),
  );
  return artifacts.flatMap(({ id, type, properties }) => {
    if (type === 'cdk:cloud-assembly')
      return readFolder(path.join(directory, textOf(properties.directoryName) ?? ''));
    if (type !== 'aws:cloudformation:stack') return [];
    const template = readJson(path.join(directory, textOf(properties.templateFile) ?? `${id}.template.json`));
    return [{ stackName: textOf(properties.stackName) ?? id, template, directory, assets }];
  });
}

function readAssets(directory: string, file: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const asset of Object.values(objectOf(readJson(path.join(directory, file)).files))) {
    const source = textOf(objectOf(objectOf(asset).source).path);
    for (const destination of Object.values(objectOf(objectOf(asset).destinations))) {
      const key = textOf(objectOf(destination).objectKey);
      if (source !== undefined && key !== undefined) found.set(key, path.resolve(directory, source));
    }
  }
  return found;
}

function readJson(file: string): JsonObject {
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (isObject(parsed)) return parsed;
  } catch (error) {
    throw new LocalError(
      'ASSEMBLY_UNREADABLE',
      `${file} cannot be read as JSON: ${messageOf(error)}. Run \`cdk synth\` again.`,
      {
        cause: error,
      },
    );
  }
  throw new LocalError('ASSEMBLY_UNREADABLE', `${file} holds no JSON object. Run \`cdk synth\` again.`);
}
