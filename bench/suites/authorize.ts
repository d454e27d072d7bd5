import {
  type AuthorizerName,
  authorizers,
  bundlePeer,
  type Bundle,
  eventOf,
  load,
} from '../harness/bundles.ts';
import { delayed } from '../harness/delay.ts';
import { type Candidate, interleave } from '../harness/interleave.ts';
import { type Algorithm, algorithms, type Scene, setScene } from '../harness/scene.ts';
import { at, ms, ratio, type Scale, type Section, table } from '../harness/section.ts';
import { median } from '../harness/stats.ts';
import { bars } from '../harness/svg.ts';

const names = Object.keys(authorizers) as AuthorizerName[];
const nothingHeld = 'Keyturn, a new client each time';

/** One line of the table: medians by candidate, in milliseconds. */
interface Row {
  readonly label: string;
  readonly medians: ReadonlyMap<string, number>;
}

/** One authorization, warm: a token read, its signature verified, the revocation table asked. */
export async function authorize(scale: Scale): Promise<Section> {
  const scene = await setScene();
  const proxy = await delayed(scene.engine.endpoint, 2);
  try {
    const bundles = await Promise.all(names.map(bundlePeer));
    const rounds = at(scale, { tiny: 3, quick: 150, full: 1000 });
    const rows: Row[] = [];
    for (const algorithm of algorithms) {
      const candidates = await candidatesOf(scene, bundles, { algorithm, rounds });
      rows.push({ label: algorithm, medians: await medians(candidates, rounds) });
    }
    const slow = { algorithm: 'RS256' as const, rounds, endpoint: proxy.endpoint };
    const candidates = await candidatesOf(scene, bundles, slow);
    rows.push({ label: 'RS256, each read 2 ms longer', medians: await medians(candidates, rounds) });
    return sectionOf(rows, scene.engineName, rounds);
  } finally {
    proxy.close();
    await scene.close();
  }
}

async function medians(candidates: readonly Candidate[], rounds: number): Promise<Row['medians']> {
  const times = await interleave(candidates, { rounds, idleMs: 15 });
  return new Map([...times].map(([name, values]) => [name, median(values)]));
}

interface Conditions {
  readonly algorithm: Algorithm;
  readonly rounds: number;
  readonly endpoint?: string;
}

async function candidatesOf(
  scene: Scene,
  bundles: readonly Bundle[],
  { algorithm, rounds, endpoint }: Conditions,
): Promise<readonly Candidate[]> {
  const count = rounds + 20;
  const environment = scene.environment(algorithm, endpoint);
  const usual = await Promise.all(Array.from({ length: count }, () => scene.token(algorithm)));
  const strangers = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      scene.token(algorithm, {
        client_id: `client-${index}`,
        sub: `subject-${index}`,
        sid: `session-${index}`,
      }),
    ),
  );
  const candidateOf = (name: string, bundle: Bundle, tokens: readonly string[]): Candidate => {
    const handler = load(bundle, environment);
    let next = 0;
    return {
      name,
      async run() {
        const { isAuthorized } = await handler(eventOf(tokens[next++ % tokens.length] ?? ''));
        if (isAuthorized !== true) throw new Error(`${name} refused a good token`);
      },
    };
  };
  const own = bundles.find(({ name }) => name === 'keyturn');
  return [
    ...bundles.map((bundle) => candidateOf(bundle.name, bundle, usual)),
    ...(own === undefined ? [] : [candidateOf(nothingHeld, own, strangers)]),
  ];
}

function sectionOf(rows: readonly Row[], engine: string, rounds: number): Section {
  const columns = ['floor', 'keyturn', nothingHeld, 'jose-sdk', 'aws-jwt-verify-sdk'];
  const cells = ({ label, medians: all }: Row): readonly string[] => {
    const floor = all.get('floor') ?? Number.NaN;
    const cell = (name: string) =>
      `${ms(all.get(name) ?? Number.NaN)} ms (${ratio((all.get(name) ?? Number.NaN) / floor)})`;
    return [label, ...columns.map(cell)];
  };
  const [first] = rows;
  const barOf = (name: string) => {
    const value = first?.medians.get(name) ?? 0;
    return {
      label: labelOf(name),
      value,
      text: `${ms(value)} ms`,
      isOurs: name.toLowerCase().startsWith('keyturn'),
    };
  };
  return {
    title: 'One authorization',
    paragraphs: [
      `The median of ${rounds} warm authorizations, one at a time, each after 15 ms of idleness, all candidates in turn in ` +
        `one process, against one ${engine} on this machine. In brackets the ratio to the floor.`,
      table(['', ...columns.map(labelOf)], rows.map(cells)),
      '![One authorization](benchmark-authorize.svg)',
      'Not like for like: the floor signs no request and checks nothing of the token but its signature. Both peers read one ' +
        'item, the token’s own; Keyturn reads the records of the token, its subject, client, session, key and issuer in one ' +
        'BatchGetItem, of which those that many requests share are held for half a second. “A new client each time” is the ' +
        'worst case: nothing but issuer and key is held. All candidates are bundled with the same options.',
    ],
    pictures: { 'benchmark-authorize.svg': bars('One authorization, RS256 (median)', columns.map(barOf)) },
  };
}

function labelOf(name: string): string {
  return Object.hasOwn(authorizers, name) ? authorizers[name as AuthorizerName] : name;
}
