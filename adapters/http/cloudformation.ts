import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { exchange } from './exchange.ts';

/** Attempts to deliver an answer, and the pauses between them: all of it ends within 10 s. */
const attemptMs = 2000;
const pausesMs = [200, 600, 1000];

/** CloudFormation takes an answer of 4,096 bytes; a reason longer than this is cut. */
const maxReasonLength = 1000;

/**
 * Does a custom resource's work and tells CloudFormation how it ended: SUCCESS, or FAILED with the error's message,
 * which fails the deployment. Work that fails does not reject: Lambda would only repeat it, answered already.
 *
 * @param work its result is the resource's attributes
 * @throws Error where the answer cannot be delivered within 10 s; Lambda then repeats the event
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
 */
export async function answerCloudFormation(
  event: CloudFormationCustomResourceEvent,
  work: () => Promise<Readonly<Record<string, string>> | void>,
): Promise<undefined> {
  const { StackId, RequestId, LogicalResourceId } = event;
  const outcome = await work().then(
    (Data) => ({ Status: 'SUCCESS', ...(Data && { Data }) }),
    (error: unknown) => ({ Status: 'FAILED', Reason: reasonOf(error) }),
  );
  const PhysicalResourceId = event.RequestType === 'Create' ? LogicalResourceId : event.PhysicalResourceId;
  await deliver(
    event.ResponseURL,
    JSON.stringify({ ...outcome, PhysicalResourceId, StackId, RequestId, LogicalResourceId }),
  );
  return undefined;
}

function reasonOf(error: unknown): string {
  return String(error).slice(0, maxReasonLength);
}

/** The address is signed for an empty content type. It is a credential: no message names it. */
async function deliver(address: string, body: string): Promise<void> {
  const headers = { 'content-type': '', 'content-length': String(Buffer.byteLength(body)) };
  for (const pauseMs of [...pausesMs, undefined]) {
    const failure = await exchange(address, {
      method: 'PUT',
      headers,
      body,
      timeMs: attemptMs,
      maxBytes: 65_536,
    }).then(
      ({ status }) => (status >= 200 && status < 300 ? undefined : `status ${status}`),
      (error: unknown) => (error instanceof Error ? error.message : 'unknown error'),
    );
    if (failure === undefined) return;
    if (pauseMs === undefined)
      throw new Error(`CloudFormation's ResponseURL: got ${failure}; allowed: status 200`);
    await sleep(pauseMs);
  }
}
