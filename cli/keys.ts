import { writeFile } from 'node:fs/promises';
import { publicKeySetReader } from '../adapters/dynamodb/key-sets.ts';
import type { KeyTimelineRequest } from '../core/contract/messages.ts';
import type { SigningKey } from '../core/keys/key-set.ts';
import { timelineSvg } from '../core/keys/timeline-svg.ts';
import { drawTimeline } from '../core/keys/timeline-text.ts';
import type { Timeline } from '../core/keys/timeline.ts';
import { type Command, type OptionValues, stackOptions, stringOption, UsageError } from './command.ts';
import { paint, print, relativeTime, type Style, table } from './output.ts';
import { openStack, type Stack } from './stack.ts';

/** `keyturn keys`: the signing keys, where each is in its life, and what happens when. */
export const keys: Command = {
  summary: 'list the signing keys, the state of each, and what happens when',
  usage: [
    'Usage: keyturn keys [--json] [--timeline] [--svg FILE] [--stack NAME] [--data FOLDER]',
    '',
    'pending: published, not signing. active: signing. retiring: verifies only.',
    '--timeline shows what happened and what the schedule will do; --svg draws it.',
    '',
    '  npx keyturn keys',
    '  npx keyturn keys --timeline',
    '  npx keyturn keys --svg keys.svg',
  ].join('\n'),
  options: {
    ...stackOptions,
    json: { type: 'boolean' },
    timeline: { type: 'boolean' },
    svg: { type: 'string' },
  },
  positionals: [0, 0],
  async run(_, options) {
    const stack = await openStack(options);
    const svg = stringOption(options, 'svg');
    if (svg !== undefined) return drawTo(svg, await readTimeline(stack));
    if (options.timeline === true) return showTimeline(await readTimeline(stack), options);
    const issuer = stack.output('issuer');
    const keySet = await publicKeySetReader(stack.dynamoDb, stack.output('keySetTable')).readPublic(issuer);
    if (keySet === undefined)
      throw new UsageError(`${issuer} has no keys yet; key-rotation makes the first`, 1);
    const now = Date.now() / 1000;
    const rows = keySet.keys.map((key) => row(key, now));
    print(keySet, options, () => table(['kid', 'alg', 'state', 'since'], rows));
  },
};

/** key-rotation draws it up: it alone knows both the keys and the times that they live by. */
export async function readTimeline(stack: Stack): Promise<Timeline> {
  const request: KeyTimelineRequest = { action: 'timeline' };
  return (await stack.invoke(stack.output('keyRotationFunction'), request)) as Timeline;
}

async function drawTo(file: string, timeline: Timeline): Promise<void> {
  try {
    await writeFile(file, timelineSvg(timeline));
  } catch (error) {
    throw new UsageError(`--svg: ${file} cannot be written: ${(error as Error).message}`, 1);
  }
  console.error(`written: ${file}`);
}

function showTimeline(timeline: Timeline, options: OptionValues): void {
  print(timeline, options, () => drawTimeline(timeline));
}

const styles: Readonly<Record<SigningKey['state'], Style>> = {
  pending: 'cyan',
  active: 'green',
  retiring: 'yellow',
  retired: 'dim',
  compromised: 'red',
};

function row(key: SigningKey, now: number): readonly string[] {
  const since = key.removedAt ?? key.deactivatedAt ?? key.activatedAt ?? key.publishedAt;
  return [key.kid, key.algorithm, paint(styles[key.state], key.state), relativeTime(since, now)];
}
