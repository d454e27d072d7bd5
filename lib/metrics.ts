import { Alarm, Metric, type MetricOptions, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct, IConstruct } from 'constructs';
import { Metrics } from '../core/contract/index.ts';

/** Which refusals to count, and how. */
export interface RefusedMetricOptions extends MetricOptions {
  /** One reason, such as `token_revoked`. @default - all of them together */
  readonly reason?: string;
}

/** Refused tokens of all authorizers of the account and Region; the sum over 5 minutes unless told otherwise. */
export function metricRefused(scope: IConstruct, { reason, ...options }: RefusedMetricOptions = {}): Metric {
  return metricOf(scope, 'refused', {
    ...options,
    ...(reason !== undefined && { dimensionsMap: { [Metrics.reason]: reason } }),
  });
}

/**
 * One of Keyturn's metrics, of the account and Region that a construct is in, wherever it is looked at; the sum over 5 minutes
 * unless told otherwise.
 */
export function metricOf(
  scope: IConstruct,
  name: 'refused' | 'staleAnswers' | 'undecided' | 'tokensIssued' | 'keysRotated',
  options: MetricOptions = {},
): Metric {
  return new Metric({
    namespace: Metrics.namespace,
    metricName: Metrics[name],
    statistic: Stats.SUM,
    ...options,
  }).attachTo(scope);
}

/** An alarm on a metric that counts what ought not to be: once within its period. */
export function alarmOnAny(
  scope: Construct,
  id: string,
  { metric, says }: { readonly metric: Metric; readonly says: string },
): Alarm {
  return new Alarm(scope, id, {
    alarmDescription: says,
    metric,
    threshold: 1,
    evaluationPeriods: 1,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
}
