import { revocationId } from '../../core/revocation/record.ts';
import { heldLookup, holdSeconds, type RevocationLookup } from '../../core/revocation/held-reader.ts';
import type { RevocationIds } from '../../core/revocation/decide.ts';
import { at, type Scale, type Section, table } from '../harness/section.ts';

/** Strongly consistent reads a second that one DynamoDB key gives, of items up to 4 KB. */
const readsPerKey = 3000;

const requestsPerSecond = 50_000;
const issuer = 'https://issuer.example';
const common = [
  revocationId('issuer', issuer, ''),
  revocationId('key', issuer, 'kid'),
  revocationId('client', issuer, 'busy-client'),
  revocationId('subject', issuer, 'busy-client'),
];

/** Whether a busy client, or an issuer that all requests share, becomes a hot key. */
export async function hotKey(scale: Scale): Promise<Section> {
  const seconds = at(scale, { tiny: 1, quick: 3, full: 10 });
  const rows: (readonly string[])[] = [];
  for (const containers of [50, 250, 1000, 1500]) {
    const peak = await peakReads(containers, seconds);
    const most = Math.ceil(1 / holdSeconds) * containers;
    const verdict = peak < readsPerKey ? 'below' : peak === readsPerKey ? 'at' : 'above';
    rows.push([
      String(containers),
      `${((containers / requestsPerSecond) * 1000).toFixed(0)} ms`,
      `${peak}`,
      `1 / ${holdSeconds} s × ${containers} = ${most}`,
      `${requestsPerSecond}`,
      `${verdict} ${readsPerKey}`,
    ]);
  }
  return {
    title: 'No hot key',
    paragraphs: [
      `${requestsPerSecond} requests a second, all of one client, subject, key and issuer, spread over containers at random, ` +
        `simulated for ${seconds} s with the authorizer’s own reader and a clock that is handed in. One DynamoDB key gives ` +
        `${readsPerKey} strongly consistent reads a second. A container asks for a shared record again after ${holdSeconds} s at the ` +
        'earliest, so that a key is read at most 1 / hold × containers times a second, however many requests there are. The ' +
        'token’s own record is read each time: it is another key for every token.',
      table(
        [
          'containers',
          'busy with one request for',
          'reads of the busiest key in one second',
          'at most',
          'without holding',
          'DynamoDB’s limit',
        ],
        rows,
      ),
      `The limit is met at ${readsPerKey * holdSeconds} containers that are all busy with one client: at ${requestsPerSecond} ` +
        `requests a second, each would have to take ${((readsPerKey * holdSeconds) / requestsPerSecond) * 1000} ms.`,
    ],
  };
}

/** Reads of the busiest key in its busiest second. */
async function peakReads(containers: number, seconds: number): Promise<number> {
  const counts = new Map<string, number>();
  let second = 0;
  const reader = {
    async read(ids: readonly string[]) {
      for (const id of ids) counts.set(`${second} ${id}`, (counts.get(`${second} ${id}`) ?? 0) + 1);
      return new Map();
    },
  };
  const lookups = Array.from({ length: containers }, () => heldLookup(reader));
  let peak = 0;
  for (let index = 0; index < requestsPerSecond * seconds; index += 1) {
    const now = index / requestsPerSecond;
    if (Math.floor(now) !== second) {
      peak = Math.max(peak, ...counts.values());
      counts.clear();
      second = Math.floor(now);
    }
    const lookup = lookups[Math.floor(Math.random() * containers)] as RevocationLookup;
    const ids: RevocationIds = { token: revocationId('token', issuer, `jti-${index}`), common };
    await lookup.find(ids, now);
  }
  return Math.max(peak, ...counts.values());
}
