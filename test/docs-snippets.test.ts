/** The TypeScript of the pages in docs/ compiles against the package: each page's blocks are one module. */
import { expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const pages = readdirSync(path.join(root, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => [name, blocksOf(readFileSync(path.join(root, 'docs', name))).join('\n')] as const)
  .filter(([, code]) => code !== '');

function blocksOf(page: Buffer): readonly string[] {
  return [...page.toString().matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) => code);
}

function compile(folder: string): Promise<string> {
  const tsc = path.join(root, 'node_modules', '.bin', 'tsc');
  return new Promise((resolve) => {
    execFile(tsc, ['-p', folder], (error, stdout) => resolve(error === null ? '' : stdout || error.message));
  });
}

it('finds the pages', () => {
  expect(pages.map(([name]) => name)).toEqual(expect.arrayContaining(['authorizer.md', 'token-service.md']));
});

it('compiles', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'keyturn-snippets-'));
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  for (const [name, code] of pages) writeFileSync(path.join(folder, name.replace(/md$/, 'mts')), code);
  const compilerOptions = {
    ...{ noEmit: true, rootDir: '/', noUnusedLocals: false, typeRoots: [`${root}/node_modules/@types`] },
    paths: {
      keyturn: [path.join(root, 'lib', 'index.ts')],
      'keyturn/revocations': [path.join(root, 'runtime', 'revocations.ts')],
    },
  };
  const config = { extends: path.join(root, 'tsconfig.json'), compilerOptions, include: ['*.mts'] };
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(config));
  const faults = await compile(folder);
  rmSync(folder, { recursive: true });
  expect(faults).toBe('');
}, 120_000);
