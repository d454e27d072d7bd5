import type { KeyRotationResult } from '../core/contract/messages.ts';
import { type Command, stackOptions, stringOption } from './command.ts';
import { paint, print, relativeTime } from './output.ts';
import { askAdmin, openStack } from './stack.ts';
import { noteOf } from './targets.ts';

/** `keyturn rotate`: lets the next key sign now, or takes a compromised key out of use. */
export const rotate: Command = {
  summary: 'let the next signing key sign now, or take a compromised key out of use',
  usage: [
    'Usage: keyturn rotate [--compromised KID] [--reason TEXT] [--json] [--stack NAME] [--data FOLDER]',
    '',
    'The next key signs only once every verifier can know it; the command says from when.',
    'With --compromised, signing with the key stops at once and its tokens are refused.',
    '',
    '  npx keyturn rotate',
  ].join('\n'),
  options: {
    ...stackOptions,
    compromised: { type: 'string' },
    reason: { type: 'string' },
    json: { type: 'boolean' },
  },
  positionals: [0, 0],
  async run(_, options) {
    const kid = stringOption(options, 'compromised');
    const [route, named] =
      kid === undefined ? (['rotateKeys', {}] as const) : (['compromiseKey', { kid }] as const);
    const body = { ...named, ...noteOf(options) };
    const result = (await askAdmin(await openStack(options), route, { body })) as KeyRotationResult;
    print(result, options, () => describe(result, Date.now() / 1000));
  },
};

function describe({ rotated, active, next, nextMaySignAt = 0 }: KeyRotationResult, now: number): string {
  const at = `${new Date(nextMaySignAt * 1000).toISOString()} (${relativeTime(nextMaySignAt, now)})`;
  return [
    rotated
      ? `${paint('green', 'rotated')}: ${active} signs now`
      : `${paint('yellow', 'not rotated')}: ${active} still signs`,
    `next:    ${next}, published; may sign from ${at}`,
  ].join('\n');
}
