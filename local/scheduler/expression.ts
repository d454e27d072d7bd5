import { LocalError } from '../errors.ts';
import { nextCron, parseCron } from './cron.ts';

/** A schedule expression, parsed. */
export type Expression =
  | { readonly kind: 'rate'; readonly everyMs: number }
  | { readonly kind: 'cron' | 'at'; next(after: number): number | undefined };

const unitMs: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * Parses `rate(…)`, `cron(…)` or `at(…)`. Times are UTC.
 *
 * @throws {@link LocalError} `SCHEDULE_INVALID`.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function parseExpression(text: string): Expression {
  const [, kind, inner = ''] = /^(rate|cron|at)\((.*)\)$/.exec(text.trim()) ?? [];
  const parsed =
    kind === 'rate'
      ? parseRate(inner)
      : kind === 'at'
        ? parseAt(inner)
        : kind === 'cron'
          ? cronOf(inner)
          : undefined;
  if (parsed !== undefined) return parsed;
  throw new LocalError(
    'SCHEDULE_INVALID',
    `The schedule expression "${text}" is not understood; allowed are rate(5 minutes), cron(0 12 * * ? *) with AWS's six ` +
      'fields, and at(2030-01-31T12:00:00).',
  );
}

/**
 * When an expression is due next.
 *
 * @param after milliseconds since the epoch, itself excluded.
 * @param start when a rate began to count.
 * @returns milliseconds since the epoch; undefined when it is due never again.
 */
export function nextTime(expression: Expression, after: number, start: number): number | undefined {
  if (expression.kind !== 'rate') return expression.next(after);
  if (after < start) return start;
  return start + (Math.floor((after - start) / expression.everyMs) + 1) * expression.everyMs;
}

function parseRate(inner: string): Expression | undefined {
  const [, value = '', unit = ''] = /^([1-9]\d*) (minute|hour|day)s?$/.exec(inner.trim()) ?? [];
  const everyMs = Number(value) * (unitMs[unit] ?? 0);
  return everyMs > 0 ? { kind: 'rate', everyMs } : undefined;
}

function parseAt(inner: string): Expression | undefined {
  const time = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/.test(inner) ? Date.parse(`${inner}Z`) : Number.NaN;
  return Number.isNaN(time) ? undefined : { kind: 'at', next: (after) => (time > after ? time : undefined) };
}

function cronOf(inner: string): Expression | undefined {
  const cron = parseCron(inner);
  return cron === undefined ? undefined : { kind: 'cron', next: (after) => nextCron(cron, after) };
}
