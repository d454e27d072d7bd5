/** Goes through every interleaving up to a depth. Those that lead to the same state are gone on with once, and counted. */
import { faultOf } from './invariants.ts';
import { nameOf, type State } from './state.ts';
import type { Subject } from './subjects.ts';
import { type Clocks, firstState, type Model, steps } from './world.ts';

/** What was found. */
export interface Exploration {
  /** Different sequences of events, each as long as the depth, each event of which changed something. */
  readonly interleavings: bigint;
  /** Different states on the way. */
  readonly states: number;
  /** The first fault, and the events that lead to it. */
  readonly fault?: { readonly what: string; readonly events: readonly string[] };
}

interface Node {
  readonly state: State;
  readonly from: Node | undefined;
  readonly event: string;
  /** Sequences of events that lead here. */
  count: bigint;
}

export async function explore(
  { rules, clocks }: Pick<Model, 'rules' | 'clocks'>,
  { start, alphabet, depth }: Subject,
): Promise<Exploration> {
  const model = { rules, clocks, alphabet };
  const state = await startOf(model, start);
  let layer = new Map<string, Node>([[nameOf(state), { state, from: undefined, event: 'start', count: 1n }]]);
  let states = 1;
  for (let length = 1; length <= depth; length += 1) {
    const next = new Map<string, Node>();
    for (const node of layer.values()) {
      for (const [event, after] of await steps(node.state, model)) {
        const name = nameOf(after);
        const known = next.get(name);
        if (known !== undefined) {
          known.count += node.count;
          continue;
        }
        const reached: Node = { state: after, from: node, event, count: node.count };
        const what = faultOf(after, rules, clocks);
        if (what !== undefined) {
          return { interleavings: total(layer), states, fault: { what, events: eventsTo(reached) } };
        }
        next.set(name, reached);
      }
    }
    states += next.size;
    layer = next;
  }
  return { interleavings: total(layer), states };
}

async function startOf(model: Model, events: readonly string[]): Promise<State> {
  let state = await firstState(model);
  for (const wanted of events) {
    const step = (await steps(state, model)).find(([event]) => event === wanted);
    if (step === undefined) throw new Error(`nothing changes by "${wanted}" here`);
    state = step[1];
  }
  return state;
}

function total(layer: ReadonlyMap<string, Node>): bigint {
  let sum = 0n;
  for (const { count } of layer.values()) sum += count;
  return sum;
}

function eventsTo(node: Node): readonly string[] {
  const before = node.from === undefined ? [] : eventsTo(node.from);
  return [...before, node.event];
}

/** Every way in which the clocks may stand at their furthest, S being 2. */
export function standsOf({ alphabet }: Subject): readonly Clocks[] {
  const all = Array.from({ length: 16 }, (_, bits) => ({
    rotator: bits & 1,
    signer: 2 * ((bits >> 1) & 1),
    verifier: 2 * ((bits >> 2) & 1),
    second: (bits >> 3) & 1,
  }));
  return alphabet.includes('second rotator') ? all : all.slice(0, 8);
}
