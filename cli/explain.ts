import type { Explanation } from '../core/verify/explain.ts';
import { type Command, stackOptions, stringOption } from './command.ts';
import { describeExplanation, exitCodeOf } from './explanation.ts';
import { argumentOrStdin, faultAround, timeOption } from './input.ts';
import { print } from './output.ts';
import { askAdmin, openStack } from './stack.ts';

/** `keyturn explain`: what a stack's authorizer decides about a token, step by step. */
export const explain: Command = {
  summary: 'show what the authorizer decides about a token, step by step, and why',
  usage: [
    'Usage: keyturn explain TOKEN|- [--route "METHOD /path"] [--at TIME] [--json] [--stack NAME] [--data FOLDER]',
    '',
    'The stack runs its authorizer’s own code, with its settings, keys and revocation table. Without --route, no scope is',
    'required. Exit code: 0 the token passes, 1 it does not, 2 wrong usage.',
    '',
    '  npx keyturn token | npx keyturn explain -',
    '  npx keyturn explain - --route "POST /admin/revocations" < token.txt',
    '  npx keyturn explain - --at 2026-12-24T18:00:00Z < token.txt',
  ].join('\n'),
  options: {
    ...stackOptions,
    route: { type: 'string' },
    at: { type: 'string' },
    json: { type: 'boolean' },
  },
  positionals: [1, 1],
  async run([argument], options) {
    const route = stringOption(options, 'route');
    const at = timeOption(options, 'at');
    const token = await argumentOrStdin(argument);
    const fault = faultAround(token);
    if (fault !== undefined) console.error(`note: the token ${fault}; it is explained as it is`);
    const body = {
      token,
      ...(route !== undefined && { route }),
      ...(at !== undefined && { at }),
    };
    const explanation = (await askAdmin(await openStack(options), 'explain', { body })) as Explanation;
    print(explanation, options, () => describeExplanation(explanation));
    process.exitCode = exitCodeOf(explanation);
  },
};
