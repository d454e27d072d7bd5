import { setTimeout as sleep } from 'node:timers/promises';
import { demoClient, type Played, startLocal } from '../../test/e2e/keyturn.ts';
import { at, ms, type Scale, type Section, table } from '../harness/section.ts';
import { median, quantile } from '../harness/stats.ts';
import { distribution } from '../harness/svg.ts';

/** Revocations at a time, and clients that ask without end meanwhile. */
const lanes = 6;
const background = 3;

/** From a change to the end of its flushes: the batch before it (4 s), the stream (1 s), both of its own flushes (4 s). */
const flushBoundMs = 9000;
const uncachedBoundMs = 1000;

/** How long a token still passes after its revocation was asked for, through everything that is deployed. */
export async function revocationSeen(scale: Scale): Promise<Section> {
  const off = await seen(0, at(scale, { tiny: 6, quick: 1000, full: 10_000 }));
  const on = await seen(300, at(scale, { tiny: 6, quick: 100, full: 1000 }));
  const rowOf = (name: string, times: readonly number[], bound: number) => [
    name,
    String(times.length),
    `${ms(median(times))} ms`,
    `${ms(quantile(times, 0.99))} ms`,
    `${ms(Math.max(...times))} ms`,
    `${bound} ms`,
  ];
  return {
    title: 'A revocation is seen',
    paragraphs: [
      'The time from sending `POST /oauth2/revoke` to the first refusal of the token at `GET /whoami`, over HTTP through ' +
        `\`keyturn local\`, ${lanes} revocations at a time while ${background} other clients ask without a pause. Each token passed before.`,
      table(
        ['answers cached', 'revocations', 'median', 'p99', 'longest', 'bound for p99'],
        [rowOf('not (the default)', off, uncachedBoundMs), rowOf('300 s', on, flushBoundMs)],
      ),
      '![Without a cache](benchmark-revocation-seen.svg)',
      '![With answers cached for 300 s](benchmark-revocation-seen-cached.svg)',
      `With a cache the bound is that of the flush: a change may wait for the batch before it (4 s), the stream takes up to 1 s, ` +
        'and the last of its own two flushes comes 4 s later. The streams and flushes here are those of `keyturn local`; how long ' +
        'API Gateway itself takes to flush is not in these numbers.',
    ],
    pictures: {
      'benchmark-revocation-seen.svg': distribution('A revocation is seen, no cache', off, uncachedBoundMs),
      'benchmark-revocation-seen-cached.svg': distribution(
        'A revocation is seen, 300 s cache',
        on,
        flushBoundMs,
      ),
    },
  };
}

/** Milliseconds of each revocation. */
async function seen(resultsCacheSeconds: number, count: number): Promise<readonly number[]> {
  const played = await startLocal({ config: { stackName: 'Keyturn', resultsCacheSeconds } });
  const times: number[] = [];
  const over = new AbortController();
  try {
    const load = Array.from({ length: background }, async () => {
      const token = await issue(played);
      while (!over.signal.aborted) {
        if ((await whoami(played, token)) !== 200) throw new Error('a good token was refused');
      }
    });
    const lane = async (): Promise<void> => {
      while (times.length < count) times.push(await revokeOnce(played));
    };
    await Promise.all(Array.from({ length: lanes }, () => revokeOnce(played)));
    await Promise.all(Array.from({ length: lanes }, lane));
    over.abort();
    await Promise.all(load);
    return times;
  } finally {
    over.abort();
    await played.end('SIGTERM');
  }
}

async function revokeOnce(played: Played): Promise<number> {
  const token = await issue(played);
  if ((await whoami(played, token)) !== 200) throw new Error('a new token was refused');
  const started = performance.now();
  const answer = await post(played, '/oauth2/revoke', { token });
  if (answer.status !== 200) throw new Error(`the revocation was answered with ${answer.status}`);
  await answer.arrayBuffer();
  while ((await whoami(played, token)) === 200) await sleep(10);
  return performance.now() - started;
}

async function issue(played: Played): Promise<string> {
  const answer = await post(played, '/oauth2/token', { grant_type: 'client_credentials' });
  return ((await answer.json()) as { readonly access_token: string }).access_token;
}

async function whoami({ url }: Played, token: string): Promise<number> {
  const answer = await fetch(`${url}/whoami`, { headers: { authorization: `Bearer ${token}` } });
  await answer.arrayBuffer();
  return answer.status;
}

function post(played: Played, route: string, fields: Readonly<Record<string, string>>): Promise<Response> {
  const { clientId, secret } = demoClient(played);
  const body = new URLSearchParams({ client_id: clientId, client_secret: secret, ...fields });
  return fetch(played.url + route, { method: 'POST', body });
}
