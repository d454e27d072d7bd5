import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';

/** One request, and how much of an answer is taken. */
export interface ExchangeRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Longest time until the whole answer is here, in milliseconds. */
  readonly timeMs: number;
  /** Largest body that is taken, in bytes. */
  readonly maxBytes: number;
}

/** What came back. Redirects are not followed: they come back as they are. */
export interface ExchangeAnswer {
  readonly status: number;
  readonly body: Buffer;
}

/**
 * Sends one request over TLS; plain http goes to a loopback address only. Each request has a connection of its own:
 * these are rare, and a kept one may have died while the container was frozen.
 *
 * @throws Error where the address is not allowed, nothing answers in time, or the answer is too large. Its message
 *   does not hold the address, which may be a signed one.
 */
export async function exchange(address: string, options: ExchangeRequest): Promise<ExchangeAnswer> {
  const { method, headers, body, timeMs, maxBytes } = options;
  const url = new URL(address);
  const signal = AbortSignal.timeout(timeMs);
  try {
    return await new Promise((resolve, reject) => {
      const sent = requestFor(url)(url, { method, headers, signal, agent: false }, (response) => {
        readBody(response, maxBytes).then(
          (content) => resolve({ status: response.statusCode ?? 0, body: content }),
          reject,
        );
      });
      sent.on('error', reject).end(body);
    });
  } catch (error) {
    if (signal.aborted) throw new Error(`no whole answer within ${timeMs} ms`, { cause: error });
    throw error;
  }
}

function requestFor({ protocol, hostname }: URL): typeof requestHttps {
  if (protocol === 'https:') return requestHttps;
  if (protocol === 'http:' && isLoopback(hostname)) return requestHttp;
  throw new Error(
    `got an address of ${protocol}//${hostname}; allowed: https, or http on a loopback address`,
  );
}

/** `URL` has already brought every spelling of an IPv4 address to the dotted one. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/** Leaving the loop early destroys the response, and the connection with it. */
async function readBody(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes)
      throw new Error(`got an answer of more than ${maxBytes} bytes; allowed: ${maxBytes}`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
