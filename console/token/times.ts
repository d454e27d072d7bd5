/** Units from large to small, in seconds. */
const units = [
  ['year', 31_557_600],
  ['day', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

/** A length of time in two units at most: `14 min 59 s`, `3 days`. */
export function duration(seconds: number): string {
  const rest = Math.abs(Math.round(seconds));
  const index = units.findIndex(([, size]) => rest >= size);
  const [name, size] = units[index] ?? ['s', 1];
  const count = Math.floor(rest / size);
  const [smaller, smallerSize] = units[index + 1] ?? ['s', 0];
  const remainder = smallerSize === 0 ? 0 : Math.floor((rest % size) / smallerSize);
  return [unit(count, name), ...(remainder > 0 && count < 10 ? [unit(remainder, smaller)] : [])].join(' ');
}

function unit(count: number, name: string): string {
  const isWord = name === 'year' || name === 'day';
  return `${count} ${name}${isWord && count !== 1 ? 's' : ''}`;
}

/** `in 4 min`, `5 s ago`, `now`: seconds are counted in the first minute alone. */
export function relative(time: number, now: number): string {
  const away = Math.abs(time - now);
  if (away < 1) return 'now';
  const length = duration(away < 60 ? Math.floor(away) : away - (away % 60));
  return time > now ? `in ${length}` : `${length} ago`;
}

/** Whether a number can be a date that means something: between 1973 and 2286. */
export function isPlausibleTime(value: unknown): value is number {
  return typeof value === 'number' && value > 1e8 && value < 1e10;
}

/** A date and time of the reader's zone: `24 Nov 2026, 18:04:10`. Empty where it is no date. */
export function dateTime(time: number): string {
  const date = new Date(time * 1000);
  if (Number.isNaN(date.getTime())) return '';
  return date.toLocaleString('en-GB', {
    ...({ day: 'numeric', month: 'short', year: 'numeric' } as const),
    ...({ hour: '2-digit', minute: '2-digit', second: '2-digit' } as const),
  });
}

/** The time of day: `18:04:10`. */
export function clockTime(time: number): string {
  return new Date(time * 1000).toLocaleTimeString('en-GB');
}
