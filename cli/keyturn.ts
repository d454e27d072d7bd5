#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { readArguments } from './arguments.ts';
import { type Command, UsageError } from './command.ts';
import { commands } from './commands.ts';

function help(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const verbs = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    'Usage: keyturn <command> [options]',
    '',
    ...verbs,
    '',
    '`keyturn <command> --help` shows examples. Commands use the local stack, or with --stack NAME one in AWS.',
    'Exit code: 0 done, 1 refused or failed, 2 wrong usage.',
  ].join('\n');
}

async function run(argv: readonly string[]): Promise<void> {
  const [verb, ...rest] = argv;
  if (verb === undefined || verb === '--help' || verb === '-h') return console.log(help());
  if (verb === '--version') return console.log(version());
  if (verb === 'help') return console.log(rest[0] === undefined ? help() : commandOf(rest[0]).usage);
  const command = commandOf(verb);
  const { positionals, values } = readArguments(verb, command, rest);
  if (values.help === true) return console.log(command.usage);
  return command.run(positionals, values);
}

function commandOf(verb: string): Command {
  const command = Object.hasOwn(commands, verb) ? commands[verb] : undefined;
  if (command !== undefined) return command;
  throw new UsageError(
    `unknown command ${verb}; allowed: ${Object.keys(commands).join(', ')}; \`keyturn --help\` says what each does`,
  );
}

/** Of the package that this file was built into. */
function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

/** Some errors of Node.js have a code in place of a message. */
function messageOf({ message, code, name }: NodeJS.ErrnoException): string {
  return message || (code ?? name);
}

// The SDK's notice about old Node.js versions would end up between a token and whoever reads it.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

try {
  await run(process.argv.slice(2));
} catch (error) {
  const isUsage = error instanceof UsageError;
  console.error(isUsage ? error.message : `keyturn failed: ${messageOf(error as Error)}`);
  process.exitCode = isUsage ? error.exitCode : 1;
}
