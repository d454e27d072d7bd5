import { Environment } from '../../core/contract/environment.ts';
import { bundlePeer, eventOf, load } from '../harness/bundles.ts';
import { type Candidate, interleave } from '../harness/interleave.ts';
import { type Scene, setScene } from '../harness/scene.ts';
import { at, ms, ratio, type Scale, type Section, table } from '../harness/section.ts';
import { startFilled } from '../harness/seed.ts';
import { median, quantile } from '../harness/stats.ts';

const few = 10;
const small = 'FewRevocations';
const large = 'ManyRevocations';
const title = 'Flat cost';

/** Whether a check takes longer where more is revoked. */
export async function flatCost(scale: Scale): Promise<Section> {
  const many = at(scale, { tiny: 100, quick: 1_000_000, full: 10_000_000 });
  const rounds = at(scale, { tiny: 3, quick: 300, full: 1500 });
  const started = performance.now();
  const engine = await startFilled({ [small]: few, [large]: many });
  const seconds = (performance.now() - started) / 1000;
  if (engine === undefined)
    return { title, paragraphs: ['Not measured: dynoxide is not installed on this machine.'] };
  const scene = await setScene(engine);
  try {
    const times = await interleave(await candidatesOf(scene), { rounds, idleMs: 5 });
    return sectionOf(times, { many, rounds, seconds });
  } finally {
    await scene.close();
  }
}

async function candidatesOf(scene: Scene): Promise<readonly Candidate[]> {
  const bundle = await bundlePeer('keyturn');
  const event = eventOf(await scene.token('RS256'));
  return [small, large].map((name): Candidate => {
    const handler = load(bundle, { ...scene.environment('RS256'), [Environment.revocationTable]: name });
    return { name, run: () => handler(event) };
  });
}

interface Facts {
  readonly many: number;
  readonly rounds: number;
  readonly seconds: number;
}

function sectionOf(times: ReadonlyMap<string, readonly number[]>, { many, rounds, seconds }: Facts): Section {
  const valuesOf = (name: string) => times.get(name) ?? [];
  const rowOf = (count: number, name: string) => [
    count.toLocaleString('en'),
    `${ms(median(valuesOf(name)))} ms`,
    `${ms(quantile(valuesOf(name), 0.9))} ms`,
    ratio(median(valuesOf(name)) / median(valuesOf(small))),
  ];
  return {
    title,
    paragraphs: [
      `One authorization with few and with many revocations in the table, in turn, ${rounds} each, in one run against one ` +
        `dynoxide, which took ${seconds.toFixed(0)} s to fill.`,
      table(['revocations', 'median', 'p90', 'ratio'], [rowOf(few, small), rowOf(many, large)]),
      'A check reads by key and never looks for anything; DynamoDB’s time for that does not depend on the size of a table. The ' +
        'engine here is SQLite, whose index deepens by one level for every few hundred times as many items.' +
        extrapolated(many, median(valuesOf(large)) / median(valuesOf(small))),
    ],
  };
}

const tenMillion = 10_000_000;

/** A tree's depth grows with the logarithm of its size: so what was measured goes on. */
function extrapolated(many: number, measured: number): string {
  if (many >= tenMillion) return '';
  const steps = Math.log(tenMillion / few) / Math.log(many / few);
  return (
    ` Extrapolated by the logarithm of the size, and not measured here: ${ratio(1 + Math.max(0, measured - 1) * steps)} at 10 million, ` +
    'which `npm run bench -- flat-cost --full` fills in.'
  );
}
