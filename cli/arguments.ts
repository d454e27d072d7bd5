import { parseArgs } from 'node:util';
import { type Command, type OptionValues, UsageError } from './command.ts';

/** What a verb was called with. */
export interface CallArguments {
  readonly positionals: readonly string[];
  readonly values: OptionValues;
}

/** Options that every verb takes. */
const common = { help: { type: 'boolean', short: 'h' } } as const;

type Options = Command['options'];
type OptionToken = Readonly<{
  name: string;
  rawName: string;
  value?: string | undefined;
  inlineValue?: boolean | undefined;
}>;

/**
 * Reads the arguments of a verb. Stricter than `parseArgs`: an option that is given twice, or with nothing in it because a
 * shell variable was empty, could have another effect than what was meant.
 *
 * @throws {@link UsageError} which option, what was got and what is allowed; no argument is repeated, as it may be a token
 */
export function readArguments(verb: string, command: Command, args: readonly string[]): CallArguments {
  const options: Options = { ...command.options, ...common };
  const parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: false, tokens: true });
  const given = parsed.tokens.filter((token) => token.kind === 'option');
  for (const [index, token] of given.entries()) {
    const isRepeated = given.findIndex(({ name }) => name === token.name) < index;
    const fault =
      faultOf(token, options) ?? (isRepeated ? `got ${token.rawName} twice; allowed: once` : undefined);
    if (fault !== undefined) throw wrongCall(verb, command, fault);
  }
  const { positionals, values } = parsed;
  const [least, most] = command.positionals;
  if (values.help !== true && (positionals.length < least || positionals.length > most)) {
    const allowed = most === 0 ? 'none' : [...new Set([least, most])].join(' to ');
    throw wrongCall(
      verb,
      command,
      `got ${positionals.length} arguments besides options; allowed: ${allowed}`,
    );
  }
  return { positionals, values };
}

function faultOf({ name, rawName, value, inlineValue }: OptionToken, options: Options): string | undefined {
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (option === undefined || (rawName === `-${name}` && option.short !== name)) {
    const allowed = Object.keys(options).map((known) => `--${known}`);
    return `unknown option ${rawName}; allowed: ${allowed.join(', ')}`;
  }
  if (option.type === 'boolean') return value === undefined ? undefined : `${rawName} takes no value`;
  if (value === undefined) return `${rawName} is without its value`;
  if (value === '')
    return `${rawName}: got an empty value; allowed: anything else, or to leave the option out`;
  if (inlineValue === true || !/^-./.test(value)) return undefined;
  return `${rawName} is without its value; one that begins with a dash is written ${rawName}=VALUE`;
}

function wrongCall(verb: string, command: Command, fault: string): UsageError {
  return new UsageError(`keyturn ${verb}: ${fault}\n\n${command.usage}`);
}
