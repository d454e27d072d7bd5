// Stands before the engine as a process of its own: adds a fixed delay, and counts the operations that pass.
// node delay-proxy.mjs <target> <delay in ms>; prints its port; GET / answers with the counts.
import { Agent, createServer, request } from 'node:http';

const [target, delay] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true });
const counts = {};
const server = createServer((incoming, outgoing) => {
  if (incoming.method === 'GET') {
    outgoing.end(JSON.stringify(counts));
    return;
  }
  const operation = String(incoming.headers['x-amz-target']).split('.').at(-1);
  counts[operation] = (counts[operation] ?? 0) + 1;
  setTimeout(() => {
    const sent = request(target, { method: 'POST', headers: incoming.headers, agent }, (response) => {
      outgoing.writeHead(response.statusCode, response.headers);
      response.pipe(outgoing);
    });
    sent.on('error', () => incoming.socket.destroy());
    incoming.pipe(sent);
  }, Number(delay));
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
process.stdin.on('end', () => process.exit()).resume();
