import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { listenOnLoopback } from '../engines.ts';

/** What goes wrong with one request. `drip`: the answer comes a byte every 400 ms. */
export type Fault = 'none' | 'hang' | 'reset' | 'lose the answer' | 'drip' | Answer;

interface Answer {
  readonly status: number;
  readonly body: string | Buffer;
}

/** A link between a client and an AWS service that can be made to fail. */
export interface FaultyLink {
  readonly endpoint: string;
  /** The faults of the next requests, one each. */
  next(...faults: readonly Fault[]): void;
  /** The fault of every other request. */
  always(fault: Fault): void;
  /** The operations asked for so far, for instance `GetItem`. */
  readonly requests: readonly string[];
  /** The input of the last one, as it went over the wire. */
  readonly lastInput: () => Readonly<Record<string, unknown>>;
  close(): Promise<void>;
}

/** Starts a link to a service on this machine. */
export async function faultyLink(target: string): Promise<FaultyLink> {
  let queue: Fault[] = [];
  let standing: Fault = 'none';
  let lastBody = '';
  const requests: string[] = [];
  const onBody = (body: string): void => {
    lastBody = body;
  };
  const server = createServer((incoming, outgoing) => {
    requests.push(String(incoming.headers['x-amz-target']).split('.').at(-1) ?? '');
    void serve(target, queue.shift() ?? standing, { incoming, outgoing, onBody }).catch(() =>
      incoming.socket.destroy(),
    );
  });
  const port = await listenOnLoopback(server);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    next(...faults) {
      queue = [...faults];
    },
    always(fault) {
      standing = fault;
    },
    requests,
    lastInput: () => JSON.parse(lastBody),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly onBody: (body: string) => void;
}

async function serve(target: string, fault: Fault, { incoming, outgoing, onBody }: Exchange): Promise<void> {
  const body = await buffer(incoming);
  onBody(body.toString());
  if (typeof fault === 'object') outgoing.writeHead(fault.status).end(fault.body);
  else if (fault === 'reset') incoming.socket.resetAndDestroy();
  else if (fault !== 'hang') await answer(fault, outgoing, await forward(target, incoming, body));
  if (fault === 'lose the answer') incoming.socket.resetAndDestroy();
}

async function forward(target: string, { headers }: IncomingMessage, body: Buffer): Promise<Answer> {
  const sent = request(target, { method: 'POST', headers }).end(body);
  return new Promise((resolve, reject) => {
    sent.on('error', reject);
    sent.on('response', (response) => {
      buffer(response).then(
        (content) => resolve({ status: response.statusCode ?? 0, body: content }),
        reject,
      );
    });
  });
}

async function answer(fault: Fault, outgoing: ServerResponse, { status, body }: Answer): Promise<void> {
  if (fault === 'lose the answer') return;
  outgoing.writeHead(status);
  for (const byte of fault === 'drip' ? Buffer.from(body) : []) {
    outgoing.write(Buffer.of(byte));
    await sleep(400);
    if (outgoing.destroyed) return;
  }
  outgoing.end(fault === 'drip' ? undefined : body);
}
