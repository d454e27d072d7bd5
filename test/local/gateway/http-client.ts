import { request, type IncomingHttpHeaders } from 'node:http';

/** A response, read whole. */
export interface RawResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What to send. */
export interface RawRequest {
  readonly method?: string;
  /** Names and values in turn, so that duplicates and cases stay as they are. */
  readonly headers?: readonly string[];
  readonly body?: string | Buffer;
}

/** Sends a request exactly as written: `fetch` would lower-case names and join duplicates. */
export function send(
  url: string,
  { method = 'GET', headers = [], body = '' }: RawRequest = {},
): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const path = url.slice(url.indexOf('/', 'http://'.length));
    const length = body.length === 0 ? [] : ['Content-Length', String(Buffer.byteLength(body))];
    const raw = ['Host', `${hostname}:${port}`, ...length, ...headers];
    const sent = request({ hostname, port, path, method, headers: raw, agent: false }, (message) => {
      const chunks: Buffer[] = [];
      message.on('data', (chunk: Buffer) => chunks.push(chunk));
      message.on('end', () => {
        resolve({
          status: message.statusCode ?? 0,
          headers: message.headers,
          body: Buffer.concat(chunks).toString(),
        });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
