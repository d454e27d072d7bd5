import { spawn } from 'node:child_process';
import { AdminScopes, Routes } from '../core/contract/routes.ts';
import { type Command, stackOptions } from './command.ts';
import { ownToken } from './own-client.ts';
import { openStack, type Stack } from './stack.ts';

/** `keyturn console`: the address of the web console, signed in. */
export const console_: Command = {
  summary: 'open the web console, signed in as administrator',
  usage: [
    'Usage: keyturn console [--open] [--stack NAME] [--data FOLDER]',
    '',
    'Prints the address of the web console with a short-lived admin token in its fragment, which no server sees.',
    'The token comes from a direct invoke of token-issue: for a stack in AWS, your credentials must allow it.',
    '--open opens the address in your browser.',
    '',
    '  npx keyturn console',
    '  npx keyturn console --stack Keyturn --open',
  ].join('\n'),
  options: { ...stackOptions, open: { type: 'boolean' } },
  positionals: [0, 0],
  async run(_, options) {
    const link = await consoleLink(await openStack(options), Date.now() / 1000);
    console.log(link);
    if (options.open === true) openInBrowser(link);
  },
};

/**
 * The address of a stack's web console, signed in.
 *
 * @param now NumericDate
 */
export async function consoleLink(stack: Stack, now: number): Promise<string> {
  const scopes = Object.values(AdminScopes);
  const token = await ownToken(stack, { clientId: 'keyturn-console', scopes, now });
  return `${stack.output('apiUrl')}${Routes.console}#admin=${token}`;
}

function openInBrowser(link: string): void {
  const opener = { darwin: 'open', win32: 'explorer' }[process.platform as string] ?? 'xdg-open';
  spawn(opener, [link], { stdio: 'ignore', detached: true })
    .on('error', () => console.error(`no browser could be opened with ${opener}; open the address yourself`))
    .unref();
}
