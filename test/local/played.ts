import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { play, type LocalStack, type PlayOptions } from '../../local/index.ts';
import { freePort } from '../engines.ts';

/** A template that plays, in a folder of its own. */
export interface PlayedTemplate extends LocalStack {
  /** What was logged, each line as `<source>: <line>`. */
  readonly lines: string[];
  readonly folder: string;
}

/** A folder for templates and data that is new. */
export function newFolder(): string {
  return mkdtempSync(path.join(tmpdir(), 'played-'));
}

/** Plays a template's resources, in a new folder unless one is given; `end` stops it. */
export async function playResources(
  resources: Readonly<Record<string, object>>,
  options: Partial<PlayOptions> & { readonly folder?: string; readonly more?: object } = {},
): Promise<PlayedTemplate> {
  const { folder = newFolder(), more = {}, ...rest } = options;
  const assembly = path.join(folder, 'Stack.template.json');
  writeFileSync(assembly, JSON.stringify({ Resources: resources, ...more }));
  const lines: string[] = [];
  const stack = await play({
    assembly,
    dataDirectory: path.join(folder, 'data'),
    port: await freePort(),
    log: (source, line) => lines.push(`${source}: ${line}`),
    ...rest,
  });
  return { ...stack, lines, folder };
}

/** Stops a template that plays and removes its folder. */
export async function endPlay(stack: PlayedTemplate | undefined): Promise<void> {
  await stack?.stop();
  if (stack !== undefined) rmSync(stack.folder, { recursive: true, force: true });
}

/** A function with inline code. */
export function inlineFunction(code: string, properties: object = {}): object {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: { Runtime: 'nodejs24.x', Handler: 'index.handler', Code: { ZipFile: code }, ...properties },
  };
}

/** Waits until something is so, for ten seconds at most. */
export async function eventually(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 1000; tries += 1) {
    if (condition()) return;
    await sleep(10);
  }
  throw new Error('waited 10 s in vain');
}

/** What the SDK's clients need besides an endpoint. */
export const localClient = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
};
