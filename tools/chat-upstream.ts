/** For the checks, a stub of a provider with an OpenAI-compatible API: it keeps what it was sent and answers as a chat model does. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** What came in. */
export interface Asked {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly model: string;
}

/** A provider that listens. */
export interface Upstream {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** Ends the stream that was begun last. */
  finish(): void;
  close(): void;
}

/** Starts a provider on a loopback port. */
export async function startUpstream(): Promise<Upstream> {
  const asked: Asked[] = [];
  let finish = (): void => undefined;
  const server = createServer((request, response) => {
    void answer(request, response).then((streaming) => {
      asked.push(streaming.asked);
      finish = streaming.finish;
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    finish: () => finish(),
    close: () => server.close(),
  };
}

/** A stream says its first word at once, and the last one when it is told to. */
async function answer(
  request: IncomingMessage,
  response: ServerResponse,
): Promise<{ readonly asked: Asked; readonly finish: () => void }> {
  const { model, stream } = (await json(request)) as { readonly model: string; readonly stream?: boolean };
  const asked = { path: request.url ?? '', authorization: request.headers.authorization, model };
  if (stream !== true) {
    const choices = [{ index: 0, message: { role: 'assistant', content: 'Hello' } }];
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ object: 'chat.completion', model, choices }));
    return { asked, finish: () => undefined };
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write('data: {"choices":[{"delta":{"content":"Hel"}}]}\n\n');
  return {
    asked,
    finish: () => response.end('data: {"choices":[{"delta":{"content":"lo"}}]}\n\ndata: [DONE]\n\n'),
  };
}
