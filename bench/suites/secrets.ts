import { randomBytes } from 'node:crypto';
import { hashSecret, isSecretOf, newSecret } from '../../core/issue/client-secret.ts';
import type { Client } from '../../core/issue/client.ts';
import { at, type Scale, type Section, table } from '../harness/section.ts';
import { quantile, welch } from '../harness/stats.ts';

const random = (length: number) => new Uint8Array(randomBytes(length));

/** Whether the time that a client secret takes says anything about the secret (dudect's method). */
export async function secrets(scale: Scale): Promise<Section> {
  const rounds = at(scale, { tiny: 50, quick: 20_000, full: 400_000 });
  const secret = newSecret(random);
  const client = await clientOf(secret);
  const cases: readonly [string, () => Promise<readonly [number[], number[]]>][] = [
    ['a fixed wrong secret and random wrong ones', () => sample(client, () => fixedWrong, rounds)],
    ['no such client and a client, both with wrong secrets', () => sampleClients(client, rounds)],
  ];
  const rows: (readonly string[])[] = [];
  for (const [name, measure] of cases) {
    const [one, other] = cropped(await measure());
    rows.push([name, welch(one, other).toFixed(2)]);
  }
  return {
    title: 'Secrets in constant time',
    paragraphs: [
      `Welch’s t of the times that two classes of client secrets take to be compared, ${rounds} of each in random order, the ` +
        'slowest tenth left away. Below 4.5 in absolute value no difference is seen; from 10 there is one. Right and wrong are told apart by the answer itself.',
      table(['classes', 't'], rows),
    ],
  };
}

const fixedWrong = newSecret(random);

async function clientOf(secret: string): Promise<Client> {
  return {
    ...{ clientId: 'c', grants: [], scopes: [], createdAt: 0, version: 1 },
    secrets: [{ hash: await hashSecret(secret), createdAt: 0 }],
  };
}

/** Times of one class against random secrets. */
async function sample(
  client: Client,
  make: () => string,
  rounds: number,
): Promise<readonly [number[], number[]]> {
  return race((isFirst) => ({ client, secret: isFirst ? make() : newSecret(random) }), rounds);
}

async function sampleClients(client: Client, rounds: number): Promise<readonly [number[], number[]]> {
  return race((isFirst) => ({ client: isFirst ? undefined : client, secret: newSecret(random) }), rounds);
}

interface Presented {
  readonly client: Client | undefined;
  readonly secret: string;
}

/** Microseconds of both classes, which are drawn at random. */
async function race(
  draw: (isFirst: boolean) => Presented,
  rounds: number,
): Promise<readonly [number[], number[]]> {
  const times: readonly [number[], number[]] = [[], []];
  for (let round = -1000; round < 2 * rounds; round += 1) {
    const isFirst = Math.random() < 0.5;
    const { client, secret } = draw(isFirst);
    const started = process.hrtime.bigint();
    await isSecretOf(client, secret);
    const took = Number(process.hrtime.bigint() - started) / 1000;
    if (round >= 0) times[isFirst ? 0 : 1].push(took);
  }
  return times;
}

function cropped([one, other]: readonly [number[], number[]]): readonly [number[], number[]] {
  const limit = quantile([...one, ...other], 0.9);
  return [one.filter((time) => time <= limit), other.filter((time) => time <= limit)];
}
