import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { isHopByHop, type HeaderPair } from './headers.ts';
import type { Answer } from './answer.ts';

/** A request to a backend of an HTTP or HTTP_PROXY integration. */
export interface BackendRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: readonly HeaderPair[];
  readonly body: Buffer;
  /** Milliseconds until the response must be there; where it is streamed, until its headers are. */
  readonly timeoutMs: number;
  /** Whether the response's body is handed on while it arrives, or once it is whole. */
  readonly streams: boolean;
}

/** Why a backend gave no answer. */
export type BackendFailure = 'timeout' | 'unreachable';

/** Asks a backend. */
export function askBackend(wanted: BackendRequest): Promise<Answer | BackendFailure> {
  return new Promise((resolve) => {
    const url = targetOf(wanted.url);
    if (url === undefined) return resolve('unreachable');
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = send(url, optionsOf(wanted, url));
    const fail = (): void => {
      clearTimeout(timer);
      resolve('unreachable');
    };
    const timer = setTimeout(() => {
      resolve('timeout');
      request.destroy();
    }, wanted.timeoutMs);
    request.on('response', (message) => {
      const body = wanted.streams ? Promise.resolve(message) : buffer(message);
      body.then((content) => resolve(answerOf(message, content)), fail).finally(() => clearTimeout(timer));
    });
    request.on('error', fail);
    request.end(wanted.body);
  });
}

function targetOf(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && ['http:', 'https:'].includes(url.protocol) ? url : undefined;
}

/** The backend sees its own name as `Host`. */
function optionsOf({ method, headers, body }: BackendRequest, url: URL): RequestOptions {
  const kept = headers.filter(
    ([name]) => !isHopByHop(name) && !['host', 'content-length', 'expect'].includes(name.toLowerCase()),
  );
  const length: HeaderPair[] =
    body.length > 0 || !['GET', 'HEAD'].includes(method) ? [['content-length', String(body.length)]] : [];
  return { method, headers: [['host', url.host] as HeaderPair, ...kept, ...length].flat() };
}

function answerOf(message: IncomingMessage, body: Answer['body']): Answer {
  const headers: HeaderPair[] = [];
  for (let at = 0; at + 1 < message.rawHeaders.length; at += 2) {
    const name = message.rawHeaders[at] ?? '';
    if (!isHopByHop(name)) headers.push([name, message.rawHeaders[at + 1] ?? '']);
  }
  return { status: message.statusCode ?? 502, headers, body };
}
