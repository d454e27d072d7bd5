import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { endAllProcesses, endProcess, run, startProcess } from '../../tools/ministack/processes.ts';

const node = process.execPath;
const options = { cwd: process.cwd(), env: { PATH: process.env['PATH'] } };

/** Starts a child of its own, prints that one's pid, and never ends. */
const parent = `
  const { spawn } = require('node:child_process');
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  console.log(child.pid);
  setInterval(() => {}, 1000);
`;

afterEach(endAllProcesses);

describe('run', () => {
  it('gives exit code and everything that was printed', async () => {
    const script = 'console.log("out"); console.error("err"); process.exit(3)';
    const { code, output } = await run([node, '-e', script], options);
    expect([code, output.split('\n').sort()]).toEqual([3, ['', 'err', 'out']]);
  });

  it('hands input to standard input, and no environment but what it was given', async () => {
    const script = 'process.stdin.on("data", (d) => console.log(`${d} ${process.env.HOME}`))';
    expect(await run([node, '-e', script], { ...options, input: 'hello' })).toEqual({
      code: 0,
      output: 'hello undefined\n',
    });
  });

  it('says why a command cannot be started', async () => {
    const { code, output } = await run(['no-such-command'], options);
    expect([code, output]).toEqual([127, expect.stringContaining('ENOENT')]);
  });

  it('kills what takes too long, with everything it started', async () => {
    const { code, output } = await run([node, '-e', parent], { ...options, timeoutSeconds: 1 });
    expect([code, output]).toEqual([null, expect.stringContaining('killed: not done within 1 s')]);
    expect(await isGone(Number.parseInt(output, 10))).toBe(true);
  });
});

describe('endProcess', () => {
  it('ends what a process started too, and may be called again', async () => {
    const child = startProcess([node, '-e', parent], { ...options, stdio: ['ignore', 'pipe', 'ignore'] });
    const grandchild = Number(String(await once(child.stdout ?? child, 'data')));
    expect(isAlive(grandchild)).toBe(true);
    endProcess(child);
    endProcess(child);
    expect(await isGone(grandchild)).toBe(true);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** A killed orphan is there until init has collected it. */
async function isGone(pid: number): Promise<boolean> {
  for (let attempt = 0; attempt < 40 && isAlive(pid); attempt += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return !isAlive(pid);
}
