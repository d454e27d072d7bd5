import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/** A proxy before an engine. */
export interface Proxy {
  readonly endpoint: string;
  close(): void;
}

/** Starts a proxy, in a process of its own, that holds every request for a time. */
export async function delayed(target: string, delayMs: number): Promise<Proxy> {
  const file = path.join(import.meta.dirname, 'delay-proxy.mjs');
  const child = spawn(process.execPath, [file, target, String(delayMs)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  return { endpoint: `http://127.0.0.1:${port.toString().trim()}`, close: () => child.stdin.end() };
}
