import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { LocalError } from '../errors.ts';
import { objectOf, textOf, type JsonObject } from '../json.ts';
import type { StackTemplate } from '../template/assembly.ts';
import type { Declared } from '../template/stack.ts';

/** Why a function is not played, or undefined when it is. */
export function unplayedRuntime(properties: JsonObject): string | undefined {
  const { Runtime: runtime, PackageType: packageType } = properties;
  if (packageType === 'Image')
    return 'container images are not played: only nodejs runtimes with zip code are';
  if (typeof runtime === 'string' && runtime.startsWith('nodejs')) return undefined;
  return `the runtime ${JSON.stringify(runtime)} is not played: only nodejs runtimes are`;
}

/**
 * The folder that holds a function's code: a file asset of the assembly, or inline code, which is written out.
 *
 * @param inlineFolder where the inline code of this function goes.
 * @throws {@link LocalError} `FUNCTION_CODE_MISSING`.
 */
export function codeDirectory(
  declared: Declared,
  properties: JsonObject,
  { source, inlineFolder }: { readonly source: StackTemplate; readonly inlineFolder: string },
): string {
  const code = objectOf(properties.Code);
  const inline = textOf(code.ZipFile);
  if (inline !== undefined) return writeInline(inlineFolder, inline);
  const found = assetOf(declared, code, source);
  if (found !== undefined && existsSync(found) && statSync(found).isDirectory()) return path.resolve(found);
  throw new LocalError(
    'FUNCTION_CODE_MISSING',
    `The function ${declared.logicalId} has its code at ${found ?? JSON.stringify(code)}, which is no folder here. Played are ` +
      'zip assets kept as folders in the assembly, and inline code (Code.ZipFile): run `cdk synth` again.',
  );
}

function assetOf({ metadata }: Declared, code: JsonObject, source: StackTemplate): string | undefined {
  const byKey = source.assets.get(textOf(code.S3Key) ?? '');
  if (byKey !== undefined) return byKey;
  const named = textOf(metadata['aws:asset:path']);
  return named === undefined ? undefined : path.resolve(source.directory, named);
}

function writeInline(folder: string, code: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(path.join(folder, 'index.js'), code);
  return folder;
}
