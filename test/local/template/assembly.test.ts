import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readAssembly } from '../../../local/template/assembly.ts';
import { newFolder } from '../played.ts';

let folder: string;
beforeEach(() => {
  folder = newFolder();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, content: unknown): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const stack = (file: string, stackName?: string) => ({
  type: 'aws:cloudformation:stack',
  properties: { templateFile: file, ...(stackName && { stackName }) },
});

describe('readAssembly', () => {
  it('reads a template file, named after it', () => {
    const file = write('Orders.template.json', { Resources: {} });
    expect(readAssembly(file)).toMatchObject([{ stackName: 'Orders', directory: folder }]);
  });

  it('reads a template of a cloud assembly with the stacks that it depends on', () => {
    for (const name of ['Base', 'Middle', 'Orders', 'Other'])
      write(`${name}.template.json`, { Resources: {} });
    write('orders.assets.json', {
      files: { x: { source: { path: 'asset.x' }, destinations: { d: { objectKey: 'x.zip' } } } },
    });
    const ofStack = (name: string, ...dependencies: readonly string[]) => ({
      ...stack(`${name}.template.json`),
      dependencies,
    });
    write('manifest.json', {
      artifacts: {
        Orders: ofStack('Orders', 'Middle', 'Orders.assets'),
        'Orders.assets': { type: 'cdk:asset-manifest', properties: { file: 'orders.assets.json' } },
        Middle: ofStack('Middle', 'Base'),
        Base: ofStack('Base'),
        Other: ofStack('Other', 'Orders'),
      },
    });
    const stacks = readAssembly(path.join(folder, 'Orders.template.json'));
    expect(stacks.map(({ stackName }) => stackName)).toEqual(['Orders', 'Middle', 'Base']);
    expect([...(stacks[0]?.assets ?? [])]).toEqual([['x.zip', path.join(folder, 'asset.x')]]);
    const [lone] = readAssembly(write('Lone.template.json', { Resources: { A: {} } }));
    expect(lone).toMatchObject({ stackName: 'Lone', template: { Resources: { A: {} } } });
  });

  it('reads a folder with its stacks, stages and assets', () => {
    write('a.json', { Resources: { A: {} } });
    write('assembly-Prod/b.json', { Resources: { B: {} } });
    write('a.assets.json', {
      files: { x: { source: { path: 'asset.x' }, destinations: { d: { objectKey: 'x.zip' } } } },
    });
    write('assembly-Prod/manifest.json', { artifacts: { B: stack('b.json') } });
    write('manifest.json', {
      artifacts: {
        A: stack('a.json', 'Named'),
        'A.assets': { type: 'cdk:asset-manifest', properties: { file: 'a.assets.json' } },
        Prod: { type: 'cdk:cloud-assembly', properties: { directoryName: 'assembly-Prod' } },
        Tree: { type: 'cdk:tree', properties: {} },
      },
    });
    const stacks = readAssembly(folder);
    expect(stacks.map(({ stackName }) => stackName)).toEqual(['Named', 'B']);
    expect([...(stacks[0]?.assets ?? [])]).toEqual([['x.zip', path.join(folder, 'asset.x')]]);
    expect(readAssembly(folder, ['B']).map(({ stackName }) => stackName)).toEqual(['B']);
    expect(() => readAssembly(folder, ['C'])).toThrow(
      expect.objectContaining({
        code: 'STACK_UNKNOWN',
        message: 'There is no stack "C" in the assembly; it has: Named, B.',
      }),
    );
  });

  it.each<[string, string, unknown, string]>([
    ['nothing', 'none', undefined, 'There is no cloud assembly at '],
    ['a folder that is none', '.', undefined, 'There is no cloud assembly at'],
    ['YAML', 'template.yaml', 'Resources:\n', 'cannot be read as JSON'],
    ['a list', 'list.json', [], 'holds no JSON object'],
    [
      'other JSON',
      'package.json',
      { name: 'x', version: '1' },
      'has no Resources, so it is no CloudFormation template; it has: name, version.',
    ],
  ])('refuses %s, and says what to do', (_what, name, content, message) => {
    if (content !== undefined) write(name, content);
    expect(() => readAssembly(path.join(folder, name))).toThrow(
      expect.objectContaining({ code: 'ASSEMBLY_UNREADABLE', message: expect.stringContaining(message) }),
    );
    expect(() => readAssembly(path.join(folder, name))).toThrow('`cdk synth`');
  });
});
