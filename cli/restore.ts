import type { Overview } from '../core/admin/overview.ts';
import type { DryRun } from '../core/admin/revocations.ts';
import type { RevocationRecord } from '../core/revocation/record.ts';
import { type Command, stackOptions, stringOption, UsageError } from './command.ts';
import { timeOption } from './input.ts';
import { print } from './output.ts';
import { describeDryRun, describeRecord } from './revoke.ts';
import { askAdmin, openStack } from './stack.ts';

/** `keyturn restore`: what follows a point-in-time restore of the revocation table. */
export const restore: Command = {
  summary: 'after a restore of the revocation table: refuse everything issued before a time',
  usage: [
    'Usage: keyturn restore --issued-before TIME [--issuer ISS] [--dry-run] [--json] [--stack NAME] [--data FOLDER]',
    '',
    'A restored table lacks the revocations made after the restore point. This refuses every token of every trusted issuer (or',
    'of one) issued up to TIME: give the time from which the table records new revocations again.',
    '',
    '  npx keyturn restore --issued-before 2027-01-15T08:00:00Z --dry-run',
  ].join('\n'),
  options: {
    ...stackOptions,
    ...({ 'issued-before': { type: 'string' }, issuer: { type: 'string' } } as const),
    ...({ 'dry-run': { type: 'boolean' }, json: { type: 'boolean' } } as const),
  },
  positionals: [0, 0],
  async run(_, options) {
    const before = timeOption(options, 'issued-before');
    if (before === undefined)
      throw new UsageError(`keyturn restore: --issued-before is missing\n\n${restore.usage}`);
    const stack = await openStack(options);
    const issuer = stringOption(options, 'issuer');
    const { issuers } = (await askAdmin(stack, 'overview', {})) as Overview;
    const dryRun = options['dry-run'] === true;
    const common = { all: true, before, reason: 'the revocation table was restored', dryRun };
    const answers: object[] = [];
    for (const each of issuer === undefined ? issuers : [issuer]) {
      answers.push(await askAdmin(stack, 'revoke', { body: { ...common, issuer: each } }));
    }
    print(answers, options, () =>
      answers.map((answer) => words(answer as RevocationRecord | DryRun)).join('\n'),
    );
  },
};

function words(answer: RevocationRecord | DryRun): string {
  if ('dryRun' in answer) return `would refuse: ${describeDryRun(answer)}`;
  return `refused: ${describeRecord(answer)}`;
}
