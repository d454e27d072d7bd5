import { type OptionValues, stringOption, UsageError } from './command.ts';

/** Options that name what is revoked: member of the request, and kind of the record. */
export const targets = {
  jti: { member: 'jti', kind: 'token' },
  digest: { member: 'digest', kind: 'token' },
  subject: { member: 'subject', kind: 'subject' },
  client: { member: 'clientId', kind: 'client' },
  session: { member: 'sid', kind: 'session' },
  key: { member: 'kid', kind: 'key' },
} as const;

/** {@link targets} as options of a verb. */
export const targetOptions = {
  jti: { type: 'string' },
  digest: { type: 'string' },
  subject: { type: 'string' },
  client: { type: 'string' },
  session: { type: 'string' },
  key: { type: 'string' },
  issuer: { type: 'string' },
  reason: { type: 'string' },
} as const;

/** The targets that were named. */
export function namedTargets(
  options: OptionValues,
): readonly ((typeof targets)[keyof typeof targets] & { readonly value: string })[] {
  return Object.entries(targets).flatMap(([option, target]) => {
    const value = stringOption(options, option);
    return value === undefined ? [] : [{ ...target, value }];
  });
}

/** Options that a request takes as they are: issuer and reason. */
export function noteOf(options: OptionValues): Record<string, string> {
  const issuer = stringOption(options, 'issuer');
  const reason = stringOption(options, 'reason');
  return { ...(issuer !== undefined && { issuer }), ...(reason !== undefined && { reason }) };
}

/**
 * A time as a NumericDate.
 *
 * @throws {@link UsageError} for anything but a NumericDate or an ISO 8601 time with its zone
 */
export function timeOption(options: OptionValues, name: string): number | undefined {
  const text = stringOption(options, name);
  if (text === undefined) return undefined;
  if (/^\d{1,11}(\.\d+)?$/.test(text)) return Number(text);
  const time = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return time / 1000;
  throw new UsageError(
    `--${name}: got ${text}; allowed: a NumericDate such as 1800000000, or a time such as 2027-01-15T08:00:00Z`,
  );
}
