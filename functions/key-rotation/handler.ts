import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { onceAllowed } from '../../adapters/aws-call.ts';
import { answerCloudFormation } from '../../adapters/http/cloudformation.ts';
import type {
  KeyRotationRequest,
  KeyRotationResult,
  KeyTimelineRequest,
} from '../../core/contract/messages.ts';
import { Metrics } from '../../core/contract/metrics.ts';
import { emptyKeySet } from '../../core/keys/advance.ts';
import { activeKey, type KeySet, pendingKey } from '../../core/keys/key-set.ts';
import { type Turn, turnKeys } from '../../core/keys/rotation.ts';
import { type Timeline, timelineOf } from '../../core/keys/timeline.ts';
import { describeFaults, windowFaults } from '../../core/keys/window-faults.ts';
import { mayActivateAt, safePolicy } from '../../core/keys/windows.ts';
import { recorded } from '../../core/schedule/run.ts';
import { compose } from './compose.ts';

const { telemetry, settings, forRequest } = compose();

/**
 * Turns the signing keys: on the schedule's tick, on request, and when CloudFormation makes or changes the stack, so
 * that the first key exists when a deployment returns. Ticks may come late, twice, or not at all. A deployment whose
 * times break a window of a key that exists fails, with the date from which it would not.
 */
export async function handler(
  event: KeyRotationRequest | KeyTimelineRequest | CloudFormationCustomResourceEvent,
): Promise<KeyRotationResult | Timeline | undefined> {
  if ('action' in event) return event.action === 'timeline' ? timeline() : answer(event);
  return answerCloudFormation(event, async () => {
    if (event.RequestType === 'Delete') return;
    await onceAllowed(() => turn({ action: 'adopt' }));
  });
}

async function timeline(): Promise<Timeline> {
  const { keySets, issuer, now } = forRequest();
  return timelineOf((await keySets.readPublic(issuer)) ?? emptyKeySet(issuer), settings, now);
}

/** A compromised key that KMS holds is ended by the turn after the one that wrote it down: at once, not at the next tick. */
async function answer(request: KeyRotationRequest): Promise<KeyRotationResult> {
  const schedule = request.action === 'tick' ? request.schedule : undefined;
  const { runs, now } = forRequest();
  const result = await recorded(schedule, { runs, telemetry, now }, () => turn(request));
  if (request.action === 'compromise') await turn({ action: 'tick' });
  return result;
}

async function turn(request: Turn): Promise<KeyRotationResult> {
  const context = forRequest();
  const { before, after } = await turnKeys(request, context);
  const [was, active, next] = [activeKey(before), activeKey(after), pendingKey(after)];
  const rotated = was?.kid !== active?.kid;
  if (rotated) telemetry.count(Metrics.keysRotated, {}, { from: was?.kid, to: active?.kid });
  if (before.windows !== after.windows) reportOlderWindows(after);
  const faults = windowFaults(after, settings, context.now);
  if (faults.length > 0) telemetry.log('warn', describeFaults(faults));
  return {
    rotated,
    active: active?.kid,
    next: next?.kid,
    nextMaySignAt: next && mayActivateAt(next, safePolicy(after, settings, context.now)),
  };
}

/** Said once, when the settings change: windows that became shorter keep their older length for a while. */
function reportOlderWindows({ windows }: KeySet): void {
  const { older, olderUntil } = windows ?? {};
  if (older === undefined || olderUntil === undefined) return;
  const until = new Date(olderUntil * 1000).toISOString();
  telemetry.log('warn', 'times were made shorter; keys keep the older ones for now', { until, ...older });
}
