import type { RevocationRecord } from '../core/revocation/record.ts';
import { type Command, type OptionValues, stackOptions, stringOption, UsageError } from './command.ts';
import { argumentOrStdin } from './input.ts';
import { askAdmin, openStack } from './stack.ts';

/** Options that name what is revoked; each is a member of the request. */
const targets = { jti: 'jti', subject: 'subject', client: 'clientId' } as const;

/** `keyturn revoke`: one token, or everything so far of a subject or a client. */
export const revoke: Command = {
  summary: 'revoke a token, or all tokens so far of a subject or a client',
  usage: [
    'Usage: keyturn revoke TOKEN|-',
    '       keyturn revoke --jti ID | --subject SUB | --client ID',
    'Options: [--issuer ISS] [--reason TEXT] [--stack NAME] [--data FOLDER]',
    '',
    '  printf %s "$TOKEN" | npx keyturn revoke -',
    '  npx keyturn revoke --client demo --reason "secret leaked"',
  ].join('\n'),
  options: {
    ...stackOptions,
    jti: { type: 'string' },
    subject: { type: 'string' },
    client: { type: 'string' },
    issuer: { type: 'string' },
    reason: { type: 'string' },
  },
  positionals: [0, 1],
  async run([argument], options) {
    const request = { ...(await targetOf(argument, options)), ...noteOf(options) };
    const stack = await openStack(options);
    const record = (await askAdmin(stack, 'revoke', { body: request })) as RevocationRecord;
    console.log(`revoked: ${describe(record)}; refused from now on`);
  },
};

async function targetOf(
  argument: string | undefined,
  options: OptionValues,
): Promise<Record<string, string>> {
  const named = Object.entries(targets).flatMap(([option, member]) => {
    const value = stringOption(options, option);
    return value === undefined ? [] : [[member, value] as const];
  });
  if (named.length + Number(argument !== undefined) !== 1) {
    throw new UsageError(`keyturn revoke: name one of TOKEN, --jti, --subject, --client\n\n${revoke.usage}`);
  }
  return argument === undefined ? Object.fromEntries(named) : { token: await argumentOrStdin(argument) };
}

function noteOf(options: OptionValues): Record<string, string> {
  const issuer = stringOption(options, 'issuer');
  const reason = stringOption(options, 'reason');
  return { ...(issuer !== undefined && { issuer }), ...(reason !== undefined && { reason }) };
}

function describe({ kind, value, issuer, revokedBefore }: RevocationRecord): string {
  if (revokedBefore === undefined) return `${kind} ${value} of ${issuer}`;
  return `tokens of ${kind} ${value} of ${issuer} issued up to ${new Date(revokedBefore * 1000).toISOString()}`;
}
