/** Runs the README's commands as they stand there, but for the port, in a folder that looks like a clone. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { readmeBlocks } from '../../tools/readme.ts';
import { freePort, root, temporaryFolder } from './keyturn.ts';

const folder = temporaryFolder();
const [, firstCalls = '', rotation = ''] = readmeBlocks('Try it', 'sh');
let child: ChildProcess;
let port = 0;
let printed = '';

beforeAll(async () => {
  for (const name of readdirSync(root)) {
    if (name !== '.keyturn' && name !== '.git') symlinkSync(path.join(root, name), path.join(folder, name));
  }
  port = await freePort();
  // `npm start` builds first; here that would pull the build from under the tests that run beside this one.
  const [, command = ''] = npmScript('start').split(' && ');
  child = spawn(command, {
    cwd: folder,
    shell: true,
    detached: true,
    env: { ...process.env, PORT: String(port) },
  });
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (text: Buffer) => (printed += text.toString()));
  await greeted();
}, 60_000);

afterAll(() => {
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

function npmScript(name: string): string {
  return JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).scripts[name];
}

async function greeted(): Promise<void> {
  while (!printed.includes('Ctrl-C stops it')) {
    if (child.exitCode !== null) throw new Error(`npm start ended:\n${printed}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What a shell prints that runs the lines one after the other. */
function shell(lines: string): Promise<string> {
  const script = lines.replaceAll('127.0.0.1:8787', `127.0.0.1:${port}`);
  return new Promise((resolve, reject) => {
    execFile('bash', ['-euc', script], { cwd: folder }, (error, stdout, stderr) =>
      error === null ? resolve(stdout) : reject(new Error(`${script}\n${stdout}${stderr}`)),
    );
  });
}

it('a token passes, is revoked, and is refused', async () => {
  const statuses = [...(await shell(firstCalls)).matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => status);
  expect(statuses).toEqual(['200', '401']);
  expect(printed).toContain('token_revoked');
}, 60_000);

it('the keys turn: the next one signs, the old one stays', async () => {
  const printedKeys = await shell(rotation);
  const states = [...printedKeys.matchAll(/\b(?:active|pending|retiring)\b/g)].map(([state]) => state);
  expect(states.sort()).toEqual(['active', 'active', 'pending', 'pending', 'retiring']);
}, 60_000);
