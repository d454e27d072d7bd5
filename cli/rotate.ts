import type { KeyRotationResult } from '../core/contract/messages.ts';
import { type Command, stackOptions, stringOption } from './command.ts';
import { paint, print, relativeTime } from './output.ts';
import { askAdmin, openStack } from './stack.ts';
import { noteOf } from './targets.ts';

/** `keyturn rotate`: lets the next key sign now, or takes a compromised key out of use. */
export const rotate: Command = {
  summary: 'make the next signing key sign now, or take a compromised key out of use',
  usage: [
    'Usage: keyturn rotate [--compromised KID] [--reason TEXT] [--json] [--stack NAME] [--data FOLDER]',
    '',
    'The next key may sign once every verifier can know it; the command says when that is.',
    'With --compromised, signing with the key stops at once and its tokens are refused.',
    'Exit code: 0 done, 1 the next key may not sign yet, or something stands in the way, 2 the call is wrong.',
    '',
    '  npx keyturn rotate',
    '  npx keyturn rotate --compromised KID --reason "laptop stolen"',
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
    const first = kid === undefined ? rotationWords(result) : compromiseWords(kid, result);
    print(result, options, () => `${first}\n${nextWords(result, Date.now() / 1000)}`);
    if (kid === undefined && !result.rotated) process.exitCode = 1;
  },
};

function rotationWords({ rotated, active }: KeyRotationResult): string {
  return rotated
    ? `${paint('green', 'rotated')}: ${active} signs now`
    : `${paint('yellow', 'not rotated')}: ${active} still signs`;
}

function compromiseWords(kid: string, { active }: KeyRotationResult): string {
  return `${paint('red', 'out of use')}: ${kid}, whose tokens are refused from now on; ${active} signs now`;
}

function nextWords({ next, nextMaySignAt = 0 }: KeyRotationResult, now: number): string {
  const at = `${new Date(nextMaySignAt * 1000).toISOString()} (${relativeTime(nextMaySignAt, now)})`;
  return `next:    ${next}, published; may sign from ${at}`;
}
