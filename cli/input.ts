import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { UsageError } from './command.ts';

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

/** A file's text. */
export async function fileText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`, 1);
  }
}

/**
 * A time as NumericDate: seconds since 1970, or an ISO 8601 date and time.
 *
 * @param option its name, for the message
 */
export function parseTime(option: string, value: string): number {
  const time = /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : Date.parse(value) / 1000;
  if (Number.isFinite(time)) return time;
  throw new UsageError(
    `--${option}: got ${value}; allowed: seconds since 1970, or a date such as 2026-11-24T12:00:00Z`,
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
