import { invokeFunction } from '../../adapters/lambda/invoke.ts';
import { secretVersions } from '../../adapters/secrets-manager/versions.ts';
import { emfTelemetry } from '../../adapters/telemetry/emf.ts';
import { Environment, readVariable } from '../../core/contract/environment.ts';
import type { TokenAnswer } from '../../core/issue/issue.ts';
import type { Telemetry } from '../../core/ports.ts';
import type { ScheduledIssueContext } from '../../core/secrets/scheduled-issue.ts';

/** Wires scheduled-issue, once per container; `forRequest` reads the clock once. */
export function compose(): { telemetry: Telemetry; forRequest: () => ScheduledIssueContext } {
  const tokenIssue = invokeFunction(readVariable(process.env, Environment.tokenIssueFunction));
  const context: Omit<ScheduledIssueContext, 'now'> = {
    secrets: secretVersions(),
    issue: async (request) => (await tokenIssue(request)) as TokenAnswer,
  };
  return {
    telemetry: emfTelemetry({ now: Date.now }),
    forRequest: () => ({ ...context, now: Date.now() / 1000 }),
  };
}
