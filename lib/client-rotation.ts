import { Duration } from 'aws-cdk-lib/core';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnRotationSchedule, type Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { ConfigError } from '../core/contract/index.ts';
import type { ClientFunctions } from './client-functions.ts';
import { allow } from './permissions.ts';
import { knownSeconds } from './props.ts';

/** How often a client's secret is rotated. */
export interface ClientRotationProps {
  /** Whole hours; the shortest that Secrets Manager takes is 4. @default Duration.days(30) */
  readonly every?: Duration;
}

/**
 * Hands a client's secret to the rotation function, which may then read and write that secret. Secrets Manager rotates for
 * the first time at once, so that a deployment shows whether it can.
 *
 * @throws {@link ConfigError} when the period is shorter than 4 hours or longer than 1,000 days, or not in whole hours
 */
export function addClientRotation(
  scope: Construct,
  props: ClientRotationProps & { readonly secret: Secret; readonly functions: ClientFunctions },
): CfnRotationSchedule {
  const { secret, functions, every = Duration.days(30) } = props;
  const hours = wholeHours(every);
  const fn = functions.rotation();
  allow(fn, {
    actions: [
      'secretsmanager:DescribeSecret',
      'secretsmanager:GetSecretValue',
      'secretsmanager:PutSecretValue',
      'secretsmanager:UpdateSecretVersionStage',
    ],
    resourceArn: secret.secretArn,
  });
  const id = `SecretsManager${scope.node.addr}`;
  fn.addPermission(id, {
    principal: new ServicePrincipal('secretsmanager.amazonaws.com'),
    sourceArn: secret.secretArn,
  });
  const schedule = new CfnRotationSchedule(scope, 'Rotation', {
    secretId: secret.secretArn,
    rotationLambdaArn: fn.functionArn,
    rotationRules: { scheduleExpression: hours % 24 === 0 ? days(hours / 24) : `rate(${hours} hours)` },
  });
  schedule.node.addDependency(fn);
  return schedule;
}

function wholeHours(every: Duration): number {
  const [name, hour] = ['Client.addRotation: every', 3600];
  const seconds = knownSeconds({ name, value: every, min: 4 * hour, max: 1000 * 24 * hour });
  if (seconds % hour === 0) return seconds / hour;
  throw new ConfigError(
    `${name}: got ${seconds} seconds; allowed: whole hours, because Secrets Manager counts in them`,
  );
}

function days(count: number): string {
  return count === 1 ? 'rate(1 day)' : `rate(${count} days)`;
}
