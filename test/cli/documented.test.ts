/** Every call of the command that a document shows is one that the command takes: verb, options, number of arguments. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { readArguments } from '../../cli/arguments.ts';
import { commands } from '../../cli/commands.ts';

const files = ['README.md', 'examples/README.md', ...readdirSync('docs').map((name) => `docs/${name}`)];

/** Calls in code spans and fenced lines, as they stand there. */
function callsOf(text: string): readonly string[] {
  const fences = /^```(\w*)\n(.*?)^```/gms;
  const fenced = [...text.matchAll(fences)].flatMap(([, kind, lines = '']) =>
    lines.split('\n').filter((line) => kind === 'sh' || (kind === 'text' && line.startsWith('  '))),
  );
  const spans = [...text.replaceAll(fences, '').matchAll(/`([^`]+)`/g)].map(([, span = '']) =>
    span.replaceAll(/\s+/g, ' '),
  );
  return [...fenced, ...spans].flatMap((line) =>
    [...line.matchAll(/(?:^|\(|\| |npx )keyturn ((?:"[^"]*"|'[^']*'|[^|<>)"'])+)/g)].map(
      ([, call = '']) => call,
    ),
  );
}

/** The words of a call, as a shell takes them; `…` stands for what is left to say. */
function wordsOf(call: string): readonly string[] {
  return [...call.matchAll(/"([^"]*)"|'([^']*)'|([^\s"']+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');
}

const calls = files
  .filter((file) => file.endsWith('.md'))
  .flatMap((file) => callsOf(readFileSync(file, 'utf8')).map((call) => [file, call.trim()] as const))
  .filter(([, call]) => /^[a-z]/.test(call));

it('finds the calls', () => {
  expect(calls.length).toBeGreaterThan(60);
});

it.each(calls)('%s: keyturn %s', (_, call) => {
  const [verb = '', ...args] = wordsOf(call);
  const command = commands[verb];
  expect(command).toBeDefined();
  if (command === undefined || args.length === 0) return;
  const isAlternative = args.some((arg) => /[[\]…]/.test(arg));
  if (!isAlternative) expect(() => readArguments(verb, command, args)).not.toThrow();
});
