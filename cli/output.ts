import { stripVTControlCharacters, styleText } from 'node:util';
import type { OptionValues } from './command.ts';

const units = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

/** How far a NumericDate is from now, in words: `in 14 min`, `3 d ago`. */
export function relativeTime(time: number, now: number): string {
  const distance = Math.round(Math.abs(time - now));
  const [unit, size] = units.find(([, seconds]) => distance >= seconds) ?? ['s', 1];
  const amount = `${Math.floor(distance / size)} ${unit}`;
  return time >= now ? `in ${amount}` : `${amount} ago`;
}

/** A style of the terminal, by what it stands for. */
export type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow' | 'cyan';

/** Whether standard output takes colours: a terminal does, unless NO_COLOR is set; FORCE_COLOR makes it. */
function isColoured(): boolean {
  const { NO_COLOR: no, FORCE_COLOR: force } = process.env;
  if (no !== undefined && no !== '') return false;
  return (force !== undefined && force !== '0') || process.stdout.isTTY;
}

/** Text in a style, where standard output takes colours. */
export function paint(style: Style, text: string): string {
  return isColoured() ? styleText(style, text) : text;
}

/** Rows as a table with a heading, columns padded. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [heading.map((cell) => paint('dim', cell)), ...(rows.length === 0 ? [['none']] : rows)];
  const widths = heading.map((_, column) => Math.max(...all.map((row) => widthOf(row[column]))));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function widthOf(cell = ''): number {
  return stripVTControlCharacters(cell).length;
}

/**
 * What others wrote, in one line that a terminal only shows: characters that would move its cursor, turn the direction of
 * text or cannot be seen, as JSON escapes.
 */
export function visible(text: string): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

/** A value as JSON, over several lines. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, null, 2).split('\n').map(visible).join('\n');
}

/** A page of a list, and how to see the next one. */
export function pageWords(list: string, next: string | undefined, verb: string): string {
  return next === undefined ? list : `${list}\n\nnext page: keyturn ${verb} --page ${next}`;
}

/** Prints a result: as JSON where the call has `--json`, else as words. */
export function print(result: unknown, options: OptionValues, words: () => string): void {
  console.log(options.json === true ? toJson(result) : words());
}
