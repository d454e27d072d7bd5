/**
 * Builds everything that ships into `dist/`: the compiled rooms (ESM with types) and one CommonJS bundle per
 * Lambda in `dist/functions/<name>/index.js`.
 *
 * CommonJS because an ESM `import 'node:http'` loads undici's facade, which costs 12 to 23 ms of a cold start;
 * a bundle's own `package.json` says so, whatever the type of the package around it.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';
import { buildConsole } from './console.ts';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** Every folder of `functions/` that has a handler.ts. */
export function functionNames(): string[] {
  return readdirSync(path.join(root, 'functions'))
    .filter((name) => existsSync(path.join(root, 'functions', name, 'handler.ts')))
    .sort();
}

/**
 * Bundles one function with what lies beside it. Returns esbuild's metafile, which says what went in.
 *
 * @param outdir default: where the constructs look for it
 */
export async function bundle(
  name: string,
  outdir = path.join(root, 'dist', 'functions', name),
): Promise<Metafile> {
  const metafile = await bundleInto(outdir, path.join('functions', name, 'handler.ts'));
  if (name === 'console') copyFileSync(`${await buildConsole()}.gz`, path.join(outdir, 'index.html.gz'));
  return metafile;
}

/** Bundles one source into `index.js` of a folder, which is emptied before. */
export async function bundleInto(outdir: string, source: string): Promise<Metafile> {
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  const result = await build({
    entryPoints: [path.join(root, source)],
    outfile: path.join(outdir, 'index.js'),
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    mainFields: ['module', 'main'],
    minify: true,
    keepNames: true,
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
  });
  writeFileSync(path.join(outdir, 'package.json'), '{"type":"commonjs"}\n');
  return result.metafile;
}

/** Compiles the rooms. @returns whether the compiler was content; what it said is on the terminal */
function compile(): boolean {
  const tsc = path.join(root, 'node_modules', '.bin', 'tsc');
  return spawnSync(tsc, ['-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' }).status === 0;
}

/** Removes what was compiled from sources that are gone, so that it is not packed. */
function removeStale(): void {
  for (const room of ['bin', 'lib', 'core', 'adapters', 'local', 'cli', 'runtime']) {
    for (const file of readdirSync(path.join(root, 'dist', room), { recursive: true, encoding: 'utf8' })) {
      const source = path.join(root, room, file.replace(/(?:\.d\.ts|\.js)$/, '.ts'));
      if (!existsSync(source)) rmSync(path.join(root, 'dist', room, file), { recursive: true, force: true });
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await Promise.all(functionNames().map((name) => bundle(name)));
  if (!compile()) process.exit(1);
  removeStale();
  chmodSync(path.join(root, 'dist', 'cli', 'keyturn.js'), 0o755);
}
