import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { AwsRefusalError } from '../../adapters/aws-call.ts';
import { answerCloudFormation } from '../../adapters/http/cloudformation.ts';
import type { KeyRotationRequest, KeyRotationResult } from '../../core/contract/messages.ts';
import { Metrics } from '../../core/contract/metrics.ts';
import { mayActivateAt } from '../../core/keys/advance.ts';
import { activeKey, pendingKey } from '../../core/keys/key-set.ts';
import { turnKeys } from '../../core/keys/rotation.ts';
import { compose } from './compose.ts';

const { telemetry, settings, forRequest } = compose();

/**
 * Turns the signing keys: on the schedule's tick, on request, and when CloudFormation makes or changes the stack, so
 * that the first key exists when a deployment returns. Ticks may come late, twice, or not at all.
 */
export async function handler(
  event: KeyRotationRequest | CloudFormationCustomResourceEvent,
): Promise<KeyRotationResult | undefined> {
  if (!('RequestType' in event)) return turn(event);
  return answerCloudFormation(event, async () => {
    if (event.RequestType !== 'Delete') await tickOnceAllowed();
  });
}

/** IAM is eventually consistent: a role that was made a moment ago may still be refused what its policy allows. */
async function tickOnceAllowed(): Promise<void> {
  for (const waitMs of [1000, 2000, 4000]) {
    try {
      await turn({ action: 'tick' });
      return;
    } catch (error) {
      if (!(error instanceof AwsRefusalError) || error.code !== 'AccessDeniedException') throw error;
      await sleep(waitMs);
    }
  }
  await turn({ action: 'tick' });
}

async function turn(request: KeyRotationRequest): Promise<KeyRotationResult> {
  const { before, after } = await turnKeys(request, forRequest());
  const [was, active, next] = [activeKey(before), activeKey(after), pendingKey(after)];
  const rotated = was?.kid !== active?.kid;
  if (rotated) telemetry.count(Metrics.keysRotated, {}, { from: was?.kid, to: active?.kid });
  return {
    rotated,
    active: active?.kid,
    next: next?.kid,
    nextMaySignAt: next && mayActivateAt(next, settings),
  };
}
