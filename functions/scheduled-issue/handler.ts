import type { ScheduledIssueRequest } from '../../core/contract/messages.ts';
import { Metrics } from '../../core/contract/metrics.ts';
import { issueIntoSecret, type ScheduledIssueResult } from '../../core/secrets/scheduled-issue.ts';
import { compose } from './compose.ts';

const { telemetry, forRequest } = compose();

/** Keeps a valid token in a secret. A turn that fails is an error of the function, and is missing from the metric. */
export async function handler(event: ScheduledIssueRequest): Promise<ScheduledIssueResult> {
  const result = await issueIntoSecret(event, forRequest());
  const { isRenewed, expiresAt } = result;
  telemetry.count(Metrics.tokenSecretsFresh, { [Metrics.secret]: event.secretArn }, { isRenewed, expiresAt });
  return result;
}
