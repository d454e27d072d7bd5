import type { DryRun } from '../core/admin/revocations.ts';
import type { RevocationRecord } from '../core/revocation/record.ts';
import { type BulkOptions, type BulkOutcome, revokeFile, revokeQuery } from './bulk.ts';
import { type Command, type OptionValues, stackOptions, stringOption, UsageError } from './command.ts';
import { timeOption, tokenOrStdin } from './input.ts';
import { print, visible } from './output.ts';
import { askAdmin, openStack } from './stack.ts';
import { namedTargets, noteOf, targetOptions } from './targets.ts';

/** `keyturn revoke`: one token, everything so far of a name, or many at once. */
export const revoke: Command = {
  summary: 'revoke a token, all tokens so far of a subject, client, session or issuer, or a list of them',
  usage: [
    'Usage: keyturn revoke TOKEN|-',
    '       keyturn revoke --jti ID | --digest DIGEST | --subject SUB | --client ID | --session SID | --key KID | --all',
    '       keyturn revoke --file FILE | --query QUERY',
    'Options: [--issuer ISS] [--before TIME] [--reason TEXT] [--dry-run] [--json] [--stack NAME] [--data FOLDER]',
    '',
    'TOKEN is an access token of any trusted issuer, or a refresh token of the stack, which revokes its session.',
    'FILE has one entry a line: a token, a jti, or a JSON object such as {"subject": "alice"}. Progress is noted in FILE.done;',
    'run the command again to do the rest. QUERY selects issued tokens, with the parameters of GET /admin/tokens. --dry-run',
    'revokes nothing and says how many live tokens it would hit.',
    '',
    '  printf %s "$TOKEN" | npx keyturn revoke -',
    '  npx keyturn revoke --client demo --reason "secret leaked"',
    '  npx keyturn revoke --query "clientId=demo&scope=orders:write" --dry-run',
  ].join('\n'),
  options: {
    ...stackOptions,
    ...targetOptions,
    all: { type: 'boolean' },
    before: { type: 'string' },
    file: { type: 'string' },
    query: { type: 'string' },
    'dry-run': { type: 'boolean' },
    json: { type: 'boolean' },
  },
  positionals: [0, 1],
  async run([argument], options) {
    const wanted = await wantedOf(argument, options);
    if ('file' in wanted || 'query' in wanted) return revokeMany(wanted, options);
    const before = timeOption(options, 'before');
    const dryRun = options['dry-run'] === true;
    const body = { ...wanted, ...noteOf(options), ...(before !== undefined && { before }), dryRun };
    const answer = await askAdmin(await openStack(options), 'revoke', { body });
    print(answer, options, () => words(answer as RevocationRecord | DryRun));
  },
};

type Wanted =
  { readonly file: string } | { readonly query: string } | Readonly<Record<string, string | true>>;

async function wantedOf(argument: string | undefined, options: OptionValues): Promise<Wanted> {
  const many = (['file', 'query'] as const).flatMap((name) => {
    const value = stringOption(options, name);
    return value === undefined ? [] : [{ [name]: value }];
  });
  const named = namedTargets(options).map(({ member, value }) => ({ [member]: value }));
  const all = options.all === true ? [{ all: true as const }] : [];
  const given: readonly Wanted[] = [...many, ...named, ...all];
  const [only] = given;
  if (given.length + Number(argument !== undefined) !== 1) {
    throw new UsageError(
      `keyturn revoke: name one of TOKEN, --jti, --digest, --subject, --client, --session, --key, --all, --file, --query\n\n${revoke.usage}`,
    );
  }
  return only ?? { token: await tokenOrStdin(argument) };
}

async function revokeMany(
  wanted: { readonly file: string } | { readonly query: string } | Wanted,
  options: OptionValues,
): Promise<void> {
  const stack = await openStack(options);
  const bulk: BulkOptions = {
    note: noteOf(options),
    dryRun: options['dry-run'] === true,
    progress: (done) => console.error(`${done} looked at`),
  };
  const outcome =
    'file' in wanted
      ? await revokeFile(stack, String(wanted.file), bulk)
      : await revokeQuery(stack, queryOf(String(wanted['query'])), bulk);
  print(outcome, options, () => bulkWords(outcome, bulk.dryRun));
  if (outcome.faults.length > 0) process.exitCode = 1;
}

function queryOf(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams(text));
}

function bulkWords({ revoked, skipped, faults }: BulkOutcome, dryRun: boolean): string {
  return [
    `${dryRun ? 'would revoke' : 'revoked'}: ${revoked}`,
    ...(skipped > 0 ? [`done before: ${skipped}`] : []),
    ...faults.map(({ at, error }) => `not done: ${at}: ${error}`),
  ].join('\n');
}

function words(answer: RevocationRecord | DryRun): string {
  if ('dryRun' in answer) return `would revoke: ${describeDryRun(answer)}`;
  return `revoked: ${describeRecord(answer)}; refused from now on`;
}

/** What a dry run found, in words. */
export function describeDryRun({ record, liveTokens }: DryRun): string {
  const hits =
    liveTokens === null
      ? 'how many live tokens that hits is not known'
      : `hits ${liveTokens.isComplete ? '' : 'at least '}${liveTokens.count} live tokens`;
  return `${describeRecord(record)}; ${hits}`;
}

/** A record in words. */
export function describeRecord({ kind, value, issuer, revokedBefore }: RevocationRecord): string {
  if (revokedBefore === undefined) return `${kind} ${visible(value)} of ${issuer}`;
  const time = new Date(revokedBefore * 1000).toISOString();
  const whose = kind === 'issuer' ? '' : `${kind} ${visible(value)} of `;
  return `tokens of ${whose}${issuer} issued up to ${time}`;
}
