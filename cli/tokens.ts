import type { Page } from '../core/admin/page.ts';
import type { IssuedToken } from '../core/issue/client.ts';
import { type Command, type OptionValues, stackOptions, stringOption } from './command.ts';
import { timeOption } from './input.ts';
import { pageWords, print, relativeTime, table, visible } from './output.ts';
import { askAdmin, openStack } from './stack.ts';

/** Options that are parameters of `GET /admin/tokens`. */
const parameters = {
  jti: 'jti',
  subject: 'subject',
  client: 'clientId',
  session: 'sid',
  key: 'kid',
  scope: 'scope',
  limit: 'limit',
  page: 'page',
} as const;

/** `keyturn tokens`: what was issued, without the tokens. */
export const tokens: Command = {
  summary: 'list issued tokens (never the token itself) by subject, client, session, key, scope or expiry',
  usage: [
    'Usage: keyturn tokens [--jti ID | --subject SUB | --client ID | --session SID | --key KID]',
    '       [--scope SCOPE] [--expires-after TIME] [--expires-before TIME] [--limit N] [--page NEXT] [--json]',
    '       [--stack NAME] [--data FOLDER]',
    '',
    'Tokens that have not expired, 100 at a time; the last line says how to see the next ones.',
    '',
    '  npx keyturn tokens --client demo',
    '  npx keyturn tokens --scope orders:write --expires-before 2027-01-15T08:00:00Z --json',
  ].join('\n'),
  options: {
    ...stackOptions,
    ...({ jti: { type: 'string' }, subject: { type: 'string' }, client: { type: 'string' } } as const),
    ...({ session: { type: 'string' }, key: { type: 'string' }, scope: { type: 'string' } } as const),
    ...({ limit: { type: 'string' }, page: { type: 'string' }, json: { type: 'boolean' } } as const),
    ...({ 'expires-after': { type: 'string' }, 'expires-before': { type: 'string' } } as const),
  },
  positionals: [0, 0],
  async run(_, options) {
    const answer = await askAdmin(await openStack(options), 'listTokens', { query: queryOf(options) });
    print(answer, options, () => words(answer as Page<IssuedToken>, Date.now() / 1000));
  },
};

function queryOf(options: OptionValues): Record<string, string> {
  const query: Record<string, string> = {};
  for (const [option, parameter] of Object.entries(parameters)) {
    const value = stringOption(options, option);
    if (value !== undefined) query[parameter] = value;
  }
  const [after, before] = [timeOption(options, 'expires-after'), timeOption(options, 'expires-before')];
  if (after !== undefined) query['expiresAfter'] = String(after);
  if (before !== undefined) query['expiresBefore'] = String(before);
  return query;
}

function words({ items, next }: Page<IssuedToken>, now: number): string {
  const rows = items.map(({ jti, subject, clientId, scope, expiresAt, lastRefusal }) => [
    ...[jti, subject, clientId, scope, relativeTime(expiresAt, now), lastRefusal?.reason ?? ''],
  ]);
  const list = table(
    ['jti', 'subject', 'client', 'scope', 'expires', 'last refusal'],
    rows.map((row) => row.map(visible)),
  );
  return pageWords(list, next, 'tokens');
}
