import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { LocalError, messageOf } from '../errors.ts';
import { messageAnswer, writeAnswer, type Answer } from './answer.ts';
import { headerLimit, readRequest, type ClientRequest } from './client-request.ts';

/** What serves an API's port. */
export interface Service {
  /** Answers a request. A throw becomes a 500. */
  answer(request: ClientRequest): Promise<Answer>;
  /** Takes a WebSocket handshake; without it, handshakes are refused. */
  upgrade?(message: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Ends what is open. */
  close?(): Promise<void>;
}

/** How a port is opened. */
export interface PortOptions {
  readonly port: number;
  /** The API's logical id, for messages. */
  readonly logicalId: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Called with the message of an error inside the gateway. */
  readonly onError: (message: string) => void;
}

/** An open port. */
export interface OpenPort {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Opens a port on 127.0.0.1 for an API.
 *
 * @throws {@link LocalError} `PORT_IN_USE` when another process has it
 */
export async function openPort(service: Service, options: PortOptions): Promise<OpenPort> {
  const server = createServer(
    { maxHeaderSize: 8 * headerLimit, keepAliveTimeout: 60_000 },
    (message, response) => {
      void serve(service, options, { message, response });
    },
  );
  if (service.upgrade !== undefined) server.on('upgrade', service.upgrade.bind(service));
  await listen(server, options);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  return { port, close: () => closeAll(server, service) };
}

interface Exchange {
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
}

async function serve(service: Service, options: PortOptions, { message, response }: Exchange): Promise<void> {
  response.on('error', () => response.destroy());
  const request = await readRequest(message, options.now()).catch(() => undefined);
  if (request === undefined) return void response.destroy();
  if (request.excess !== undefined) response.setHeader('connection', 'close');
  try {
    await writeAnswer(response, await service.answer(request));
  } catch (error) {
    options.onError(messageOf(error));
    if (response.headersSent) response.destroy();
    else await writeAnswer(response, messageAnswer(500, 'Internal Server Error'));
  }
}

function listen(server: Server, { port, logicalId }: PortOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') return reject(error);
      const message = `Port ${port} is in use, wanted for the API ${logicalId}. Allowed: any free port. Stop what listens there, or start on another port.`;
      reject(new LocalError('PORT_IN_USE', message, { cause: error }));
    });
    server.listen(port, '127.0.0.1', resolve);
  });
}

async function closeAll(server: Server, service: Service): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  await service.close?.();
  server.closeAllConnections();
  await closed;
}
