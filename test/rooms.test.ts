/** Walks every import: which room may see which (the arrows of the architecture), and that there is no cycle. */
import { expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');

/** What a room may import: other rooms, folders of them, and packages (`node:` for all of Node's own). */
const arrows: Readonly<Record<string, readonly string[]>> = {
  core: ['jose', 'zod/mini'],
  adapters: ['core', 'aws-lambda', '@aws-sdk/', '@smithy/', 'jose', 'node:'],
  functions: ['core', 'adapters', 'aws-lambda', 'node:'],
  lib: ['core/contract', 'aws-cdk-lib', 'constructs', 'node:'],
  local: ['node:', 'dynalite', 'ws'],
  cli: ['core', 'adapters', 'local', '@aws-sdk/', 'jose', 'node:'],
  runtime: ['core', 'adapters', 'node:'],
  console: ['core', 'jose', 'preact'],
  bin: ['lib', 'aws-cdk-lib', 'node:'],
};

interface Import {
  readonly from: string;
  readonly specifier: string;
  /** The imported file, relative to the root; undefined for a package. */
  readonly file: string | undefined;
  readonly isTypeOnly: boolean;
}

function sources(folder: string): readonly string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => path.join(folder, file));
}

function importsOf(from: string): readonly Import[] {
  const code = readFileSync(path.join(root, from), 'utf8').replaceAll(/\/\*[^]*?\*\//g, '');
  const statements = code.matchAll(/^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm);
  const dynamic = code.matchAll(/\bimport\(\s*(\s)?'([^']+)'/g);
  return [...statements, ...dynamic].flatMap(([, type, specifier = '']) => {
    const isFile = specifier.startsWith('.');
    const file = isFile ? path.join(path.dirname(from), specifier) : undefined;
    return [{ from, specifier, file, isTypeOnly: type?.trim() === 'type' }];
  });
}

const rooms = Object.keys(arrows).filter((room) => existsSync(path.join(root, room)));
const imports = rooms.flatMap(sources).flatMap(importsOf);
const roomOf = (file: string) => file.split(path.sep)[0] ?? '';

function isAllowed({ from, specifier, file }: Import): boolean {
  const room = roomOf(from);
  const target = file ?? specifier;
  const allowed = [...(file === undefined ? [] : [room]), ...(arrows[room] ?? [])];
  return allowed.some((name) => target === name || target.startsWith(/[:/]$/.test(name) ? name : `${name}/`));
}

it('finds the rooms and their imports', () => {
  expect(rooms).toEqual(
    expect.arrayContaining(['core', 'adapters', 'functions', 'lib', 'local', 'cli', 'runtime', 'bin']),
  );
  expect(imports.length).toBeGreaterThan(500);
});

it('no import leaves its room but by an arrow', () => {
  const wrong = imports.filter((one) => !isAllowed(one));
  expect(wrong.map(({ from, specifier }) => `${from} imports ${specifier}`)).toEqual([]);
});

it('every imported file is there', () => {
  const missing = imports.filter(({ file }) => file !== undefined && !existsSync(path.join(root, file)));
  expect(missing.map(({ from, specifier }) => `${from} imports ${specifier}`)).toEqual([]);
});

it('the core reads no clock, no environment and no network', () => {
  const reaching =
    /\b(?:Date\.now|new Date\(\)|process\.|(?<!\.)fetch\((?!\w+:)|Math\.random|setTimeout|performance\.)/;
  const found = sources('core').filter((file) =>
    reaching.test(readFileSync(path.join(root, file), 'utf8').replaceAll(/\/\*[^]*?\*\/|\/\/.*$/gm, '')),
  );
  expect(found).toEqual([]);
});

it('the environment is read in compose.ts alone', () => {
  const found = sources('functions').filter((file) =>
    readFileSync(path.join(root, file), 'utf8').includes('process.env'),
  );
  expect(found.filter((file) => !file.endsWith('compose.ts'))).toEqual([]);
});

it('there is no cycle', () => {
  const edges = new Map<string, string[]>();
  for (const { from, file, isTypeOnly } of imports) {
    if (file !== undefined && !isTypeOnly) edges.set(from, [...(edges.get(from) ?? []), file]);
  }
  const done = new Set<string>();
  const cycles: string[] = [];
  const walk = (file: string, trail: readonly string[]): void => {
    if (trail.includes(file)) cycles.push([...trail.slice(trail.indexOf(file)), file].join(' → '));
    if (done.has(file) || trail.includes(file)) return;
    for (const next of edges.get(file) ?? []) walk(next, [...trail, file]);
    done.add(file);
  };
  for (const file of edges.keys()) walk(file, []);
  expect(cycles).toEqual([]);
});
