import { publicKeySetReader } from '../adapters/dynamodb/key-sets.ts';
import type { SigningKey } from '../core/keys/key-set.ts';
import { type Command, stackOptions, UsageError } from './command.ts';
import { relativeTime, table } from './output.ts';
import { openStack } from './stack.ts';

/** `keyturn keys`: the signing keys and where each is in its life. */
export const keys: Command = {
  summary: 'list the signing keys and where each is in its life',
  usage: [
    'Usage: keyturn keys [--json] [--stack NAME] [--data FOLDER]',
    '',
    'pending: published, not signing. active: signing. retiring: verifies only.',
    '',
    '  npx keyturn keys',
  ].join('\n'),
  options: { ...stackOptions, json: { type: 'boolean' } },
  positionals: [0, 0],
  async run(_, options) {
    const stack = await openStack(options);
    const issuer = stack.output('issuer');
    const keySet = await publicKeySetReader(stack.dynamoDb, stack.output('keySetTable')).readPublic(issuer);
    if (keySet === undefined)
      throw new UsageError(`${issuer} has no keys yet; key-rotation makes the first`, 1);
    if (options.json === true) return console.log(JSON.stringify(keySet, null, 2));
    const now = Date.now() / 1000;
    console.log(
      table(
        ['kid', 'alg', 'state', 'since'],
        keySet.keys.map((key) => row(key, now)),
      ),
    );
  },
};

function row(key: SigningKey, now: number): readonly string[] {
  const since = key.removedAt ?? key.deactivatedAt ?? key.activatedAt ?? key.publishedAt;
  return [key.kid, key.algorithm, key.state, relativeTime(since, now)];
}
