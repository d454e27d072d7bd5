import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { MissingPartError, pythonWithMiniStack } from '../../tools/ministack/python.ts';
import { run } from '../../tools/ministack/processes.ts';

jest.setTimeout(60_000);

const root = process.cwd();

const folders: string[] = [];

afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'keyturn-test-'));
  folders.push(folder);
  return folder;
}

/** A folder that is the whole PATH: what the executables of these contents need, and they. */
function pathWith(executables: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const tool of ['mkdir', 'cp']) symlinkSync(path.join('/bin', tool), path.join(folder, tool));
  for (const [name, script] of Object.entries(executables)) {
    writeFileSync(path.join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  return folder;
}

/** Answers a version check with success and everything else with this. */
const pythonThat = (answer: string) => `case "$*" in *version_info*) exit 0;; *) ${answer};; esac`;

describe('test:deploy', () => {
  it.each([[undefined], ['true']])('skips without Python, and says so, with CI=%s', async (ci) => {
    const temporary = temporaryFolder();
    const env = {
      PATH: pathWith({}),
      TMPDIR: temporary,
      KEYTURN_DEPLOY_CACHE: path.join(temporary, 'none'),
      CI: ci,
    };
    const { code, output } = await run(
      [
        process.execPath,
        path.join('node_modules', 'tsx', 'dist', 'cli.mjs'),
        path.join('tools', 'test-deploy.ts'),
      ],
      { cwd: root, env },
    );
    const lines = output.trimEnd().split('\n');
    expect([code, lines.at(-1)]).toEqual([0, '0 passed, 0 failed, 1 skipped']);
    expect(lines.at(-2)).toMatch(
      /^skip deployment to MiniStack: no Python 3\.10 or later on the PATH; looked for/,
    );
    expect(readdirSync(temporary).filter((name) => name.startsWith('keyturn-'))).toEqual([]);
  });
});

describe('pythonWithMiniStack', () => {
  const oldPath = process.env['PATH'];
  const pip = 'mkdir -p "$3/bin" && cp "$0" "$3/bin/python"';
  const offline = 'echo "WARNING: Retrying after connection broken by NewConnectionError" >&2; exit 1';

  it.each([
    ['a Python that is too old', { python3: 'exit 1' }, MissingPartError, /no Python 3\.10 or later/],
    [
      'no venv module',
      { python3: pythonThat('echo ensurepip is not available; exit 1') },
      MissingPartError,
      /no venv module/,
    ],
    [
      'a venv module that fails',
      { python3: pythonThat('echo disk full; exit 1') },
      Error,
      /venv failed: disk full/,
    ],
    [
      'no PyPI',
      { python3: `case "$*" in *version_info*) exit 0;; *venv*) ${pip};; *) ${offline};; esac` },
      MissingPartError,
      /PyPI does not answer/,
    ],
    [
      'a package that is not there',
      {
        python3: `case "$*" in *version_info*) exit 0;; *venv*) ${pip};; *) echo no such version; exit 1;; esac`,
      },
      Error,
      /pip install failed: no such version/,
    ],
  ])('tells what is missing from what is broken: %s', async (_, executables, kind, message) => {
    process.env['PATH'] = pathWith(executables);
    try {
      const folder = path.join(temporaryFolder(), 'ministack');
      const error = await pythonWithMiniStack(folder).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ name: kind.name, message: expect.stringMatching(message) });
    } finally {
      process.env['PATH'] = oldPath;
    }
  });
});
