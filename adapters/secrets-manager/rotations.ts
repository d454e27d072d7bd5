import type { SecretRotation } from '../../core/doctor/evidence.ts';
import { type AwsCall, callAws, startBudget } from '../aws-call.ts';
import { jsonCaller } from '../aws-http/json-call.ts';
import type { AwsHttpSettings } from '../aws-http/settings.ts';

/** What DescribeSecret answers; times in seconds since the epoch. */
interface Description {
  readonly RotationEnabled?: boolean;
  readonly LastRotatedDate?: number;
  readonly NextRotationDate?: number;
}

const secretsManager = {
  service: 'secretsmanager',
  target: 'secretsmanager',
  contentType: 'application/x-amz-json-1.1',
} as const;

/** Longest time to wait for an answer, in milliseconds. */
const timeMs = 1500;

/**
 * Tells how a secret rotates, by one signed POST: the command line does without the SDK's client. It throws
 * UnavailableError, or AwsRefusalError where Secrets Manager refuses. IAM: `secretsmanager:DescribeSecret`.
 */
export function secretRotations(
  settings: AwsHttpSettings,
): (secretArn: string) => Promise<Omit<SecretRotation, 'clientId'>> {
  const send = jsonCaller(settings, secretsManager);
  return async (secretArn) => {
    const resource = `secret ${secretArn}`;
    const call: AwsCall = {
      ...{ service: 'SecretsManager', operation: 'DescribeSecret', resource, budget: startBudget() },
    };
    const body = JSON.stringify({ SecretId: secretArn });
    const description = await callAws(
      call,
      async ({ abortSignal: signal }) =>
        JSON.parse(await send('DescribeSecret', body, { timeMs, signal })) as Description,
    );
    const { RotationEnabled: isOn = false, LastRotatedDate: last, NextRotationDate: next } = description;
    return {
      isOn,
      ...(last !== undefined && { lastRotatedAt: last }),
      ...(next !== undefined && { nextRotationAt: next }),
    };
  };
}
