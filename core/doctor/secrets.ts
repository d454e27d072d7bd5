import type { Evidence, Finding } from './evidence.ts';
import { instant } from './instant.ts';

/** Are the secrets that clients and consumers read from Secrets Manager seen to before they get old? */
export function checkSecrets(evidence: Evidence): readonly Finding[] {
  return [clientSecrets(evidence), tokenSecrets(evidence)];
}

/** Client secrets have no expiry: one that is not rotated stays good, and gets old. */
function clientSecrets({ rotations, now }: Evidence): Finding {
  const isOverdue = (next = Infinity): boolean => next < now;
  const said = rotations.map(({ clientId, isOn, lastRotatedAt: last, nextRotationAt: next }) => {
    if (!isOn) return `${clientId}: does not rotate`;
    const due = next === undefined ? '' : `, ${isOverdue(next) ? 'was due' : 'next by'} ${instant(next)}`;
    return `${clientId}: ${last === undefined ? 'never rotated' : `rotated ${instant(last)}`}${due}`;
  });
  const isLate = rotations.some(({ isOn, nextRotationAt: next }) => isOn && isOverdue(next));
  const isNew = rotations.some(({ isOn, lastRotatedAt: last }) => isOn && last === undefined);
  return {
    check: 'client secrets are rotated on time',
    verdict: isLate ? 'fail' : isNew ? 'warn' : 'ok',
    evidence: said.join('; ') || 'no client has its secret in Secrets Manager',
  };
}

/** A token is renewed with five turns to go; one that ends within two has been forgotten. */
function tokenSecrets({ schedules, now }: Evidence): Finding {
  const held = schedules.flatMap(({ name, everySeconds, tokenExpiresAt: end }) =>
    end === undefined ? [] : [{ name, end, isNear: end < now + 2 * everySeconds }],
  );
  return {
    check: 'tokens in secrets are renewed before they end',
    verdict: held.some(({ isNear }) => isNear) ? 'fail' : 'ok',
    evidence: held.map(({ name, end }) => `${name}: ends ${instant(end)}`).join('; ') || 'there are none',
  };
}
