import { describe, expect, it } from '@jest/globals';
import { nextTime, parseExpression } from '../../../local/scheduler/expression.ts';

const at = (text: string): number => Date.parse(`${text}:00Z`);
const text = (time: number | undefined): string | undefined =>
  time === undefined ? undefined : new Date(time).toISOString().slice(0, 16);

describe('nextTime', () => {
  it.each([
    ['cron(0 12 * * ? *)', '2026-01-01T11:59', '2026-01-01T12:00'],
    ['cron(0 12 * * ? *)', '2026-01-01T12:00', '2026-01-02T12:00'],
    ['cron(0/15 * * * ? *)', '2026-01-01T00:15', '2026-01-01T00:30'],
    ['cron(5,35 8-10 * * ? *)', '2026-01-01T10:35', '2026-01-02T08:05'],
    ['cron(0 18 ? * MON-FRI *)', '2026-01-02T18:00', '2026-01-05T18:00'],
    ['cron(0 8 1 * ? *)', '2026-01-01T08:00', '2026-02-01T08:00'],
    ['cron(0 0 L * ? *)', '2026-02-01T00:00', '2026-02-28T00:00'],
    ['cron(0 0 31W * ? *)', '2026-01-01T00:00', '2026-01-30T00:00'],
    ['cron(0 0 1W * ? *)', '2026-01-31T00:00', '2026-02-02T00:00'],
    ['cron(0 0 ? * 6L *)', '2026-01-01T00:00', '2026-01-30T00:00'],
    ['cron(0 0 ? * TUE#2 *)', '2026-01-01T00:00', '2026-01-13T00:00'],
    ['cron(0 0 29 2 ? *)', '2026-01-01T00:00', '2028-02-29T00:00'],
    ['cron(0 0 1 JAN ? 2030)', '2026-01-01T00:00', '2030-01-01T00:00'],
    ['cron(0 0 1 JAN ? 2020)', '2026-01-01T00:00', undefined],
    ['at(2026-06-01T10:30:00)', '2026-01-01T00:00', '2026-06-01T10:30'],
    ['at(2026-06-01T10:30:00)', '2026-06-01T10:30', undefined],
    ['rate(5 minutes)', '2026-01-01T00:00', '2026-01-01T00:05'],
    ['rate(1 hour)', '2026-01-01T00:59', '2026-01-01T01:00'],
    ['rate(2 days)', '2026-01-01T00:00', '2026-01-03T00:00'],
  ])('%s after %s is %s', (expression, after, expected) => {
    expect(text(nextTime(parseExpression(expression), at(after), at('2026-01-01T00:00')))).toBe(expected);
  });

  it('begins a rate with its start', () => {
    expect(text(nextTime(parseExpression('rate(1 day)'), 0, at('2026-01-01T07:00')))).toBe(
      '2026-01-01T07:00',
    );
  });
});

describe('parseExpression', () => {
  it.each([
    '',
    'often',
    'rate(0 minutes)',
    'rate(1.5 hours)',
    'rate(5 seconds)',
    'rate(minute)',
    'cron(0 12 * * *)',
    'cron(0 12 * * * *)',
    'cron(0 12 ? * ? *)',
    'cron(60 12 * * ? *)',
    'cron(0 24 * * ? *)',
    'cron(0 12 32 * ? *)',
    'cron(0 12 * 13 ? *)',
    'cron(0 12 ? * FRIDAY *)',
    'cron(0/0 12 * * ? *)',
    'cron(9-5 12 * * ? *)',
    'at(2026-06-01)',
    'at(2026-13-01T10:30:00)',
  ])('refuses "%s"', (expression) => {
    expect(() => parseExpression(expression)).toThrow(
      expect.objectContaining({
        code: 'SCHEDULE_INVALID',
        message: expect.stringContaining(`"${expression}" is not understood; allowed are rate(5 minutes)`),
      }),
    );
  });
});
