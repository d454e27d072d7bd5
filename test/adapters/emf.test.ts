import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import * as fc from 'fast-check';
import { emfTelemetry } from '../../adapters/telemetry/emf.ts';
import type { LogFields, Telemetry } from '../../core/ports.ts';

const now = Date.UTC(2026, 10, 24, 4, 0, 0, 123);
const jws = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl_-x';
const jwe = 'eyJhbGciOiJkaXIifQ..aXY.Y2lwaGVydGV4dA.dGFn';

let lines: string[];
let telemetry: Telemetry;
const written = (): Record<string, unknown> => JSON.parse(lines[0] ?? '');

beforeEach(() => {
  lines = [];
  telemetry = emfTelemetry({ now: () => now, write: (line) => lines.push(line) });
});

describe('count', () => {
  it('writes one embedded-metric line with dimensions and fields', () => {
    telemetry.count('Refused', { Reason: 'expired' }, { kid: 'k', jti: undefined, ageSeconds: 3 });
    expect(lines).toHaveLength(1);
    expect(written()).toEqual({
      kid: 'k',
      ageSeconds: 3,
      Reason: 'expired',
      Refused: 1,
      _aws: {
        Timestamp: now,
        CloudWatchMetrics: [
          {
            Namespace: 'Keyturn',
            Dimensions: [[], ['Reason']],
            Metrics: [{ Name: 'Refused', Unit: 'Count' }],
          },
        ],
      },
    });
  });

  it('writes a metric without dimensions', () => {
    telemetry.count('TokensIssued', {});
    expect(written()).toMatchObject({ TokensIssued: 1, _aws: { CloudWatchMetrics: [{ Dimensions: [[]] }] } });
  });

  it('lets no field take the place of the metric, a dimension or the header', () => {
    telemetry.count('Refused', { Reason: 'expired' }, { _aws: 'x', Refused: 99, Reason: 'x' });
    expect(written()).toMatchObject({ Refused: 1, Reason: 'expired', _aws: { Timestamp: now } });
  });
});

describe('log', () => {
  it('writes one JSON line with level, message, time and fields', () => {
    telemetry.log('warn', 'refused', { kid: 'k', level: 'x' });
    expect(written()).toEqual({
      level: 'warn',
      message: 'refused',
      time: '2026-11-24T04:00:00.123Z',
      kid: 'k',
    });
  });

  it('keeps a value with line ends on one line', () => {
    telemetry.log('info', 'a\nb', { reason: 'c\r\n{"level":"error"}\u2028' });
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toMatch(/[\r\n]/);
    expect(written()).toMatchObject({ message: 'a\nb' });
  });

  it('says that a value is not a scalar rather than what it is', () => {
    const fields: LogFields = JSON.parse('{"key":{"d":"private"},"list":["private"],"none":null}');
    telemetry.log('info', 'made', fields);
    expect(written()).toMatchObject({
      key: '[not a scalar]',
      list: '[not a scalar]',
      none: '[not a scalar]',
    });
    expect(lines[0]).not.toContain('private');
  });
});

describe('redaction', () => {
  it.each([
    ['a JWS', jws],
    ['an unsigned JWS', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.'],
    ['a JWS with detached payload', 'eyJhbGciOiJSUzI1NiJ9..c2ln'],
    ['a JWE', jwe],
    ['a padded JWS', 'eyJhbGciOiJSUzI1NiJ9==.eyJzdWIiOiJhIn0=.c2ln='],
  ])('takes %s out of every field, name, dimension and message', (_, token) => {
    telemetry.log('error', `got ${token}`, {
      header: `Bearer ${token}`,
      twice: `${token} ${token}`,
      [token]: 1,
    });
    telemetry.count('Refused', { Reason: token }, { token });
    const [signature = ''] = token.split('.').slice(-2);
    for (const line of lines) {
      expect(line).not.toContain(token);
      expect(signature === '' || !line.includes(signature)).toBe(true);
      expect(() => JSON.parse(line) as unknown).not.toThrow();
    }
    expect(written()).toMatchObject({ message: 'got [redacted]', header: 'Bearer [redacted]' });
  });

  it.each(['https://issuer.example/a.b.c', 'a.b.c', 'eyJ', 'eyJ.one', '1.2.3.4', 'kid_-AB.1'])(
    'leaves %s as it is',
    (value) => {
      telemetry.log('info', 'm', { value });
      expect(written()).toMatchObject({ value });
    },
  );

  it('takes out any compact token, wherever it stands', () => {
    const segment = fc.stringMatching(/^[A-Za-z0-9_-]{4,20}$/);
    const segments = fc.oneof(
      fc.array(segment, { minLength: 2, maxLength: 2 }),
      fc.array(segment, { minLength: 4, maxLength: 4 }),
    );
    fc.assert(
      fc.property(segment, segments, fc.string(), fc.string(), (head, rest, before, after) => {
        lines = [];
        const token = [`eyJ${head}`, ...rest].join('.');
        telemetry.log('info', `${before}${token}${after}`);
        expect(lines[0]).not.toContain(token);
        expect(() => JSON.parse(lines[0] ?? '') as unknown).not.toThrow();
      }),
    );
  });
});

describe('standard output', () => {
  const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  afterEach(() => write.mockRestore());

  it('is where lines go by default, each with one line end', () => {
    emfTelemetry({ now: () => now }).log('info', 'hello');
    expect(write.mock.calls).toEqual([
      ['{"level":"info","message":"hello","time":"2026-11-24T04:00:00.123Z"}\n'],
    ]);
  });
});
