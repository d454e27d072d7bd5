import { setTimeout as sleep } from 'node:timers/promises';
import { flushBoundMs, flushesAtMs } from '../../core/revocation/flush-times.ts';
import { demoClient, type Played, startLocal } from '../../test/e2e/keyturn.ts';
import { at, ms, type Scale, type Section, table } from '../harness/section.ts';
import { median, quantile } from '../harness/stats.ts';
import { distribution } from '../harness/svg.ts';

/** Revocations at a time, without and with a cache, where most of the time is waiting. */
const lanes = { off: 6, on: 60 };
/** Clients that ask without end meanwhile. */
const background = 3;

/** What a stream may take. */
const streamMs = 1000;
const cachedBoundMs = flushBoundMs + streamMs;
const uncachedBoundMs = 1000;

/** How long a token still passes after its revocation was asked for, through everything that is deployed. */
export async function revocationSeen(scale: Scale): Promise<Section> {
  const off = await seen(0, { count: at(scale, { tiny: 6, quick: 1000, full: 10_000 }), atOnce: lanes.off });
  const on = await seen(300, { count: at(scale, { tiny: 6, quick: 1000, full: 5000 }), atOnce: lanes.on });
  for (const [times, bound] of [
    [off, uncachedBoundMs],
    [on, cachedBoundMs],
  ] as const)
    if (quantile(times, 0.99) > bound) console.error(`p99 is beyond its bound of ${bound} ms`);
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
        `\`keyturn local\`, ${lanes.off} revocations at a time (${lanes.on} with a cache, each after up to 4 s of waiting) while ` +
        `${background} other clients ask without a pause. Each token passed before.`,
      table(
        ['answers cached', 'revocations', 'median', 'p99', 'longest', 'bound for p99'],
        [rowOf('not (the default)', off, uncachedBoundMs), rowOf('300 s', on, cachedBoundMs)],
      ),
      '![Without a cache](benchmark-revocation-seen.svg)',
      '![With answers cached for 300 s](benchmark-revocation-seen-cached.svg)',
      `With a cache the bound is that of the flush: the stream’s delay, for which ${streamMs / 1000} s is allowed, and ` +
        `${flushBoundMs / 1000} s: a change may wait for the turn before it, and the last flush of its own turn comes ` +
        `${flushesAtMs[1] / 1000} s later. The streams and flushes here are those of \`keyturn local\`; how long API Gateway itself ` +
        'takes to flush is not in these numbers.',
    ],
    pictures: {
      'benchmark-revocation-seen.svg': distribution('A revocation is seen, no cache', off, uncachedBoundMs),
      'benchmark-revocation-seen-cached.svg': distribution(
        'A revocation is seen, 300 s cache',
        on,
        cachedBoundMs,
      ),
    },
  };
}

/** Milliseconds of each revocation. @param atOnce how many are under way */
async function seen(
  resultsCacheSeconds: number,
  { count, atOnce }: { readonly count: number; readonly atOnce: number },
): Promise<readonly number[]> {
  /** Spread over the time between two flushes. */
  const pause = () => sleep(resultsCacheSeconds > 0 ? Math.random() * flushesAtMs[1] : 0);
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
      while (times.length < count) {
        await pause();
        times.push(await revokeOnce(played, resultsCacheSeconds > 0 ? 50 : 10));
      }
    };
    await Promise.all(Array.from({ length: lanes.off }, () => revokeOnce(played, 10)));
    await Promise.all(Array.from({ length: atOnce }, lane));
    over.abort();
    await Promise.all(load);
    return times;
  } finally {
    over.abort();
    await played.end('SIGTERM');
  }
}

async function revokeOnce(played: Played, everyMs: number): Promise<number> {
  const token = await issue(played);
  if ((await whoami(played, token)) !== 200) throw new Error('a new token was refused');
  const started = performance.now();
  const answer = await post(played, '/oauth2/revoke', { token });
  if (answer.status !== 200) throw new Error(`the revocation was answered with ${answer.status}`);
  await answer.arrayBuffer();
  while ((await whoami(played, token)) === 200) await sleep(everyMs);
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
