import { text } from 'node:stream/consumers';
import { UsageError } from './command.ts';

/**
 * An argument, or standard input where it is `-`, so that a token need not stand in the process list. White space
 * around it, such as the shell's newline, is dropped.
 */
export async function argumentOrStdin(argument: string | undefined): Promise<string> {
  const value = argument === '-' ? await text(process.stdin) : (argument ?? '');
  if (value.trim() === '')
    throw new UsageError('got an empty token; allowed: a token, or - to read it from standard input');
  return value.trim();
}
