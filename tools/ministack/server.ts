/** MiniStack itself: an emulation of AWS that enforces IAM, on a loopback port. */
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { endProcess, startProcess } from './processes.ts';

const launcher = path.join(path.dirname(fileURLToPath(import.meta.url)), 'launch.py');

/** Credentials of MiniStack's root; they open nothing else. */
const credentials = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' } as const;
const region = 'us-east-1';

/** A MiniStack that runs. */
export interface MiniStack {
  /** For instance `http://127.0.0.1:41234`. */
  readonly endpoint: string;
  /** Account and Region, as `cdk bootstrap` takes them. */
  readonly cdkEnvironment: string;
  /** Settings for an AWS SDK client of this process. */
  readonly clientSettings: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  /** The whole environment of a process that must find this MiniStack and no AWS account. */
  readonly environment: NodeJS.ProcessEnv;
  /** The last lines of its log. */
  logTail(): string;
  stop(): void;
}

/**
 * Starts MiniStack on a free port and waits until it is ready.
 *
 * @param python an interpreter that has it
 * @param folder takes its log and everything that it writes
 * @throws Error with the last lines of its log where it is not ready within 30 s
 */
export async function startMiniStack(python: string, folder: string): Promise<MiniStack> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const base = baseEnvironment(folder);
  const logFile = path.join(folder, 'ministack.log');
  const log = openSync(logFile, 'a');
  const child = startProcess([python, launcher], {
    cwd: folder,
    env: { ...base, ...credentials, ...serverSettings(port, folder) },
    stdio: ['pipe', log, log],
  });
  closeSync(log);
  const logTail = () => readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-8).join('\n');
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  if (!(await isReady(endpoint, hasEnded))) {
    endProcess(child);
    throw new Error(`MiniStack is not ready within 30 s: ${logTail()}`);
  }
  return {
    endpoint,
    cdkEnvironment: `aws://000000000000/${region}`,
    clientSettings: {
      endpoint,
      region,
      credentials: {
        accessKeyId: credentials.AWS_ACCESS_KEY_ID,
        secretAccessKey: credentials.AWS_SECRET_ACCESS_KEY,
      },
    },
    environment: { ...base, ...credentials, AWS_REGION: region, AWS_ENDPOINT_URL: endpoint },
    logTail,
    stop: () => endProcess(child),
  };
}

/** Functions run on the Node of this process. No profile, proxy or Docker daemon of the user's is found. */
function baseEnvironment(folder: string): NodeJS.ProcessEnv {
  const temporary = path.join(folder, 'tmp');
  mkdirSync(temporary, { recursive: true });
  return {
    PATH: [path.dirname(process.execPath), process.env['PATH'] ?? ''].join(path.delimiter),
    HOME: folder,
    TMPDIR: temporary,
    LANG: 'C.UTF-8',
    AWS_EC2_METADATA_DISABLED: 'true',
    DOCKER_HOST: `unix://${path.join(folder, 'no-docker.sock')}`,
  };
}

function serverSettings(port: number, folder: string): NodeJS.ProcessEnv {
  return {
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    AUTH: 'true',
    PYTHONDONTWRITEBYTECODE: '1',
    S3_DATA_DIR: path.join(folder, 's3'),
    STATE_DIR: path.join(folder, 'state'),
  };
}

async function isReady(endpoint: string, hasEnded: () => boolean): Promise<boolean> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline && !hasEnded();) {
    const answer = await fetch(`${endpoint}/_ministack/ready`).catch(() => undefined);
    if (answer?.ok === true) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('got no TCP port from the system');
  return address.port;
}
