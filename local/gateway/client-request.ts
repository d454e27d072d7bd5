import type { IncomingMessage } from 'node:http';
import { traceId } from './identifiers.ts';
import { headerValue, headerValues, isHopByHop, withoutHeaders, type HeaderPair } from './headers.ts';

/** Everything listens on the loopback, so this is where every caller is. */
export const sourceIp = '127.0.0.1';

/** Largest body, in bytes (API Gateway quotas: payload size 10 MB). */
export const bodyLimit = 10 * 1024 * 1024;

/** Largest request line and headers together, in bytes (API Gateway quotas). */
export const headerLimit = 10_240;

/** A request as a client sent it. */
export interface ClientRequest {
  readonly method: string;
  /** Percent-encoded as it came, without the query. */
  readonly path: string;
  readonly rawQuery: string;
  /** Such as `HTTP/1.1`. */
  readonly protocol: string;
  /** As they came: own case, duplicates kept. */
  readonly headers: readonly HeaderPair[];
  readonly body: Buffer;
  /** Which limit the request is above; its body is then empty. */
  readonly excess?: 'headers' | 'body';
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  /** The port that it came in on. */
  readonly port: number;
}

/**
 * Reads a whole request, its body up to {@link bodyLimit}.
 *
 * @param receivedAt milliseconds since the epoch
 * @throws when the client goes away before its request is complete
 */
export async function readRequest(message: IncomingMessage, receivedAt: number): Promise<ClientRequest> {
  const head = headOf(message, receivedAt);
  if (headSize(message) > headerLimit) return { ...head, excess: 'headers' };
  const body = await readBody(message);
  return body === undefined ? { ...head, excess: 'body' } : { ...head, body };
}

/** The request without its body (which a WebSocket handshake does not have). */
export function headOf(message: IncomingMessage, receivedAt: number): ClientRequest {
  const target = originForm(message.url ?? '/');
  const at = target.indexOf('?');
  return {
    method: message.method ?? 'GET',
    path: at < 0 ? target : target.slice(0, at),
    rawQuery: at < 0 ? '' : target.slice(at + 1),
    protocol: `HTTP/${message.httpVersion}`,
    headers: pairs(message.rawHeaders),
    body: Buffer.alloc(0),
    receivedAt,
    port: message.socket.localPort ?? 0,
  };
}

/** The headers that a function or a backend sees: hop-by-hop ones removed, what the gateway adds added. */
export function forwardedHeaders(request: ClientRequest): HeaderPair[] {
  const kept = request.headers.filter(([name]) => !isHopByHop(name));
  const client = withoutHeaders(kept, [
    'x-forwarded-for',
    'x-forwarded-port',
    'x-forwarded-proto',
    'x-amzn-trace-id',
  ]);
  const before = headerValues(request.headers, 'x-forwarded-for');
  return [
    ...client,
    ['X-Amzn-Trace-Id', headerValue(request.headers, 'x-amzn-trace-id') ?? traceId(request.receivedAt)],
    ['X-Forwarded-For', [...before, sourceIp].join(', ')],
    ['X-Forwarded-Port', String(request.port)],
    ['X-Forwarded-Proto', 'http'],
  ];
}

/** The host that the client used, with its port when it named one: what a function sees as its own domain name. */
export function domainName(request: ClientRequest): string {
  return headerValue(request.headers, 'host') ?? `${sourceIp}:${request.port}`;
}

/** An absolute-form target (`GET http://host/path`) is reduced to its path and query (RFC 9112, section 3.2.2). */
function originForm(target: string): string {
  if (target.startsWith('/')) return target;
  const match = /^https?:\/\/[^/?#]*(?<rest>.*)$/i.exec(target);
  const rest = match?.groups?.['rest'] ?? '';
  return rest.startsWith('/') ? rest : `/${rest}`;
}

function pairs(raw: readonly string[]): HeaderPair[] {
  const found: HeaderPair[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) found.push([raw[at] ?? '', raw[at + 1] ?? '']);
  return found;
}

function headSize(message: IncomingMessage): number {
  const line = (message.method ?? '').length + (message.url ?? '').length;
  return message.rawHeaders.reduce((size, part) => size + part.length, line);
}

/** What is above the limit is read but not kept: a client in the middle of sending would not see the answer. */
async function readBody(message: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= bodyLimit) chunks.push(chunk);
  }
  return size > bodyLimit ? undefined : Buffer.concat(chunks);
}
