import type { RevocationRecord } from '../core/revocation/record.ts';
import { type Command, stackOptions, UsageError } from './command.ts';
import { print } from './output.ts';
import { describeRecord } from './revoke.ts';
import { askAdmin, openStack } from './stack.ts';
import { namedTargets, noteOf, targetOptions } from './targets.ts';

/** `keyturn unrevoke`: lifts a revocation. */
export const unrevoke: Command = {
  summary: 'lift a revocation, and record who did; a revoked key stays revoked',
  usage: [
    'Usage: keyturn unrevoke --jti ID | --digest DIGEST | --subject SUB | --client ID | --session SID | --all',
    'Options: [--issuer ISS] [--reason TEXT] [--json] [--stack NAME] [--data FOLDER]',
    '',
    'Lifts everything that was revoked under that name. --all lifts the revocation of a whole issuer.',
    '',
    '  npx keyturn unrevoke --subject alice --reason "it was bob"',
  ].join('\n'),
  options: { ...stackOptions, ...targetOptions, all: { type: 'boolean' }, json: { type: 'boolean' } },
  positionals: [0, 0],
  async run(_, options) {
    const issuer = options.all === true ? [{ kind: 'issuer', value: '' }] : [];
    const [target, ...more] = [...namedTargets(options), ...issuer];
    if (target === undefined || more.length > 0) {
      throw new UsageError(`keyturn unrevoke: name one thing to lift\n\n${unrevoke.usage}`);
    }
    const body = { kind: target.kind, value: target.value, ...noteOf(options) };
    const record = (await askAdmin(await openStack(options), 'unrevoke', { body })) as RevocationRecord;
    print(record, options, () => `lifted: ${describeRecord(record)}`);
  },
};
