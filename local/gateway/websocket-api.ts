import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { messageOf } from '../errors.ts';
import { messageAnswer, type Answer } from './answer.ts';
import { headOf } from './client-request.ts';
import type { AuthorizerTools } from './lambda-authorizer.ts';
import type { Service } from './server.ts';
import {
  Connection,
  defaultLimits,
  type ConnectionInfo,
  type ConnectionLimits,
} from './websocket-connections.ts';
import { shakeHands } from './websocket-handshake.ts';
import { manageConnections, messageLimit } from './websocket-management.ts';
import { handleDisconnect, handleMessage } from './websocket-messages.ts';
import type { WebSocketApi } from './websocket-model.ts';

/** Serves a WebSocket API and its management API. */
export class WebSocketService implements Service {
  readonly #api: WebSocketApi;
  readonly #tools: AuthorizerTools;
  readonly #limits: ConnectionLimits;
  readonly #connections = new Map<string, Connection>();
  /** Sockets whose handshake is not decided yet. */
  readonly #pending = new Set<Duplex>();
  readonly #protocols = new WeakMap<IncomingMessage, string>();
  readonly #server: WebSocketServer;

  constructor(api: WebSocketApi, tools: AuthorizerTools, limits: ConnectionLimits = defaultLimits) {
    this.#api = api;
    this.#tools = tools;
    this.#limits = limits;
    this.#server = new WebSocketServer({
      noServer: true,
      maxPayload: messageLimit,
      handleProtocols: (_offered, message) => this.#protocols.get(message) ?? false,
    });
  }

  async answer(request: Parameters<Service['answer']>[0]): Promise<Answer> {
    return manageConnections(this.#api, this.#connections, request);
  }

  upgrade(message: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    this.#pending.add(socket);
    const decided = this.#shakeHands(message, socket, head).catch((error: unknown) => {
      this.#tools.log(this.#api.logicalId, `error inside the gateway: ${messageOf(error)}`);
      refuse(socket, messageAnswer(500, 'Internal server error'));
    });
    void decided.finally(() => this.#pending.delete(socket));
  }

  async close(): Promise<void> {
    for (const socket of this.#pending) socket.destroy();
    for (const connection of this.#connections.values()) connection.terminate();
    this.#server.close();
  }

  async #shakeHands(message: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const handshake = await shakeHands(this.#api, headOf(message, this.#tools.now()), this.#tools);
    if ('refusal' in handshake) return refuse(socket, handshake.refusal);
    if (handshake.protocol !== undefined) this.#protocols.set(message, handshake.protocol);
    this.#server.handleUpgrade(message, socket, head, (client) => this.#open(handshake.info, client));
  }

  #open(info: ConnectionInfo, client: WebSocket): void {
    const connection = new Connection(info, client, { ...this.#limits, now: this.#tools.now });
    this.#connections.set(info.connectionId, connection);
    client.on('error', () => client.terminate());
    client.on('message', (data, isBinary) => {
      this.#run(handleMessage(this.#api, connection, { data: bytesOf(data), isBinary }, this.#tools));
    });
    client.on('close', (code, reason) => {
      this.#connections.delete(info.connectionId);
      this.#run(
        handleDisconnect(this.#api, connection, { code, reason: reason.toString('utf8') }, this.#tools),
      );
    });
  }

  #run(work: Promise<void>): void {
    work.catch((error: unknown) => {
      this.#tools.log(this.#api.logicalId, `error inside the gateway: ${messageOf(error)}`);
    });
  }
}

function bytesOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}

/** A handshake is refused in plain HTTP on the socket that it came in on. */
function refuse(socket: Duplex, { status, headers, body }: Answer): void {
  const content = typeof body === 'string' ? Buffer.from(body) : body;
  const bytes = Buffer.isBuffer(content) ? content : Buffer.alloc(0);
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    `content-length: ${bytes.length}`,
    'connection: close',
  ];
  socket.end(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), bytes]));
}
