import { randomBytes } from 'node:crypto';
import { hashSecret, isSecretOf, newSecret } from '../../core/issue/client-secret.ts';
import type { Client } from '../../core/issue/client.ts';
import { equalInConstantTime } from '../../core/issue/constant-time.ts';
import { at, type Scale, type Section, table } from '../harness/section.ts';
import { quantile, welch } from '../harness/stats.ts';

const random = (length: number) => new Uint8Array(randomBytes(length));

/** Two classes of texts, and what is done with one of them. */
interface Classes {
  /** A text of the first or of the second class; all have one length. */
  text(isFirst: boolean): string;
  /** What is timed. */
  run(text: string, isFirst: boolean): unknown;
}

/** Whether the time that a client secret takes says anything about the secret (dudect's method). */
export async function secrets(scale: Scale): Promise<Section> {
  const rounds = at(scale, { tiny: 50, quick: 20_000, full: 400_000 });
  const rows: (readonly string[])[] = [];
  for (const [name, both] of Object.entries(await classes())) {
    const [one, other] = cropped(await race(both, rounds));
    rows.push([name, welch(one, other).toFixed(2)]);
  }
  return {
    title: 'Secrets in constant time',
    paragraphs: [
      `Welch’s t of the times of two classes, ${rounds} of each in random order, the slowest tenth left away. All secrets of both ` +
        'classes are made before, all in one way. Below 4.5 in absolute value no difference is seen; from 10 there is one.',
      table(['classes', 't'], rows),
    ],
  };
}

async function classes(): Promise<Readonly<Record<string, Classes>>> {
  const [right, wrong] = [newSecret(random), newSecret(random)];
  const hash = await hashSecret(right);
  const client = clientOf(hash);
  const [early, late] = [`.${hash.slice(1)}`, `${hash.slice(0, -1)}.`];
  const other = () => newSecret(random);
  const check = (secret: string) => isSecretOf(client, secret);
  return {
    'the right secret and random wrong ones': {
      text: (isFirst) => (isFirst ? right : other()),
      run: check,
    },
    'a fixed wrong secret and random wrong ones': {
      text: (isFirst) => (isFirst ? wrong : other()),
      run: check,
    },
    'no such client and a client, both with wrong secrets': {
      text: other,
      run: (secret, isFirst) => isSecretOf(isFirst ? undefined : client, secret),
    },
    'the comparison alone, 50 times: the same hash and others': {
      text: (isFirst) => (isFirst ? hash : other()),
      run: (text) => compare(hash, text),
    },
    'the comparison alone, 50 times: hashes that differ in the first character and in the last': {
      text: (isFirst) => (isFirst ? early : late),
      run: (text) => compare(hash, text),
    },
    'the same by a comparison that stops at the first difference, which has to be seen': {
      text: (isFirst) => (isFirst ? early : late),
      run: (text) => compare(hash, text, stopsEarly),
    },
  };
}

/** One comparison is shorter than what the clock can tell. */
function compare(hash: string, presented: string, equal = equalInConstantTime): void {
  for (let turn = 0; turn < 50; turn += 1) equal(hash, presented);
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
    const texts = copied(order.map((isFirst) => both.text(isFirst)));
    for (const [index, isFirst] of order.entries()) {
      const text = texts[index] ?? '';
      const started = process.hrtime.bigint();
      await both.run(text, isFirst);
      const took = Number(process.hrtime.bigint() - started) / 1000;
      if (made >= 0) times[isFirst ? 0 : 1].push(took);
    }
  }
  return times;
}

/**
 * The same texts, each made anew out of one buffer as a request's are: else those of one class would lie closer together
 * in memory than those of the other, which timing sees.
 */
function copied(texts: readonly string[]): readonly string[] {
  const bytes = Buffer.from(texts.join(''), 'latin1');
  const { length } = texts[0] ?? '';
  return texts.map((_, index) => bytes.toString('latin1', index * length, (index + 1) * length));
}

function cropped([one, other]: readonly [number[], number[]]): readonly [number[], number[]] {
  const limit = quantile([...one, ...other], 0.9);
  return [one.filter((time) => time <= limit), other.filter((time) => time <= limit)];
}
