import { type OptionValues, stringOption } from './command.ts';

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
