import { randomBytes } from 'node:crypto';
import { hashSecret, isSecretOf, newSecret } from '../../core/issue/client-secret.ts';
import type { Client } from '../../core/issue/client.ts';
import { equalInConstantTime } from '../../core/issue/constant-time.ts';
import { at, type Scale, type Section, table } from '../harness/section.ts';
import { quantile, welch } from '../harness/stats.ts';

const random = (length: number) => new Uint8Array(randomBytes(length));

/** What is stored, and what is presented: two texts of one length. */
interface Pair {
  readonly stored: string;
  readonly presented: string;
}

/** Two classes of pairs, and what is done with one of them. */
interface Classes {
  /** A pair of the first or of the second class. What is presented is random in both. */
  pair(isFirst: boolean): Promise<Pair>;
  /** Readies a pair, and gives what is timed. */
  check(pair: Pair, isFirst: boolean): () => unknown;
}

/** Whether the time that a client secret takes says anything about the secret (dudect's method). */
export async function secrets(scale: Scale): Promise<Section> {
  const rounds = at(scale, { tiny: 50, quick: 20_000, full: 400_000 });
  const rows: (readonly string[])[] = [];
  for (const [name, both] of Object.entries(classes)) {
    const [one, other] = cropped(await race(both, rounds));
    rows.push([name, welch(one, other).toFixed(2)]);
  }
  return {
    title: 'Secrets in constant time',
    paragraphs: [
      `Welch’s t of the times of two classes, ${rounds} of each in random order, the slowest tenth left away. What is presented ` +
        'is another random secret each time, in both classes; they differ in what is stored. Below 4.5 in absolute value no difference is seen; from 10 there is one.',
      table(['classes', 't'], rows),
    ],
  };
}

const secret = () => newSecret(random);
const otherHash = () => hashSecret(secret());
/** The first character that base64url writes for other bits. */
const changed = (character = '') => (character === 'A' ? 'B' : 'A');
const exceptFirst = (text: string) => changed(text[0]) + text.slice(1);
const exceptLast = (text: string) => text.slice(0, -1) + changed(text.at(-1));

const classes: Readonly<Record<string, Classes>> = {
  'the right secret and wrong ones': {
    async pair(isFirst) {
      const presented = secret();
      return { presented, stored: isFirst ? await hashSecret(presented) : await otherHash() };
    },
    check: checkSecret,
  },
  'a wrong secret whose hash differs in the last character alone, and other wrong ones': {
    async pair(isFirst) {
      const presented = secret();
      return { presented, stored: isFirst ? exceptLast(await hashSecret(presented)) : await otherHash() };
    },
    check: checkSecret,
  },
  'no such client and a client, both with wrong secrets': {
    pair: async () => ({ presented: secret(), stored: await otherHash() }),
    check: ({ stored, presented }, isFirst) => {
      const client = clientOf(stored);
      return () => isSecretOf(isFirst ? undefined : client, presented);
    },
  },
  'the comparison alone, 50 times: the same hash and others': {
    async pair(isFirst) {
      const presented = secret();
      return { presented, stored: isFirst ? presented : secret() };
    },
    check: comparing(equalInConstantTime),
  },
  'the comparison alone, 50 times: hashes that differ in the first character and in the last': {
    pair: differingAt,
    check: comparing(equalInConstantTime),
  },
  'the same by a comparison that stops at the first difference, which has to be seen': {
    pair: differingAt,
    check: comparing(stopsEarly),
  },
};

function checkSecret({ stored, presented }: Pair): () => unknown {
  const client = clientOf(stored);
  return () => isSecretOf(client, presented);
}

async function differingAt(isFirst: boolean): Promise<Pair> {
  const presented = secret();
  return { presented, stored: isFirst ? exceptFirst(presented) : exceptLast(presented) };
}

/** One comparison is shorter than what the clock can tell. */
function comparing(equal: (a: string, b: string) => boolean): Classes['check'] {
  return ({ stored, presented }) =>
    () => {
      for (let turn = 0; turn < 50; turn += 1) equal(stored, presented);
    };
}

function stopsEarly(a: string, b: string): boolean {
  let index = 0;
  while (index < a.length && a.charCodeAt(index) === b.charCodeAt(index)) index += 1;
  return index === a.length;
}

function clientOf(hash: string): Client {
  const secretsOf = [{ hash, createdAt: 0 }];
  return { clientId: 'c', grants: [], scopes: [], createdAt: 0, version: 1, secrets: secretsOf };
}

/** Made at a time, so that those of a large sample need no large memory. */
const batch = 1000;

/** Microseconds of both classes, in random order. The first batches only warm up. */
async function race(both: Classes, rounds: number): Promise<readonly [number[], number[]]> {
  const times: readonly [number[], number[]] = [[], []];
  for (let made = -2 * batch; made < 2 * rounds; made += batch) {
    const order = Array.from({ length: batch }, () => Math.random() < 0.5);
    const pairs = copied(await Promise.all(order.map((isFirst) => both.pair(isFirst))));
    const checks = pairs.map((pair, index) => both.check(pair, order[index] ?? false));
    for (const [index, isFirst] of order.entries()) {
      const started = process.hrtime.bigint();
      await checks[index]?.();
      const took = Number(process.hrtime.bigint() - started) / 1000;
      if (made >= 0) times[isFirst ? 0 : 1].push(took);
    }
  }
  return times;
}

/**
 * The same pairs, each text made anew out of one buffer as a request's are: else those of one class would lie closer
 * together in memory than those of the other, which timing sees.
 */
function copied(pairs: readonly Pair[]): readonly Pair[] {
  const texts = pairs.flatMap(({ stored, presented }) => [stored, presented]);
  const bytes = Buffer.from(texts.join(''), 'latin1');
  const { length } = texts[0] ?? '';
  const text = (index: number) => bytes.toString('latin1', index * length, (index + 1) * length);
  return pairs.map((_, index) => ({ stored: text(2 * index), presented: text(2 * index + 1) }));
}

function cropped([one, other]: readonly [number[], number[]]): readonly [number[], number[]] {
  const limit = quantile([...one, ...other], 0.9);
  return [one.filter((time) => time <= limit), other.filter((time) => time <= limit)];
}
