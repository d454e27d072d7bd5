import type { ScheduledIssueRequest } from '../../core/contract/messages.ts';
import { Metrics } from '../../core/contract/metrics.ts';
import { recorded } from '../../core/schedule/run.ts';
import { issueIntoSecret, type ScheduledIssueResult } from '../../core/secrets/scheduled-issue.ts';
import { compose } from './compose.ts';

const { telemetry, forRequest } = compose();

/** Keeps a valid token in a secret. A turn that fails is an error of the function, and is missing from the metric. */
export async function handler(event: ScheduledIssueRequest): Promise<ScheduledIssueResult> {
  const context = forRequest();
  const { runs, now } = context;
  const tokenExpiresAt = ({ expiresAt: end }: ScheduledIssueResult): number => end;
  const result = await recorded(event.schedule, { runs, telemetry, now, tokenExpiresAt }, () =>
    issueIntoSecret(event, context),
  );
  const { isRenewed, expiresAt } = result;
  telemetry.count(Metrics.tokenSecretsFresh, { [Metrics.secret]: event.secretArn }, { isRenewed, expiresAt });
  return result;
}
