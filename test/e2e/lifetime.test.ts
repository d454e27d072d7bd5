/** Starts, stops and failures of `keyturn local`, as a user meets them. */
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { connect } from 'node:net';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { keyturn, type Played, running, startLocal, type StartOptions, temporaryFolder } from './keyturn.ts';

jest.setTimeout(180_000);

const stacks: Played[] = [];
afterEach(async () => {
  await Promise.all(stacks.splice(0).map((stack) => stack.end('SIGKILL')));
});

async function start(options?: StartOptions): Promise<Played> {
  const stack = await startLocal(options);
  stacks.push(stack);
  return stack;
}

const whoami = (stack: Played, token: string) =>
  fetch(`${stack.url}/whoami`, { headers: { authorization: `Bearer ${token}` } });

async function newToken(stack: Played): Promise<string> {
  return (await stack.keyturn(['token'])).stdout.trim();
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** The process that answers where DynamoDB is: every engine is told its port by `--port`. */
function engineOf(stack: Played): number {
  const port = portOf(running(stack).endpoints.dynamodb);
  return Number(
    execFileSync('pgrep', ['-f', '--', `--port ${port}( |$)`])
      .toString()
      .split('\n')[0],
  );
}

const portOf = (url: string) => Number(new URL(url).port);

it('answers within 15 s of the start, and Ctrl-C stops all of it', async () => {
  const begin = performance.now();
  const stack = await start({ isSynthesized: true });
  expect((await fetch(`${stack.url}/.well-known/jwks.json`)).status).toBe(200);
  expect(performance.now() - begin).toBeLessThan(15_000);
  const ports = [portOf(stack.url), ...Object.values(running(stack).endpoints).map(portOf)];
  expect(await stack.end('SIGINT')).toBe(0);
  expect(await Promise.all(ports.map(isOpen))).toEqual(ports.map(() => false));
});

it('keeps its engine out of the reach of Ctrl-C, which goes to a whole process group', async () => {
  const engine = engineOf(await start());
  const group = execFileSync('ps', ['-o', 'pgid=', '-p', `${engine}`]).toString();
  expect(Number(group)).toBe(engine);
});

describe('finds everything again after', () => {
  it.each(['SIGINT', 'SIGKILL'] as const)('%s', async (signal) => {
    const first = await start();
    const [kept, revoked] = [await newToken(first), await newToken(first)];
    expect((await first.keyturn(['revoke', '-'], revoked)).code).toBe(0);
    const { stdout: keysBefore } = await first.keyturn(['keys', '--json']);
    await first.end(signal);
    const { dataDirectory, url } = first;
    const second = await start({ dataDirectory, port: portOf(url) });
    const { stdout: keysAfter } = await second.keyturn(['keys', '--json']);
    expect(JSON.parse(keysAfter)).toEqual(JSON.parse(keysBefore));
    expect((await whoami(second, kept)).status).toBe(200);
    expect((await whoami(second, revoked)).status).toBe(401);
    expect((await whoami(second, await newToken(second))).status).toBe(200);
  });
});

it('fails closed within 2 s while the DynamoDB engine is dead, and works again when it is back', async () => {
  const stack = await start();
  const token = await newToken(stack);
  const engine = engineOf(stack);
  const answers: { status: number; ms: number }[] = [];
  const load = async () => {
    for (const end = performance.now() + 6000; performance.now() < end;) {
      const begin = performance.now();
      const { status } = await whoami(stack, token);
      answers.push({ status, ms: performance.now() - begin });
    }
  };
  const loads = Promise.all([load(), load(), load()]);
  setTimeout(() => process.kill(engine, 'SIGKILL'), 1000);
  await loads;
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 500]));
  expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(2000);
  expect(answers.at(-1)?.status).toBe(200);
});

describe('refuses to start, and says why', () => {
  it.each([
    ['an unknown key', { tokenServce: {} }, /unknown key tokenServce/],
    ['a wrong value', { tokenService: { algorithm: 'none' } }, /algorithm: got "none"; allowed: "RS256"/],
    [
      'windows that do not fit',
      { tokenService: { rotationPeriodSeconds: 60 } },
      /got 60; allowed: 7320 or more/,
    ],
  ])('with %s in the configuration', async (_, config, message) => {
    const error = await start({ config }).then(
      () => undefined,
      (reason: Error) => reason.message,
    );
    expect(error).toMatch(message);
    expect(error).not.toMatch(/\n\s+at /);
  });

  it('with times that are too long for a key that signs, and from when they are safe', async () => {
    const times = { algorithm: 'ES256', jwksCacheSeconds: 1, propagationSeconds: 0, clockSkewSeconds: 4 };
    const first = await start({ config: { tokenService: times } });
    const token = await newToken(first);
    /** The first two keys need no lead; the third signs after five seconds. */
    for (let rotations = 0; rotations < 2; await sleep(1000))
      if ((await first.keyturn(['rotate'])).stdout.startsWith('rotated: ')) rotations += 1;
    await first.end('SIGINT');
    const kept = { port: portOf(first.url), dataDirectory: first.dataDirectory };
    const error = await start({
      ...{ ...kept, config: { tokenService: { ...times, jwksCacheSeconds: 7200 } } },
    }).then(
      () => undefined,
      (reason: Error) => reason.message,
    );
    expect(error).toMatch(
      /key [\w-]{43} began to sign \d+ s after it was published, and would have to wait 7204 s; safe from 20[\d:.T-]+Z/,
    );
    const again = await start({ ...kept, config: { tokenService: times } });
    expect((await whoami(again, token)).status).toBe(200);
  });

  it('on a port in use', async () => {
    const { url } = await start();
    const error = await start({ port: portOf(url) }).then(
      () => undefined,
      (reason: Error) => reason.message,
    );
    expect(error).toMatch(new RegExp(`Port ${portOf(url)} .*in use`));
    expect(error).not.toMatch(/\n\s+at /);
  });

  it('on a data folder of another version, and overwrites nothing', async () => {
    const dataDirectory = temporaryFolder();
    const file = path.join(dataDirectory, 'data.json');
    writeFileSync(file, '{"format":99,"engine":"dynoxide"}');
    const error = await start({ dataDirectory }).then(
      () => undefined,
      (reason: Error) => reason.message,
    );
    expect(error).toMatch(/99/);
    expect(readFileSync(file, 'utf8')).toBe('{"format":99,"engine":"dynoxide"}');
  });

  it('on a data folder that cannot be written', async () => {
    const dataDirectory = path.join(temporaryFolder(), 'file');
    writeFileSync(dataDirectory, '');
    const error = await start({ dataDirectory }).then(
      () => undefined,
      (reason: Error) => reason.message,
    );
    expect(error).toContain(dataDirectory);
  });

  it('on a data folder that another start holds', async () => {
    const { dataDirectory } = await start();
    const error = await start({ dataDirectory }).then(
      () => undefined,
      (reason: Error) => reason.message,
    );
    expect(error).toMatch(/another|already|in use/);
  });
});

describe('a verb', () => {
  it.each([
    [['tokn'], 2, /unknown command tokn; allowed: local, token, decode, /],
    [['token', '--scoop', 'x'], 2, /--scoop/],
    [['decode'], 2, /Usage: keyturn decode/],
    [['decode', 'abc'], 1, /three segments/],
    [['revoke'], 2, /name one of TOKEN, --jti, .*--subject, --client/],
    [['revoke', '--jti', 'a', '--subject', 'b'], 2, /name one of/],
    [['keys', '--data', '/nowhere'], 1, /no local stack is running on the data folder \/nowhere/],
    [['local', '--port', '99999'], 2, /port: got 99999; allowed: a whole number from 1 to 65535/],
  ])('%j ends with %d and says why', async (args, code, message) => {
    const outcome = await keyturn(args);
    expect(outcome).toMatchObject({ code, stdout: '' });
    expect(outcome.stderr).toMatch(message);
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
  });
});
