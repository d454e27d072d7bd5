import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { LocalError, systemCode } from './errors.ts';

/** The one address that anything here listens on. */
export const host = '127.0.0.1';

/** A server that listens on the loopback address. */
export interface Listening {
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

/** An answer of one of the small AWS endpoints. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A page of any site can reach this machine, also under a name of its own; what it posts says where it is from. */
const fromBrowser: Answer = { status: 403, body: '{"message":"not for a page in a browser"}' };

/** Listens on a free port and answers every request but a browser's, one body at a time. */
export async function serve(
  answer: (request: IncomingMessage, body: Buffer) => Promise<Answer>,
): Promise<Listening> {
  const listener: RequestListener = (request, response) => {
    if (request.headers.origin !== undefined) return send(response, fromBrowser);
    readBody(request)
      .then((body) => answer(request, body))
      .then((result) => send(response, result))
      .catch(() => send(response, { status: 500, body: '{"message":"Internal failure"}' }));
  };
  const server = createServer({ keepAliveTimeout: 60_000 }, listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://${host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(response: ServerResponse, { status, headers = {}, body = '' }: Answer): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers });
  response.end(body);
}

/** The whole body of a request. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/**
 * Finds out whether a port is free; 0 finds a free one.
 *
 * @returns the port.
 * @throws {@link LocalError} `PORT_IN_USE`.
 */
export async function claimPort(port: number): Promise<number> {
  const server = createTcpServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
    return (server.address() as AddressInfo).port;
  } catch (error) {
    const why =
      systemCode(error) === 'EADDRINUSE'
        ? 'is in use by another program'
        : `cannot be listened on (${systemCode(error)})`;
    throw new LocalError(
      'PORT_IN_USE',
      `Port ${port} on ${host} ${why}. Stop that program, or choose another port (--port or PORT).`,
      {
        cause: error,
      },
    );
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}
