import type { ClientEntry, ClientWithSecret } from '../core/admin/client-entry.ts';
import type { Page } from '../core/admin/page.ts';
import type { AdminRouteName } from '../core/contract/routes.ts';
import { type Command, type OptionValues, stackOptions, stringOption, UsageError } from './command.ts';
import { listWords, withSecretWords, words } from './client-words.ts';
import { parseDuration } from './input.ts';
import { print } from './output.ts';
import { askAdmin, openStack } from './stack.ts';

/** What one verb of `keyturn clients` asks the admin API for, and how it shows the answer. */
interface Verb {
  readonly route: AdminRouteName;
  /** Arguments after the verb. */
  readonly takes: readonly string[];
  /** Options of its own. */
  readonly options?: readonly string[];
  query?(names: readonly string[], options: OptionValues): Readonly<Record<string, string>>;
  body?(names: readonly string[], options: OptionValues): object;
  /** The answer, as it is shown. */
  pick?(answer: object, names: readonly string[]): object;
  say(answer: object, names: readonly string[]): string;
}

const named = ([clientId = '']: readonly string[]) => ({ clientId });

const turn = (disabled: boolean): Verb => ({
  ...{ route: 'changeClient', takes: ['ID'] },
  body: (names) => ({ ...named(names), disabled }),
  say: (answer) => words(answer as ClientEntry),
});

const verbs: Readonly<Record<string, Verb>> = {
  list: {
    ...{ route: 'listClients', takes: [], options: ['limit', 'page'] },
    query: (_, options) =>
      given({ limit: stringOption(options, 'limit'), page: stringOption(options, 'page') }),
    say: (answer) => listWords(answer as Page<ClientEntry>, Date.now() / 1000),
  },
  show: {
    ...{ route: 'listClients', takes: ['ID'], query: named },
    pick: (answer, [clientId]) => onlyOne(answer as Page<ClientEntry>, clientId),
    say: (answer) => words(answer as ClientEntry),
  },
  create: {
    ...{ route: 'registerClient', takes: ['ID'] },
    options: ['scope', 'audience', 'grants', 'lifetime', 'refresh-lifetime', 'public', 'jwks-uri'],
    body: (names, options) => ({ ...named(names), ...registration(options) }),
    say: (answer) => withSecretWords(answer as ClientWithSecret),
  },
  disable: turn(true),
  enable: turn(false),
  delete: {
    ...{ route: 'deleteClient', takes: ['ID'], query: named },
    say: (_, [clientId]) => `deleted: client ${clientId}; its tokens are revoked`,
  },
  'add-secret': {
    ...{ route: 'addSecret', takes: ['ID'], body: named },
    say: (answer) => withSecretWords(answer as ClientWithSecret),
  },
  'remove-secret': {
    ...{ route: 'removeSecret', takes: ['ID', 'SECRET_ID'] },
    query: ([clientId = '', id = '']) => ({ clientId, id }),
    say: (answer) => words(answer as ClientEntry),
  },
};

/** `keyturn clients`: who may ask for tokens, with what. */
export const clients: Command = {
  summary: 'list, register, disable and delete clients, add and remove their secrets',
  usage: [
    'Usage: keyturn clients list [--limit N] [--page NEXT]',
    '       keyturn clients create ID [--scope "a b"] [--audience "A B"] [--grants "client_credentials refresh_token"]',
    '               [--lifetime 15m] [--refresh-lifetime 30d] [--public | --jwks-uri URL]',
    '       keyturn clients show|disable|enable|delete|add-secret ID',
    '       keyturn clients remove-secret ID SECRET_ID',
    'Options: [--json] [--stack NAME] [--data FOLDER]',
    '',
    'The stack makes the secret; create and add-secret print it once. A client can have two: add one, roll it out, remove the',
    'other. disable stops new tokens; delete also revokes the existing ones.',
    '',
    '  npx keyturn clients create web --scope "orders:read orders:write" --lifetime 15m',
    '  npx keyturn clients create app --public --scope "orders:read offline_access"',
  ].join('\n'),
  options: {
    ...stackOptions,
    ...({ scope: { type: 'string' }, audience: { type: 'string' }, grants: { type: 'string' } } as const),
    ...({ lifetime: { type: 'string' }, 'refresh-lifetime': { type: 'string' } } as const),
    ...({ public: { type: 'boolean' }, 'jwks-uri': { type: 'string' } } as const),
    ...({ limit: { type: 'string' }, page: { type: 'string' }, json: { type: 'boolean' } } as const),
  },
  words: Object.keys(verbs),
  positionals: [1, 3],
  async run([name = '', ...names], options) {
    const verb = verbOf(name, names, options);
    const answer = await askAdmin(await openStack(options), verb.route, {
      ...(verb.query && { query: verb.query(names, options) }),
      ...(verb.body && { body: verb.body(names, options) }),
    });
    const shown = verb.pick?.(answer, names) ?? answer;
    print(shown, options, () => verb.say(shown, names));
  },
};

const common = ['stack', 'data', 'json'];

function verbOf(name: string, names: readonly string[], options: OptionValues): Verb {
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (verb === undefined) throw wrong(`got ${name}; allowed: ${Object.keys(verbs).join(', ')}`);
  if (names.length !== verb.takes.length)
    throw wrong(`${name}: got ${names.length} arguments; allowed: ${verb.takes.join(' ') || 'none'}`);
  const allowed = [...common, ...(verb.options ?? [])];
  const stray = Object.keys(options).find((option) => !allowed.includes(option));
  if (stray === undefined) return verb;
  throw wrong(`${name}: got --${stray}; allowed: ${allowed.map((option) => `--${option}`).join(', ')}`);
}

function wrong(fault: string): UsageError {
  return new UsageError(`keyturn clients: ${fault}\n\n${clients.usage}`);
}

function registration(options: OptionValues): object {
  return {
    scopes: list(options, 'scope') ?? [],
    ...given({
      audience: list(options, 'audience'),
      grants: list(options, 'grants'),
      tokenLifetimeSeconds: duration(options, 'lifetime'),
      refreshTokenLifetimeSeconds: duration(options, 'refresh-lifetime'),
      isPublic: options.public === true ? true : undefined,
      jwksUri: stringOption(options, 'jwks-uri'),
    }),
  };
}

function list(options: OptionValues, name: string): readonly string[] | undefined {
  return stringOption(options, name)
    ?.split(/[\s,]+/)
    .filter((word) => word !== '');
}

function duration(options: OptionValues, name: string): number | undefined {
  const value = stringOption(options, name);
  return value === undefined ? undefined : parseDuration(name, value);
}

function given<T>(members: Readonly<Record<string, T | undefined>>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function onlyOne({ items: [client] }: Page<ClientEntry>, clientId = ''): ClientEntry {
  if (client !== undefined) return client;
  throw new UsageError(`there is no client ${clientId}`, 1);
}
