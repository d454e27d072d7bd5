/** Searches everything that a run lets out for what must never be there. */
import { inspect } from 'node:util';
import { canary } from '../canary.ts';
import { segmentsOf } from './forge.ts';

/** Shorter parts are found in innocent text by chance. */
const shortest = 12;

/** Collects what was let out, and what must not be in it. */
export interface Canaries {
  /** A token: neither it, nor its payload, nor its signature may be seen. */
  token(token: string): void;
  /** A private key member, a PEM, a client secret. */
  secret(secret: string): void;
  /** A log line, an error, an answer: anything. */
  out(value: unknown): void;
  /** What was let out and holds a canary, with the canary cut short; empty where nothing was. */
  found(): readonly string[];
}

export function makeCanaries(): Canaries {
  const secrets = new Set<string>();
  const lines: string[] = [];
  const add = (secret: string) => void (secret.length >= shortest && secrets.add(secret));
  return {
    token: (token) => [token, ...segmentsOf(token).slice(1)].forEach(add),
    secret: (secret) =>
      [canary(secret), ...secret.split('\n').filter((line) => !line.startsWith('-----'))].forEach(add),
    out: (value) => void lines.push(textOf(value)),
    found: () => [...new Set(lines.flatMap((line) => leaksOf(line, secrets)))],
  };
}

function leaksOf(line: string, secrets: ReadonlySet<string>): readonly string[] {
  return [...secrets]
    .filter((secret) => line.includes(secret))
    .map((secret) => `${secret.slice(0, 6)}… in ${line.slice(0, 120)}`);
}

/** An error with its stack, its cause and its own members. */
function textOf(value: unknown): string {
  return typeof value === 'string'
    ? value
    : inspect(value, { depth: 12, maxStringLength: null, maxArrayLength: null });
}

/** Watches standard output and standard error until `stop`. */
export function watchOutput(canaries: Canaries): { stop(): void } {
  const streams = [process.stdout, process.stderr].map((stream) => ({ stream, write: stream.write }));
  for (const { stream, write } of streams) {
    stream.write = ((chunk: unknown, ...rest: []) => {
      canaries.out(chunk instanceof Uint8Array ? Buffer.from(chunk).toString() : chunk);
      return write.call(stream, chunk as string, ...rest);
    }) as typeof stream.write;
  }
  return { stop: () => streams.forEach(({ stream, write }) => (stream.write = write)) };
}
