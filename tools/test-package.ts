/**
 * `npm run test:package`: packs what is built, installs it into a new folder beside aws-cdk-lib alone, and there compiles,
 * synthesizes and plays the README's apps. Needs the npm registry, or npm's cache of it.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { functionNames } from './build.ts';
import { root } from './ministack/cdk.ts';
import { Checks } from './ministack/checks.ts';
import { endAllProcesses } from './ministack/processes.ts';
import { type Call, callRoute, connect, drive } from './package/drive.ts';
import { newApp, pack, runIn, typeCheck } from './package/new-app.ts';
import { readmeBlocks } from './readme.ts';

const checks = new Checks();
const folder = mkdtempSync(path.join(os.tmpdir(), 'keyturn-package-'));

process.once('exit', () => {
  endAllProcesses();
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

/** What ships, and the source that each compiled file comes from. */
function checkFiles(files: readonly string[]): void {
  const compiled = /^dist\/(lib|core|adapters|local|cli|runtime)\/.*(\.d\.ts|\.js)$/;
  const isExpected = (file: string) =>
    compiled.test(file)
      ? existsSync(path.join(root, file.replace(/^dist\//, '').replace(/(\.d\.ts|\.js)$/, '.ts')))
      : /^(dist\/functions\/[\w-]+\/(index\.js|package\.json|index\.html\.gz)|README\.md|LICENSE|package\.json)$/.test(
          file,
        );
  assert.deepEqual(
    files.filter((file) => !isExpected(file)),
    [],
    'files that are no part of the package',
  );
  for (const name of functionNames()) {
    assert.ok(files.includes(`dist/functions/${name}/index.js`), `the bundle of ${name} is missing`);
  }
}

/** The app of a README section: the first block is the stack, the others each an API for it. */
const [stack = '', httpApi = '', restApi = '', webSocketApi = ''] = readmeBlocks('Add it to your API', 'ts');
const [trust = '', revoking = ''] = readmeBlocks('Trust Cognito, Auth0, Okta or Entra', 'ts');

const apps: readonly (readonly [kind: string, api: string, call: Call, good: number])[] = [
  ['HTTP', httpApi, callRoute, 200],
  ['REST', restApi, callRoute, 200],
  ['WebSocket', webSocketApi, connect, 101],
];

async function checkApp(app: string, [kind, api, call, good]: (typeof apps)[number]): Promise<void> {
  const name = `${kind.toLowerCase()}.mjs`;
  const code = `${stack}\n${api}`;
  for (const file of [name, name.replace(/mjs$/, 'mts')]) writeFileSync(path.join(app, file), code);
  await checks.check(`${kind} API: the README's app compiles`, () =>
    typeCheck(app, name.replace(/mjs$/, 'mts')),
  );
  await checks.check(`${kind} API: no token 401, token ${good}, scope missing 403, revoked 401`, async () => {
    const seen = await drive(app, name, call);
    assert.deepEqual(seen, { withoutToken: 401, withToken: good, withoutScope: 403, revoked: 401 });
  });
}

async function checkTrust(app: string): Promise<void> {
  for (const file of ['trust.mjs', 'trust.mts']) writeFileSync(path.join(app, file), trust);
  await checks.check("the README's trusted issuers compile and synthesize", async () => {
    await typeCheck(app, 'trust.mts');
    await runIn(app, ['node', 'trust.mjs']);
  });
}

/** A bundler of this repository, as an app of the user's has one; nothing of the package may be left out or be for synthesis. */
async function checkRevoking(app: string): Promise<void> {
  writeFileSync(path.join(app, 'revoking.mts'), revoking);
  await checks.check("the README's function that revokes compiles", () => typeCheck(app, 'revoking.mts'));
  await checks.check(
    'it bundles to less than 100 kB, and asks for what authorizer.grantRevoke(fn) sets',
    async () => {
      const outfile = path.join(app, 'revoking.cjs');
      const entryPoints = [path.join(app, 'revoking.mts')];
      const options = { bundle: true, platform: 'node', minify: true, metafile: true } as const;
      const { metafile } = await build({ ...options, entryPoints, outfile, absWorkingDir: app });
      const files = Object.keys(metafile.inputs);
      assert.deepEqual(
        files.filter((file) => /aws-cdk-lib|constructs|@aws-sdk\/client/.test(file)),
        [],
      );
      assert.ok(statSync(outfile).size < 100_000, `${statSync(outfile).size} bytes`);
      await assert.rejects(
        runIn(app, ['node', outfile]),
        /environment variable KEYTURN_REVOKER: got nothing/,
      );
    },
  );
}

async function main(): Promise<void> {
  const packed = await checks.check('npm pack', () => pack(folder));
  if (packed === undefined) return;
  await checks.check('the package holds what is built, and no dev files', () => checkFiles(packed.files));
  const app = path.join(folder, 'orders');
  const installed = await checks.check('npm install in a new folder', async () => {
    await newApp(app, packed.archive);
    return true;
  });
  if (installed === undefined) return;
  await checks.check('nothing there could build a bundle', () => {
    for (const tool of ['esbuild', 'tsx', 'typescript']) {
      assert.ok(!existsSync(path.join(app, 'node_modules', tool)), `${tool} is installed`);
    }
  });
  await checks.check('a CommonJS app can require it', () =>
    runIn(app, [
      ...(['node', '--eval'] as const),
      "if (!require('keyturn').JwtAuthorizer || !require('keyturn/revocations').revoker) process.exit(1)",
    ]),
  );
  for (const kind of apps) await checkApp(app, kind);
  await checkTrust(app);
  await checkRevoking(app);
}

await main();
console.log(checks.summary());
process.exit(checks.hasFailed ? 1 : 0);
