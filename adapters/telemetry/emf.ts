import { Metrics } from '../../core/contract/metrics.ts';
import type { LogFields, Telemetry } from '../../core/ports.ts';

/** Where lines go and what time it is. */
export interface EmfOptions {
  /** The time, in milliseconds since the epoch. */
  readonly now: () => number;
  /** Takes one line, without its line end. Default: standard output, which Lambda sends to CloudWatch Logs. */
  readonly write?: (line: string) => void;
}

/**
 * Logs one JSON line a call; a count is a line in the embedded metric format, which CloudWatch turns into a
 * metric without a call of ours.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function emfTelemetry({ now, write = writeLine }: EmfOptions): Telemetry {
  return {
    count(metric, dimensions, fields = {}) {
      const emf = { _aws: metricHeader(metric, Object.keys(dimensions), now()) };
      write(toLine({ ...scalars(fields), ...scalars(dimensions), [metric]: 1, ...emf }));
    },

    log(level, message, fields = {}) {
      write(toLine({ ...scalars(fields), level, message, time: new Date(now()).toISOString() }));
    },
  };
}

/** A metric with dimensions is counted without them too: an alarm takes no sum over all values of a dimension. */
function metricHeader(metric: string, dimensions: readonly string[], timestamp: number): object {
  const sets = dimensions.length === 0 ? [[]] : [[], dimensions];
  return {
    Timestamp: timestamp,
    CloudWatchMetrics: [
      { Namespace: Metrics.namespace, Dimensions: sets, Metrics: [{ Name: metric, Unit: 'Count' }] },
    ],
  };
}

/** Anything but a scalar might hold more than was meant to be said. */
function scalars(fields: LogFields): LogFields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, isScalar(value) ? value : '[not a scalar]']),
  );
}

function isScalar(value: unknown): boolean {
  return value === undefined || ['string', 'number', 'boolean'].includes(typeof value);
}

/**
 * Three or more base64url segments (padding forgiven), the first of them JSON: a compact JWS or JWE (RFC 7515
 * §7.1, RFC 7516 §7.1).
 */
const compactToken = /eyJ[\w=-]*(?:\.[\w=-]*){2,}/g;

/** Last line of defence: redacts what looks like a token wherever it stands in the finished line. */
function toLine(fields: object): string {
  return JSON.stringify(fields).replace(compactToken, '[redacted]');
}

function writeLine(line: string): void {
  process.stdout.write(`${line}\n`);
}
