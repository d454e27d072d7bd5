import type { WebSocket } from 'ws';
import type { JsonObject } from '../json.ts';
import type { HeaderPair } from './headers.ts';
import type { Stage } from './http-model.ts';

/** How long connections last, in milliseconds. */
export interface ConnectionLimits {
  /** Without a message in either direction. */
  readonly idleMs: number;
  /** In all. */
  readonly lifeMs: number;
}

/** API Gateway's quotas: 10 minutes idle, 2 hours in all. */
export const defaultLimits: ConnectionLimits = { idleMs: 600_000, lifeMs: 7_200_000 };

/** What is known of a connection from its handshake on. */
export interface ConnectionInfo {
  readonly connectionId: string;
  readonly stage: Stage;
  readonly domainName: string;
  readonly userAgent: string | undefined;
  readonly headers: readonly HeaderPair[];
  /** Milliseconds since the epoch. */
  readonly connectedAt: number;
  /** What the authorizer gave, on every event of the connection. */
  readonly authorizer: JsonObject | undefined;
}

/** An open connection. */
export class Connection {
  readonly info: ConnectionInfo;
  /** Milliseconds since the epoch. */
  lastActiveAt: number;
  readonly #socket: WebSocket;
  readonly #now: () => number;
  readonly #idle: NodeJS.Timeout;
  readonly #life: NodeJS.Timeout;

  /** @param clock milliseconds since the epoch, and how long the connection may last */
  constructor(
    info: ConnectionInfo,
    socket: WebSocket,
    clock: ConnectionLimits & { readonly now: () => number },
  ) {
    this.info = info;
    this.lastActiveAt = info.connectedAt;
    this.#socket = socket;
    this.#now = clock.now;
    this.#idle = setTimeout(() => socket.close(1001, 'Going away'), clock.idleMs).unref();
    this.#life = setTimeout(() => socket.close(1001, 'Going away'), clock.lifeMs).unref();
    socket.on('close', () => {
      clearTimeout(this.#idle);
      clearTimeout(this.#life);
    });
  }

  /** Notes a message: the idle time begins anew. */
  touch(): void {
    this.lastActiveAt = this.#now();
    if (this.#socket.readyState === this.#socket.OPEN) this.#idle.refresh();
  }

  /** Sends a text message; what cannot be sent any more is dropped. */
  send(text: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.send(text);
    this.touch();
  }

  /** Begins to close. */
  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  /** Ends at once. */
  terminate(): void {
    this.#socket.terminate();
  }
}
