/** The fields of an AWS cron expression, each as the set of values that match. */
export interface Cron {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly years: ReadonlySet<number>;
  /** Whether a day (UTC) matches the day-of-month or the day-of-week field. */
  day(date: Date): boolean;
}

const dayMs = 86_400_000;
const monthNames = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const dayNames = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

interface Range {
  readonly least: number;
  readonly most: number;
  /** Names of the values from `least` on. */
  readonly names?: readonly string[];
}

/**
 * Parses the six fields of `cron(minutes hours day-of-month month day-of-week year)`.
 *
 * @returns undefined when they are no AWS cron expression.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
 */
export function parseCron(text: string): Cron | undefined {
  const [minute, hour, dayOfMonth, month, dayOfWeek, year, ...more] = text.trim().toUpperCase().split(/\s+/);
  if (year === undefined || more.length > 0 || (dayOfMonth === '?') === (dayOfWeek === '?')) return undefined;
  const minutes = parseField(minute ?? '', { least: 0, most: 59 });
  const hours = parseField(hour ?? '', { least: 0, most: 23 });
  const months = parseField(month ?? '', { least: 1, most: 12, names: monthNames });
  const years = parseField(year, { least: 1970, most: 2199 });
  const day = dayOfWeek === '?' ? parseDayOfMonth(dayOfMonth ?? '') : parseDayOfWeek(dayOfWeek ?? '');
  if (
    minutes === undefined ||
    hours === undefined ||
    months === undefined ||
    years === undefined ||
    day === undefined
  ) {
    return undefined;
  }
  return { minutes, hours, months, years, day };
}

/**
 * The first time after a given one that a cron expression matches.
 *
 * @param after milliseconds since the epoch, itself excluded.
 * @returns milliseconds since the epoch; undefined when it matches never again.
 */
export function nextCron(cron: Cron, after: number): number | undefined {
  const lastYear = Math.max(...cron.years);
  const first = Math.floor(after / dayMs) * dayMs;
  for (
    let day = first;
    new Date(day).getUTCFullYear() <= lastYear && day < first + 9 * 366 * dayMs;
    day += dayMs
  ) {
    const date = new Date(day);
    if (!cron.years.has(date.getUTCFullYear()) || !cron.months.has(date.getUTCMonth() + 1) || !cron.day(date))
      continue;
    const found = timesOf(cron, day).find((time) => time > after);
    if (found !== undefined) return found;
  }
  return undefined;
}

function timesOf(cron: Cron, day: number): number[] {
  return [...cron.hours]
    .flatMap((hour) => [...cron.minutes].map((minute) => day + hour * 3_600_000 + minute * 60_000))
    .sort((a, b) => a - b);
}

function parseField(field: string, range: Range): ReadonlySet<number> | undefined {
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const found = parsePart(part, range);
    if (found === undefined) return undefined;
    for (const value of found) values.add(value);
  }
  return values;
}

function parsePart(part: string, range: Range): number[] | undefined {
  const [span = '', step, ...more] = part.split('/');
  const every = step === undefined ? 1 : /^\d+$/.test(step) ? Number(step) : 0;
  const [from, to] =
    span === '*' ? [range.least, range.most] : span.split('-').map((text) => valueOf(text, range));
  const end = to ?? (step === undefined ? from : range.most);
  if (more.length > 0 || every < 1 || from === undefined || end === undefined || span.split('-').length > 2)
    return undefined;
  if (Number.isNaN(from) || Number.isNaN(end) || end < from) return undefined;
  return Array.from({ length: Math.floor((end - from) / every) + 1 }, (_item, index) => from + index * every);
}

function valueOf(text: string, { least, most, names }: Range): number {
  const named = names?.indexOf(text) ?? -1;
  if (named >= 0) return least + named;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : Number.NaN;
}

function parseDayOfMonth(field: string): Cron['day'] | undefined {
  if (field === 'L') return (date) => date.getUTCDate() === lastDayOf(date);
  const nearest = /^(\d{1,2})W$/.exec(field)?.[1];
  if (nearest !== undefined) return (date) => date.getUTCDate() === nearestWeekday(date, Number(nearest));
  const days = parseField(field, { least: 1, most: 31 });
  return days === undefined ? undefined : (date) => days.has(date.getUTCDate());
}

function parseDayOfWeek(field: string): Cron['day'] | undefined {
  const range = { least: 1, most: 7, names: dayNames };
  const nth = /^(\w+)#([1-5])$/.exec(field);
  const last = /^(\w+)L$/.exec(field);
  const special = valueOf(nth?.[1] ?? last?.[1] ?? '', range);
  if (!Number.isNaN(special)) {
    const week = (date: Date): boolean =>
      nth === null
        ? date.getUTCDate() > lastDayOf(date) - 7
        : Math.ceil(date.getUTCDate() / 7) === Number(nth[2]);
    return (date) => date.getUTCDay() + 1 === special && week(date);
  }
  if (field === 'L') return (date) => date.getUTCDay() === 6;
  const days = parseField(field, range);
  return days === undefined ? undefined : (date) => days.has(date.getUTCDay() + 1);
}

function lastDayOf(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}

/** The weekday (Monday to Friday) of the month that is nearest to a day. */
function nearestWeekday(date: Date, wanted: number): number {
  const last = lastDayOf(date);
  const target = Math.min(wanted, last);
  const weekday = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), target)).getUTCDay();
  if (weekday === 6) return target === 1 ? 3 : target - 1;
  if (weekday === 0) return target === last ? target - 2 : target + 1;
  return target;
}
