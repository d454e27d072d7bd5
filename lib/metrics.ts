import { Duration } from 'aws-cdk-lib/core';
import { type IMetric, MathExpression, Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Metrics } from '../core/contract/index.ts';

/** Which refusals to count, and how. */
export interface RefusedMetricOptions extends MetricOptions {
  /** One reason, such as `token_revoked`. @default - all of them together, which a dashboard shows and an alarm cannot take */
  readonly reason?: string;
}

/** Refused tokens of all authorizers of the account and Region; the sum over 5 minutes unless told otherwise. */
export function metricRefused({ reason, ...options }: RefusedMetricOptions = {}): IMetric {
  if (reason !== undefined) {
    return new Metric({
      namespace: Metrics.namespace,
      metricName: Metrics.refused,
      statistic: Stats.SUM,
      ...options,
      dimensionsMap: { [Metrics.reason]: reason },
    });
  }
  const { period = Duration.minutes(5), statistic = Stats.SUM, label = 'refused tokens', color } = options;
  const series = `{${Metrics.namespace},${Metrics.reason}} MetricName="${Metrics.refused}"`;
  return new MathExpression({
    expression: `SUM(SEARCH('${series}', '${statistic}', ${period.toSeconds()}))`,
    usingMetrics: {},
    period,
    label,
    ...(color !== undefined && { color }),
  });
}

/** One of Keyturn's metrics without dimensions; the sum over 5 minutes unless told otherwise. */
export function metricOf(
  name: 'undecided' | 'tokensIssued' | 'keysRotated',
  options: MetricOptions = {},
): Metric {
  return new Metric({
    namespace: Metrics.namespace,
    metricName: Metrics[name],
    statistic: Stats.SUM,
    ...options,
  });
}
