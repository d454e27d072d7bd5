/** Bundles as they are deployed, each delivery in a process of its own that ends after a durable write of the test's choice. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import path from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { listenOnLoopback } from '../engines.ts';
import { root } from './keyturn.ts';

/** Calls the handler with the event that it is given, and prints how that ended. */
const invoke = `import(process.argv[1])
  .then((fn) => (fn.handler ?? fn.default.handler)(JSON.parse(process.argv[2])))
  .then((answer) => ({ answer }), ({ name, message }) => ({ error: name + ': ' + message }))
  .then((end) => process.stdout.write('\\nend ' + JSON.stringify(end)));`;

/** Calls after which something else is stored than before. An invoke is one: the function that is invoked writes. */
const durable =
  /\.(?:PutItem|UpdateItem|DeleteItem|BatchWriteItem|PutSecretValue|UpdateSecretVersionStage)$|\/invocations$/;

/** Endpoints of AWS services on this machine, by the end of the SDK's variable: `DYNAMODB`, `SECRETS_MANAGER`, … */
export type Services = Readonly<Record<string, string>>;

/** Ends the process that makes one of the durable writes to come: written, and the answer never arrives. */
export class Kill {
  /** How many there were, in all processes. */
  writes = 0;
  readonly #after: number;

  /** @param after the write, from 1. Default: none */
  constructor(after = Infinity) {
    this.#after = after;
  }

  /** Counts a write. @returns whether its process is to end */
  isDue(): boolean {
    this.writes += 1;
    return this.writes === this.#after;
  }
}

/** What is delivered. */
export interface Delivery {
  /** A folder of `dist/functions`. */
  readonly bundle: string;
  readonly event: object;
  /** The function's own variables. */
  readonly env: NodeJS.ProcessEnv;
  readonly services: Services;
  readonly kill?: Kill;
}

/** How a delivery ended: killed, with an answer, or with the name and message of an error. */
export interface Ending {
  readonly isKilled: boolean;
  readonly answer?: unknown;
  readonly error?: string;
}

/** Delivers an event once. */
export async function deliver({
  bundle,
  event,
  env,
  services,
  kill = new Kill(),
}: Delivery): Promise<Ending> {
  let child: ChildProcess | undefined;
  const link = await startLink(services, (isWrite) => {
    const isKilled = isWrite && kill.isDue();
    if (isKilled) child?.kill('SIGKILL');
    return isKilled;
  });
  const file = path.join(root, 'dist', 'functions', bundle, 'index.js');
  const started = spawn(process.execPath, ['-e', invoke, file, JSON.stringify(event)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' },
      ...{ AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', ...link.endpoints, ...env },
    },
  });
  child = started;
  const [printed] = await Promise.all([text(started.stdout), once(started, 'exit')]);
  await link.close();
  const end = /^end (.*)$/m.exec(printed)?.[1];
  return end === undefined
    ? { isKilled: true }
    : { isKilled: false, ...(JSON.parse(end) as Omit<Ending, 'isKilled'>) };
}

/** Passes calls on to services, the first part of whose path says which; tells of each whether it wrote. */
async function startLink(services: Services, isLost: (isWrite: boolean) => boolean) {
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const [, service = '', rest = ''] = /^\/(\w+)(.*)$/.exec(incoming.url ?? '') ?? [];
      const answer = await passOn(incoming, (services[service] ?? '') + rest);
      const content = Buffer.from(await answer.arrayBuffer());
      if (isLost(answer.ok && durable.test(String(incoming.headers['x-amz-target'] ?? rest)))) return;
      const named = ['content-type', 'x-amz-function-error'].flatMap((name) => {
        const value = answer.headers.get(name);
        return value === null ? [] : [[name, value] as const];
      });
      outgoing.writeHead(answer.status, Object.fromEntries(named));
      outgoing.end(content);
    })().catch(() => incoming.socket.destroy());
  });
  const address = `http://127.0.0.1:${await listenOnLoopback(server)}`;
  const names = Object.keys(services);
  return {
    endpoints: Object.fromEntries(names.map((name) => [`AWS_ENDPOINT_URL_${name}`, `${address}/${name}`])),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function passOn(incoming: IncomingMessage, address: string): Promise<Response> {
  const { host: _, 'content-length': __, connection: ___, ...headers } = incoming.headers;
  return fetch(address, {
    method: incoming.method ?? 'POST',
    headers: headers as Record<string, string>,
    body: await buffer(incoming),
  });
}
