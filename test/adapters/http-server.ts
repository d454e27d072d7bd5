import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { text } from 'node:stream/consumers';
import { listenOnLoopback } from '../engines.ts';

/** What a server was asked. */
export interface Received {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** An HTTP server on a loopback port. */
export interface TestServer {
  readonly url: string;
  readonly received: readonly Received[];
  close(): Promise<void>;
}

/** Serves with a listener; bodies are read before it is called. */
export async function serve(listener: RequestListener): Promise<TestServer> {
  const received: Received[] = [];
  const receive = async (request: IncomingMessage): Promise<void> => {
    const { method, url, headers } = request;
    received.push({ method, url, headers, body: await text(request) });
  };
  const server = createServer((request, response) => {
    void receive(request).finally(() => listener(request, response));
  });
  const port = await listenOnLoopback(server);
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
