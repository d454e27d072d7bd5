import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { Environment } from '../../core/contract/environment.ts';
import {
  type AuthorizerName,
  authorizers,
  type Bundle,
  bundleFunctions,
  bundlePeer,
  eventOf,
} from '../harness/bundles.ts';
import { type Candidate, interleave } from '../harness/interleave.ts';
import { setScene } from '../harness/scene.ts';
import { at, ms, type Scale, type Section, table } from '../harness/section.ts';
import { median } from '../harness/stats.ts';
import { bars } from '../harness/svg.ts';

const run = promisify(execFile);
const names = Object.keys(authorizers) as AuthorizerName[];

/** The first answer of a new process, and what each function's bundle weighs. */
export async function coldStart(scale: Scale): Promise<Section> {
  const rounds = at(scale, { tiny: 1, quick: 15, full: 60 });
  const scene = await setScene();
  try {
    const [empty, ...peers] = await Promise.all([bundlePeer('empty'), ...names.map(bundlePeer)]);
    const functions = await bundleFunctions();
    const environment = scene.environment('RS256');
    const event = eventOf(await scene.token('RS256'));
    const answers = await coldMedians([empty, ...peers], { environment, rounds, event });
    const loads = await coldMedians([empty, ...functions], {
      environment: everyVariable(environment),
      rounds,
    });
    return sectionOf({ empty, peers, functions, answers, loads, rounds });
  } finally {
    await scene.close();
  }
}

/** Every variable of the contract, so that each function is composed; none of them calls anybody before its first event. */
function everyVariable(environment: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return { ...Object.fromEntries(Object.values(Environment).map((name) => [name, '{}'])), ...environment };
}

interface Conditions {
  readonly environment: Readonly<Record<string, string>>;
  readonly rounds: number;
  /** The first event; without one only the loading is timed. */
  readonly event?: object;
}

/** Milliseconds by bundle; NaN where a bundle does not start so. */
async function coldMedians(
  bundles: readonly Bundle[],
  conditions: Conditions,
): Promise<ReadonlyMap<string, number>> {
  const times = new Map(bundles.map(({ name }) => [name, [] as number[]]));
  const candidates = bundles.map((bundle): Candidate => ({
    name: bundle.name,
    run: async () => times.get(bundle.name)?.push(await startCold(bundle, conditions)),
  }));
  await interleave(candidates, { rounds: conditions.rounds, idleMs: 0 });
  return new Map([...times].map(([name, values]) => [name, median(values)]));
}

async function startCold({ file }: Bundle, { environment, event }: Conditions): Promise<number> {
  const script = path.join(import.meta.dirname, '..', 'harness', 'first-answer.cjs');
  const args = [script, file, ...(event === undefined ? [] : [JSON.stringify(event)])];
  const { stdout } = await run(process.execPath, args, {
    env: { PATH: process.env.PATH ?? '', ...environment },
  });
  const last = stdout.trim().split('\n').at(-1) ?? '';
  const { loadMs, answerMs } = JSON.parse(last) as { readonly loadMs: number; readonly answerMs: number };
  return event === undefined ? loadMs : answerMs;
}

interface Findings {
  readonly empty: Bundle;
  readonly peers: readonly Bundle[];
  readonly functions: readonly Bundle[];
  readonly answers: ReadonlyMap<string, number>;
  readonly loads: ReadonlyMap<string, number>;
  readonly rounds: number;
}

function sectionOf({ empty, peers, functions, answers, loads, rounds }: Findings): Section {
  const above = (times: ReadonlyMap<string, number>, { name }: Bundle) =>
    (times.get(name) ?? Number.NaN) - (times.get(empty.name) ?? Number.NaN);
  const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB`;
  const sizes = ({ bytes, gzippedBytes }: Bundle) => [kilobytes(bytes), kilobytes(gzippedBytes)];
  const labelOf = ({ name }: Bundle) => authorizers[name as AuthorizerName];
  return {
    title: 'Cold start and size',
    paragraphs: [
      `The time from loading the bundle to its first answer (RS256), in a new process, above that of an empty handler; the ` +
        `median of ${rounds} starts each, in turn.`,
      table(
        ['', 'first answer', 'bundle', 'gzipped'],
        peers.map((peer) => [labelOf(peer), `+${ms(above(answers, peer))} ms`, ...sizes(peer)]),
      ),
      '![Cold start](benchmark-cold-start.svg)',
      'Not like for like: Lambda’s own share of a cold start (fetching the code, starting the runtime) is the same for all and ' +
        'in none of these. Keyturn reads its keys from a table here, the others find theirs in the environment.',
      'Every function of the stack: what its bundle weighs, and how long it takes to load in a new process, above an empty one.',
      table(
        ['function', 'load', 'bundle', 'gzipped'],
        functions.map((one) => [
          `\`${one.name}\``,
          `+${ms(Math.max(0, above(loads, one)))} ms`,
          ...sizes(one),
        ]),
      ),
    ],
    pictures: {
      'benchmark-cold-start.svg': bars(
        'First answer of a new process, above an empty handler (median)',
        peers.map((peer) => {
          const value = above(answers, peer);
          return { label: labelOf(peer), value, text: `${ms(value)} ms`, isOurs: peer.name === 'keyturn' };
        }),
      ),
    },
  };
}
