import { invokeFunction } from '../../adapters/lambda/invoke.ts';
import { connectDynamoDb } from '../../adapters/dynamodb/connection.ts';
import { revocationReader } from '../../adapters/dynamodb/revocations.ts';
import { scheduleRunLog } from '../../adapters/dynamodb/schedule-runs.ts';
import { secretVersions } from '../../adapters/secrets-manager/versions.ts';
import { emfTelemetry } from '../../adapters/telemetry/emf.ts';
import { Environment, readVariable } from '../../core/contract/environment.ts';
import type { TokenAnswer } from '../../core/issue/issue.ts';
import type { Telemetry } from '../../core/ports.ts';
import type { RunContext } from '../../core/schedule/run.ts';
import type { ScheduledIssueContext } from '../../core/secrets/scheduled-issue.ts';

/** Wires scheduled-issue, once per container; `forRequest` reads the clock once. */
export function compose(): {
  telemetry: Telemetry;
  forRequest: () => ScheduledIssueContext & Pick<RunContext, 'runs'>;
} {
  const tokenIssue = invokeFunction(readVariable(process.env, Environment.tokenIssueFunction));
  const client = connectDynamoDb();
  const eventTable = process.env[Environment.eventTable];
  const context: Omit<ScheduledIssueContext & Pick<RunContext, 'runs'>, 'now'> = {
    secrets: secretVersions(),
    revocations: revocationReader(client, readVariable(process.env, Environment.revocationTable)),
    ...(eventTable !== undefined && { runs: scheduleRunLog(client, eventTable) }),
    issue: async (request) => (await tokenIssue(request)) as TokenAnswer,
  };
  return {
    telemetry: emfTelemetry({ now: Date.now }),
    forRequest: () => ({ ...context, now: Date.now() / 1000 }),
  };
}
