/**
 * Takes the guards out of the verifier, one at a time, and runs the attack table on what is left. A guard whose loss
 * turns no case red is either no guard or not tested: the run then fails, as it does for a guard that is not found in
 * the source any more and for a refusal in the source that is not in the list.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { alter, buildAltered, type Edit, root } from '../test/attack/altered-build.ts';
import { makeForge } from '../test/attack/case.ts';
import { shapes } from '../test/attack/events.ts';
import { type Guard, guardedFiles, guards, unreachableThrows } from '../test/attack/guards.ts';
import type { MutantWork } from '../test/attack/mutant.ts';
import { type AttackEvent, eventsOf, table } from '../test/attack/table.ts';
import { requests } from '../test/attack/table-requests.ts';
import { makeKeys, makeWorld } from '../test/attack/world.ts';

/** Characters of an event beyond which it is left out: its size is its point, and time is short. */
const largest = 100_000;

/** Seconds after which a build that does not come to an end is stopped: without its guard it hangs, and that shows. */
const patience = 60;

const folder = mkdtempSync(path.join(os.tmpdir(), 'keyturn-mutants-'));
const work = attackWork();
let built = 0;

/** Cases about requests on all shapes that can carry them, the others on one shape each, in turn. */
function attackWork(): MutantWork {
  const keys = makeKeys();
  const forge = makeForge(keys);
  const made = table.flatMap((attack, index) => {
    const first = index % shapes.length;
    const inTurn = [...shapes.slice(first), ...shapes.slice(0, first)];
    const isOnAll = requests.includes(attack);
    return isOnAll ? eventsOf(attack, forge) : eventsOf(attack, forge, inTurn).slice(0, 1);
  });
  const events = made.filter(({ event }) => JSON.stringify(event).length < largest);
  return { world: makeWorld(keys), events };
}

/**
 * What every event comes to in a build with the edits made; nothing where it hangs.
 *
 * @throws Error where it cannot even start: that would turn every case red, and say nothing about the guard
 */
async function run(edits: readonly Edit[]): Promise<readonly string[]> {
  built += 1;
  const file = path.join(folder, `${built}.mjs`);
  writeFileSync(file, await buildAltered('test/attack/mutant.ts', edits));
  const worker = new Worker(file, { workerData: work, execArgv: [], stdout: true, stderr: true });
  const timer = setTimeout(() => void worker.terminate(), patience * 1000);
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => {
      clearTimeout(timer);
      resolve([]);
    });
  });
}

/** Names of the cases that come to something else. */
function redOf(outcomes: readonly string[], expected: readonly string[]): readonly string[] {
  const isRed = (_: AttackEvent, index: number) => outcomes[index] !== expected[index];
  return [...new Set(work.events.filter(isRed).map(({ name }) => name))];
}

/** Every throw of the guarded files that no guard's text touches, or stands at most two lines before. */
function unlistedThrows(): readonly string[] {
  return guardedFiles.flatMap((file) => {
    const source = readFileSync(path.join(root, file), 'utf8');
    const listed = guards
      .filter((guard) => guard.file === file)
      .map(({ text }) => [source.indexOf(text), text.length] as const);
    return [...source.matchAll(/\bthrow (?=new |\w+\()/g)].flatMap(({ index }) => {
      const before = source.slice(0, index).split('\n').slice(-3).join('\n').length;
      const isListed = listed.some(
        ([start, length]) => start + length > index - before && start < index + 80,
      );
      const isExcused = Object.keys(unreachableThrows).some((text) => source.startsWith(text, index));
      return isListed || isExcused ? [] : [`${file}: ${source.slice(index, index + 100).split('\n')[0]}`];
    });
  });
}

/** Guards whose text is not, or not once, in the source. */
function staleGuards(): readonly string[] {
  return guards.flatMap((guard) => {
    try {
      alter(guard.file, [guard]);
      return [];
    } catch (error) {
      return [(error as Error).message];
    }
  });
}

async function redWithout(guard: Guard, baseline: readonly string[]): Promise<readonly string[]> {
  const front = guards.find(({ name }) => name === guard.behind);
  if (guard.behind !== undefined && front === undefined)
    throw new Error(`${guard.name}: no guard ${guard.behind}`);
  const expected = front === undefined ? baseline : await run([front]);
  return redOf(await run(front === undefined ? [guard] : [front, guard]), expected);
}

/** Takes out one guard after another, as many at a time as there are processors. @returns names of those not missed */
async function survivorsOf(baseline: readonly string[]): Promise<readonly string[]> {
  const survivors: string[] = [];
  const waiting = guards.values();
  const lane = async (): Promise<void> => {
    for (const guard of waiting) {
      const red = await redWithout(guard, baseline);
      if (red.length === 0) survivors.push(guard.name);
      const cases = red.length > 0 ? ` → ${red.slice(0, 3).join('; ')}` : '';
      console.log(`${String(red.length).padStart(4)} red  ${guard.name}${cases}`);
    }
  };
  await Promise.all(Array.from({ length: os.availableParallelism() }, lane));
  return survivors;
}

const stale = staleGuards();
const baseline = await run([]);
const wrong = work.events.filter(({ expected }, index) => baseline[index]?.split(' ')[0] !== expected);
const survivors = stale.length + wrong.length > 0 ? [] : await survivorsOf(baseline);
rmSync(folder, { recursive: true });
const failures = [
  ...stale.map((message) => `the list of guards is older than the source: ${message}`),
  ...wrong.map(({ name, shape }) => `wrong with all guards in place: ${shape}: ${name}`),
  ...survivors.map((name) => `nothing turns red without: ${name}`),
  ...unlistedThrows().map((place) => `not in the list of guards: ${place}`),
];
for (const failure of failures) console.log(`FAILED: ${failure}`);
console.log(`${work.events.length} events on each of ${built} builds`);
const passed = stale.length + wrong.length > 0 ? 0 : guards.length - survivors.length;
console.log(`${passed} passed, ${failures.length} failed, 0 skipped`);
process.exitCode = failures.length > 0 ? 1 : 0;
