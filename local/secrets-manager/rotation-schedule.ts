import { numberOf, textOf, type JsonObject } from '../json.ts';
import { ServiceError } from '../json-service.ts';
import { messageOf } from '../errors.ts';
import { nextTime, parseExpression, type Expression } from '../scheduler/expression.ts';
import type { Secret } from './secret.ts';

/**
 * When a secret is to be rotated next, in milliseconds since the epoch; undefined when it is not rotated.
 *
 * @param after its rotation has been given up at that time. @default when it was last rotated
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html
 */
export function nextRotation(secret: Secret, after = 0): number | undefined {
  const { rotation, rotatedAt, createdAt, deletion } = secret;
  if (rotation?.isEnabled !== true || deletion !== undefined) return undefined;
  const last = rotatedAt ?? createdAt;
  const expression = expressionOf(rotation.rules);
  return expression && nextTime(expression, Math.max(last, after), last);
}

/**
 * Checks `RotationRules`.
 *
 * @throws {@link ServiceError} `InvalidParameterException`.
 */
export function checkRules(rules: JsonObject): void {
  try {
    expressionOf(rules);
  } catch (error) {
    throw new ServiceError('InvalidParameterException', `RotationRules: ${messageOf(error)}`);
  }
}

/** Rules without a time rotate by hand alone. */
function expressionOf(rules: JsonObject): Expression | undefined {
  const days = numberOf(rules.AutomaticallyAfterDays);
  const text = textOf(rules.ScheduleExpression) ?? (days === undefined ? undefined : `rate(${days} days)`);
  return text === undefined ? undefined : parseExpression(text);
}
