import { Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Metrics } from '../core/contract/index.ts';

/** Which refusals to count, and how. */
export interface RefusedMetricOptions extends MetricOptions {
  /** One reason, such as `token_revoked`. @default - all of them together */
  readonly reason?: string;
}

/** Refused tokens of all authorizers of the account and Region; the sum over 5 minutes unless told otherwise. */
export function metricRefused({ reason, ...options }: RefusedMetricOptions = {}): Metric {
  return metricOf('refused', {
    ...options,
    ...(reason !== undefined && { dimensionsMap: { [Metrics.reason]: reason } }),
  });
}

/** One of Keyturn's metrics; the sum over 5 minutes unless told otherwise. */
export function metricOf(
  name: 'refused' | 'staleAnswers' | 'undecided' | 'tokensIssued' | 'keysRotated',
  options: MetricOptions = {},
): Metric {
  return new Metric({
    namespace: Metrics.namespace,
    metricName: Metrics[name],
    statistic: Stats.SUM,
    ...options,
  });
}
