/**
 * Takes the guards out of the verifier, one at a time, and runs the attack table on what is left. A guard whose loss
 * turns no case red is either no guard or not tested: the run then fails, as it does for a guard that is not found in
 * the source any more and for a refusal in the source that is not in the list.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { alter, buildAltered, type Edit, root } from '../test/attack/altered-build.ts';
import type { startAuthorizer } from '../test/attack/authorizer.ts';
import { makeForge } from '../test/attack/case.ts';
import { shapes } from '../test/attack/events.ts';
import { type Guard, guardedFiles, guards, unreachableThrows } from '../test/attack/guards.ts';
import { type AttackEvent, eventsOf, table } from '../test/attack/table.ts';
import { requests } from '../test/attack/table-requests.ts';
import { makeKeys, makeWorld } from '../test/attack/world.ts';

/** Characters of an event beyond which it is left out: its size is its point, and time is short. */
const largest = 100_000;

const folder = mkdtempSync(path.join(os.tmpdir(), 'keyturn-mutants-'));
const keys = makeKeys();
const world = makeWorld(keys);
const events = attackEvents();

/** Cases about requests on all shapes that can carry them, the others on one shape each, in turn. */
function attackEvents(): readonly AttackEvent[] {
  const forge = makeForge(keys);
  const made = table.flatMap((attack, index) => {
    const all = eventsOf(attack, forge);
    const first = index % shapes.length;
    const inTurn = [...shapes.slice(first), ...shapes.slice(0, first)];
    const chosen = inTurn.find((shape) => all.some((event) => event.shape === shape));
    return requests.includes(attack) ? all : all.filter(({ shape }) => shape === chosen);
  });
  return made.filter(({ event }) => JSON.stringify(event).length < largest);
}

/** What every event comes to under three setups: errors for bad tokens, Denies for them, no stores for what is used once. */
async function run(edits: readonly Edit[]): Promise<readonly string[]> {
  const file = path.join(folder, `${readdirSync(folder).length}.mjs`);
  writeFileSync(file, await buildAltered('test/attack/authorizer.ts', edits));
  const module = (await import(file)) as { startAuthorizer: typeof startAuthorizer };
  const throwing = module.startAuthorizer(world);
  const denying = module.startAuthorizer(world, { refusals: 'deny' });
  const bare = module.startAuthorizer(world, { hasReplaysAndTickets: false });
  const outcomes: string[] = [];
  for (const { event, shape, name } of events) {
    const { verdict, status } = await throwing(event);
    const denied = shape === 'REST REQUEST' ? (await denying(event)).status : '';
    const without = storeCases.test(name) ? (await bare(event)).verdict : '';
    outcomes.push(`${verdict} ${status} ${denied} ${without}`);
  }
  return outcomes;
}

/** Cases that are about what is used once. */
const storeCases = /^(?:DPoP|ticket):/;

/** Names of the events that come to something else. */
function redOf(outcomes: readonly string[], expected: readonly string[]): readonly string[] {
  return [
    ...new Set(events.filter((_, index) => outcomes[index] !== expected[index]).map(({ name }) => name)),
  ];
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

async function redWithout(guard: Guard, baseline: readonly string[]): Promise<readonly string[]> {
  const front = guards.find(({ name }) => name === guard.behind);
  if (guard.behind !== undefined && front === undefined)
    throw new Error(`${guard.name}: no guard ${guard.behind}`);
  const expected = front === undefined ? baseline : await run([front]);
  return redOf(await run(front === undefined ? [guard] : [front, guard]), expected);
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

const stale = staleGuards();
if (stale.length > 0) {
  console.error(stale.join('\n'));
  process.exit(1);
}
const started = performance.now();
const baseline = await run([]);
const wrong = events.filter(({ expected }, index) => baseline[index]?.split(' ')[0] !== expected);
const survivors: string[] = [];
for (const guard of guards) {
  const red = await redWithout(guard, baseline);
  if (red.length === 0) survivors.push(guard.name);
  console.log(
    `${String(red.length).padStart(4)} red  ${guard.name}${red.length > 0 ? ` (${red.slice(0, 3).join('; ')})` : ''}`,
  );
}
rmSync(folder, { recursive: true });
const unlisted = unlistedThrows();
for (const { name, shape } of wrong) console.error(`wrong with all guards in place: ${shape}: ${name}`);
for (const name of survivors) console.error(`nothing turns red without: ${name}`);
for (const place of unlisted) console.error(`not in the list of guards: ${place}`);
console.log(
  `${guards.length} guards, ${events.length} events each, ${Math.round((performance.now() - started) / 1000)} s; ` +
    `${survivors.length} survive, ${unlisted.length} refusals are not listed`,
);
process.exitCode = survivors.length + unlisted.length + wrong.length > 0 ? 1 : 0;
