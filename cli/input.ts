import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { type OptionValues, stringOption, UsageError } from './command.ts';

/**
 * An argument, or standard input where it is `-`, so that a token need not stand in the process list. White space
 * around it, such as the shell's newline, is dropped.
 *
 * @param what what is asked for, for the message
 */
export async function argumentOrStdin(argument: string | undefined, what = 'a token'): Promise<string> {
  const value = argument === '-' ? await text(process.stdin) : (argument ?? '');
  if (value.trim() === '')
    throw new UsageError(`got nothing; allowed: ${what}, or - to read it from standard input`);
  return value.trim();
}

/**
 * A token as {@link argumentOrStdin} reads it. What was copied along with one is refused here, by name: the stack would call
 * the whole no token at all, and whoever has a leaked one to revoke might take it for harmless.
 */
export async function tokenOrStdin(argument: string | undefined): Promise<string> {
  const token = await argumentOrStdin(argument);
  const fault = faultAround(token);
  if (fault === undefined) return token;
  throw new UsageError(`the token ${fault}; allowed: the token alone, in one line`);
}

/** What stands around a token, or within it, that is no part of one. */
export function faultAround(token: string): string | undefined {
  if (/^["'`]|["'`]$/.test(token)) return 'stands in quotes';
  if (/^(authorization:|bearer\s|dpop\s)/i.test(token))
    return 'has the rest of an Authorization header before it';
  if (token.startsWith('{')) return 'is a JSON object';
  return /\s/.test(token) ? 'has a space or a line break in it' : undefined;
}

/** A file's text. */
export async function fileText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`, 1);
  }
}

/**
 * A time as a NumericDate.
 *
 * @throws {@link UsageError} for anything but a NumericDate or an ISO 8601 time with its zone
 */
export function timeOption(options: OptionValues, name: string): number | undefined {
  const value = stringOption(options, name);
  if (value === undefined) return undefined;
  if (/^\d{1,11}(\.\d+)?$/.test(value)) return Number(value);
  const time = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(value) ? Date.parse(value) : Number.NaN;
  if (!Number.isNaN(time)) return time / 1000;
  throw new UsageError(
    `--${name}: got ${value}; allowed: a NumericDate such as 1800000000, or a time such as 2027-01-15T08:00:00Z`,
  );
}

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** A duration in seconds: `90`, `90s`, `15m`, `2h`, `1d`. */
export function parseDuration(option: string, value: string): number {
  const [, amount = '', unit = 's'] = /^(\d{1,9})([smhd])?$/.exec(value) ?? [];
  const seconds = amount === '' ? 0 : Number(amount) * (units[unit] ?? 1);
  if (seconds > 0) return seconds;
  throw new UsageError(`--${option}: got ${value}; allowed: a duration such as 90s, 15m, 2h or 1d`);
}
