#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { type Command, UsageError } from './command.ts';
import { commands } from './commands.ts';

function help(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const verbs = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    'Usage: keyturn <verb> [options]',
    '',
    ...verbs,
    '',
    '`keyturn <verb> --help` shows examples.',
  ].join('\n');
}

async function run(argv: readonly string[]): Promise<void> {
  const [verb, ...rest] = argv;
  if (verb === undefined || verb === '--help' || verb === 'help') return console.log(help());
  const command = Object.hasOwn(commands, verb) ? commands[verb] : undefined;
  if (command === undefined)
    throw new UsageError(`unknown verb ${verb}; allowed: ${Object.keys(commands).join(', ')}`);
  const { positionals, values } = parse(verb, command, rest);
  if (values.help === true) return console.log(command.usage);
  const [least, most] = command.positionals;
  if (positionals.length < least || positionals.length > most) {
    throw new UsageError(`keyturn ${verb}: got ${positionals.length} arguments\n\n${command.usage}`);
  }
  return command.run(positionals, values);
}

function parse(verb: string, command: Command, args: string[]) {
  try {
    const options = { ...command.options, help: { type: 'boolean' } } as const;
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(`keyturn ${verb}: ${(error as Error).message}\n\n${command.usage}`);
  }
}

// The SDK's notice about old Node.js versions would end up between a token and whoever reads it.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

try {
  await run(process.argv.slice(2));
} catch (error) {
  const isUsage = error instanceof UsageError;
  console.error(isUsage ? error.message : `keyturn failed: ${(error as Error).message}`);
  process.exitCode = isUsage ? error.exitCode : 1;
}
