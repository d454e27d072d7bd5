import type { SecretRotation } from '../../core/doctor/evidence.ts';
import { type AwsCall, callAws, startBudget } from '../aws-call.ts';
import { poster } from '../aws-http/post.ts';
import type { AwsHttpSettings } from '../aws-http/settings.ts';
import { signerV4 } from '../aws-http/signature-v4.ts';

/** What DescribeSecret answers; times in seconds since the epoch. */
interface Description {
  readonly RotationEnabled?: boolean;
  readonly LastRotatedDate?: number;
  readonly NextRotationDate?: number;
}

/** Longest time to wait for an answer, in milliseconds. */
const timeMs = 1500;

/**
 * Tells how a secret rotates, by one signed POST: the command line does without the SDK's client. It throws
 * UnavailableError, or AwsRefusalError where Secrets Manager refuses. IAM: `secretsmanager:DescribeSecret`.
 */
export function secretRotations({
  endpoint,
  region,
  credentials,
}: AwsHttpSettings): (secretArn: string) => Promise<Omit<SecretRotation, 'clientId'>> {
  const url = new URL(endpoint);
  const post = poster(url);
  const sign = signerV4({ credentials, region, service: 'secretsmanager' });
  return async (secretArn) => {
    const headers = {
      host: url.host,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'secretsmanager.DescribeSecret',
    };
    const body = JSON.stringify({ SecretId: secretArn });
    const signed = sign({ headers, body, now: Date.now() });
    const sent = { ...signed, 'content-length': String(Buffer.byteLength(body)) };
    const resource = `secret ${secretArn}`;
    const call: AwsCall = {
      ...{ service: 'SecretsManager', operation: 'DescribeSecret', resource, budget: startBudget() },
    };
    const description = await callAws(call, async ({ abortSignal: signal }) => {
      const answer = await post({ headers: sent, body, timeMs, signal });
      const said = JSON.parse(answer.body) as Description & { readonly __type?: string };
      if (answer.status === 200) return said;
      throw Object.assign(new Error('refused'), {
        ...{ name: said.__type?.replace(/^.*#/, '') ?? 'UnknownError' },
        $metadata: { httpStatusCode: answer.status, requestId: answer.requestId },
      });
    });
    const { RotationEnabled: isOn = false, LastRotatedDate: last, NextRotationDate: next } = description;
    return {
      isOn,
      ...(last !== undefined && { lastRotatedAt: last }),
      ...(next !== undefined && { nextRotationAt: next }),
    };
  };
}
