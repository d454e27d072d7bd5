import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { packageRoot } from '../../lib/package-root.ts';

/** The compiled app, as cdk.json runs it. */
const app = path.join(packageRoot(), 'dist', 'bin', 'app.js');
const cdk = path.join(packageRoot(), 'node_modules', 'aws-cdk', 'bin', 'cdk');
const oneMinute = 60_000;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'keyturn-app-'));
});

interface Run {
  readonly arguments: readonly string[];
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs node without credentials, and with a proxy that is not there in place of the network. */
function run({ arguments: args, cwd = folder, environment = {} }: Run) {
  const nowhere = 'http://127.0.0.1:9';
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd,
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      HTTPS_PROXY: nowhere,
      HTTP_PROXY: nowhere,
      ...environment,
    },
  });
  return { status, output: stdout + stderr };
}

function runApp(environment: Readonly<Record<string, string>> = {}) {
  const outdir = path.join(folder, 'out');
  return run({
    arguments: [app],
    environment: { CDK_OUTDIR: outdir, CDK_VALIDATION: 'false', ...environment },
  });
}

function write(file: string, content: object): void {
  writeFileSync(path.join(folder, file), JSON.stringify(content));
}

function stackNames(outdir: string): readonly string[] {
  const manifest: { artifacts: Record<string, { type: string }> } = JSON.parse(
    readFileSync(path.join(outdir, 'manifest.json'), 'utf8'),
  );
  return Object.entries(manifest.artifacts)
    .filter(([, { type }]) => type === 'aws:cloudformation:stack')
    .map(([name]) => name);
}

describe('cdk synth', () => {
  it(
    'works offline and says nothing, with CDK validating the template',
    () => {
      const outdir = path.join(folder, 'out');
      const result = run({
        arguments: [cdk, 'synth', '--quiet', '--strict', '--output', outdir, '--build', 'true'],
        cwd: packageRoot(),
      });
      expect(result).toEqual({ status: 0, output: '' });
      expect(stackNames(outdir)).toEqual(['Keyturn']);
      const report = JSON.parse(readFileSync(path.join(outdir, 'validation-report.json'), 'utf8'));
      expect(report.pluginReports).toEqual([]);
    },
    oneMinute,
  );
});

describe('the app', () => {
  it('needs no configuration file', () => {
    expect(runApp()).toEqual({ status: 0, output: '' });
    expect(stackNames(path.join(folder, 'out'))).toEqual(['Keyturn']);
  });

  it('reads keyturn.config.json of the working directory', () => {
    write('keyturn.config.json', { stackName: 'Mine' });
    expect(runApp()).toEqual({ status: 0, output: '' });
    expect(stackNames(path.join(folder, 'out'))).toEqual(['Mine']);
  });

  it('reads the file that KEYTURN_CONFIG names instead', () => {
    write('keyturn.config.json', { stackName: 'Mine' });
    write('other.json', { stackName: 'Other' });
    expect(runApp({ KEYTURN_CONFIG: 'other.json' })).toEqual({ status: 0, output: '' });
    expect(stackNames(path.join(folder, 'out'))).toEqual(['Other']);
  });

  it('says what is wrong with the configuration, and no more', () => {
    write('keyturn.config.json', { tokenService: { tickMinutes: 0 }, colour: 'red' });
    expect(runApp()).toEqual({
      status: 1,
      output:
        'keyturn.config.json cannot be used:\n  tokenService.tickMinutes: got 0; allowed: 1 or more\n' +
        '  the file: unknown key colour; allowed: stackName, tokenService, trustedIssuers, clockToleranceSeconds, resultsCacheSeconds, console, retainData\n',
    });
  });

  it('says that a named file is not there', () => {
    expect(runApp({ KEYTURN_CONFIG: 'none.json' })).toEqual({
      status: 1,
      output:
        'none.json cannot be read (ENOENT); allowed: a JSON file that exists; correct KEYTURN_CONFIG, or leave it ' +
        'unset to read keyturn.config.json\n',
    });
  });

  it('says that a configuration does not fit into a function, without a stack trace', () => {
    const trustedIssuers = Array.from({ length: 20 }, (_, i) => ({
      issuer: `https://issuer${i}.example.com/`,
      audience: ['https://orders.example.com'],
      jwksUri: `https://issuer${i}.example.com/.well-known/jwks.json`,
    }));
    write('keyturn.config.json', { trustedIssuers });
    const { status, output } = runApp();
    expect(status).toBe(1);
    expect(output).toMatch(/\[Keyturn\/Jwt\/Authorizer\/Function\] environment variables: got \d+ bytes/);
    expect(output).not.toMatch(/node_modules|^\s+at /m);
  });
});
