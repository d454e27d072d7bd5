import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';

/** What came back, whatever its status. */
export interface PostAnswer {
  readonly status: number;
  readonly requestId: string | undefined;
  readonly body: string;
}

/** What is sent, and when to give up. */
export interface PostRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Longest time until the whole answer is here, the connection included, in milliseconds. */
  readonly timeMs: number;
  readonly signal: AbortSignal;
}

/** Posts to one address over connections that are kept. */
export type Post = (request: PostRequest) => Promise<PostAnswer>;

/**
 * Makes what posts to an endpoint. Its promise rejects with Node's error, whose `code` is `ETIMEDOUT` where the time is
 * over, or with an `AbortError`.
 */
export function poster(endpoint: URL): Post {
  const isTls = endpoint.protocol === 'https:';
  const request = isTls ? requestHttps : requestHttp;
  const agent = isTls ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  const { hostname, port } = endpoint;
  const target = { method: 'POST', hostname: hostname.replace(/^\[|\]$/g, ''), port, path: '/', agent };
  return ({ headers, body, timeMs, signal }) =>
    new Promise((resolve, reject) => {
      const sent = request({ ...target, headers, signal }, (response) => read(response, resolve, reject));
      const timer = setTimeout(() => sent.destroy(timedOut(timeMs)), timeMs);
      sent.on('error', reject).on('close', () => clearTimeout(timer));
      sent.end(body);
    });
}

function read(
  response: IncomingMessage,
  resolve: (answer: PostAnswer) => void,
  reject: (error: Error) => void,
): void {
  const requestId = response.headers['x-amzn-requestid'];
  let body = '';
  response
    .setEncoding('utf8')
    .on('data', (chunk: string) => (body += chunk))
    .on('end', () => resolve({ status: response.statusCode ?? 0, requestId: requestId?.toString(), body }))
    .on('error', reject);
}

function timedOut(timeMs: number): Error {
  return Object.assign(new Error(`no whole answer within ${timeMs} ms`), { code: 'ETIMEDOUT' });
}
