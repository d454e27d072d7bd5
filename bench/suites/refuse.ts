import { bundlePeer, eventOf, type Handler, load } from '../harness/bundles.ts';
import { setScene } from '../harness/scene.ts';
import { at, ratio, type Scale, type Section, table } from '../harness/section.ts';
import { median, quantile } from '../harness/stats.ts';

const segment = (content: string) => Buffer.from(content).toString('base64url');
const header = segment('{"alg":"RS256","kid":"k","typ":"at+jwt"}');

/** What is no token, and should cost little to see through. API Gateway takes 10,240 bytes of headers. */
const inputs: Readonly<Record<string, string>> = {
  nothing: '',
  '10 kB of one letter': 'A'.repeat(10_000),
  '10 kB of dots': '.'.repeat(10_000),
  '8 kB payload, not JSON': `${header}.${'A'.repeat(8000)}.AAAA`,
  '8 kB of open brackets': `${header}.${segment('['.repeat(6000))}.AAAA`,
  '8 kB of one member, again and again': `${header}.${segment(`{${'"a":1,'.repeat(950)}"b":1}`)}.AAAA`,
  '8 kB of different members': `${header}.${segment(
    `{${Array.from({ length: 600 }, (_, index) => `"m${index}":1`).join(',')}}`,
  )}.AAAA`,
  '8 kB of escapes in one string': `${header}.${segment(`{"a":"${'\\u0041'.repeat(950)}"}`)}.AAAA`,
  '8 kB of audiences': `${header}.${segment(`{"iss":"https://rs256.example","aud":[${'"a",'.repeat(1400)}"b"]}`)}.AAAA`,
  '1 MB of one letter': 'A'.repeat(1_000_000),
  '1 MB of dots': '.'.repeat(1_000_000),
};

/** What is refused is refused at once, whatever its size. */
export async function refuse(scale: Scale): Promise<Section> {
  const rounds = at(scale, { tiny: 5, quick: 500, full: 5000 });
  const scene = await setScene();
  try {
    const handler = load(await bundlePeer('keyturn'), scene.environment('RS256'));
    const good = eventOf(await scene.token('RS256'));
    const passes = await timesOf(() => handler(good), rounds);
    const micro = (value: number) => `${(value * 1000).toFixed(0)} µs`;
    const rowOf = (name: string, times: readonly number[]) => [
      name,
      micro(median(times)),
      micro(quantile(times, 0.99)),
      ratio(median(times) / median(passes)),
      ratio(quantile(times, 0.99) / quantile(passes, 0.99)),
    ];
    const rows = [rowOf('a good token, for comparison', passes)];
    const forged = `${(await scene.token('RS256')).split('.').slice(0, 2).join('.')}.${'A'.repeat(342)}`;
    const early = await scene.token('RS256', { nbf: Math.floor(Date.now() / 1000) + 3600 });
    const all = { ...inputs, 'a wrong signature': forged, 'not valid yet': early };
    for (const [name, token] of Object.entries(all))
      rows.push(rowOf(name, await silently(() => timesOf(() => refused(handler, eventOf(token)), rounds))));
    return {
      title: 'Refused input',
      paragraphs: [
        `How long the authorizer takes to refuse what is no token, or none of ours, its log line included; ${rounds} times each, without a pause. ` +
          'The ratios are to one authorization of a good token, table read included, measured the same way: of the medians, and of ' +
          'what one in a hundred exceeds.',
        table(['input', 'median', 'p99', 'ratio', 'ratio of p99'], rows),
      ],
    };
  } finally {
    await scene.close();
  }
}

async function timesOf(operation: () => Promise<unknown>, rounds: number): Promise<readonly number[]> {
  const times: number[] = [];
  for (let round = -20; round < rounds; round += 1) {
    const started = performance.now();
    await operation();
    if (round >= 0) times.push(performance.now() - started);
  }
  return times;
}

async function refused(handler: Handler, event: object): Promise<void> {
  const answer = await handler(event).catch((error: unknown) => error);
  if (!(answer instanceof Error) || answer.message !== 'Unauthorized')
    throw new Error('the input was not refused');
}

/** A refusal writes a log line to the standard output: it is made, and left away. */
async function silently<T>(operation: () => Promise<T>): Promise<T> {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = () => true;
  try {
    return await operation();
  } finally {
    process.stdout.write = write;
  }
}
