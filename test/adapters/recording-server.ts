import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { listenOnLoopback } from '../engines.ts';

/** A server that keeps what it is asked and always answers the same. */
export interface RecordingServer {
  readonly endpoint: string;
  readonly requests: readonly { readonly headers: IncomingHttpHeaders; readonly body: string }[];
  close(): Promise<void>;
}

/** Starts one on a free loopback port. */
export async function recordingServer(answer: string): Promise<RecordingServer> {
  const requests: { headers: IncomingHttpHeaders; body: string }[] = [];
  const server = createServer((incoming, outgoing) => {
    void text(incoming).then((body) => {
      requests.push({ headers: incoming.headers, body });
      outgoing.end(answer);
    });
  });
  const port = await listenOnLoopback(server);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    requests,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
