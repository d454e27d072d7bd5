import { arrayOf, booleanOf, isObject, numberOf, objectOf, textOf, type JsonObject } from '../json.ts';
import type { LeftOut, Resource } from '../types.ts';
import { compilePattern } from './filter.ts';
import type { StreamedTable } from './record.ts';

/** A function that is fed from a table's stream. */
export interface StreamMapping {
  readonly logicalId: string;
  readonly table: StreamedTable;
  readonly functionArn: string;
  readonly batchSize: number;
  /** How long records are gathered for a fuller batch. 0 delivers at once. */
  readonly windowMs: number;
  /** Tries after the first; -1 is without end. */
  readonly retries: number;
  /** Records that are older are dropped when their batch fails; -1 keeps them. */
  readonly maximumAgeMs: number;
  /** Whether a batch that fails is halved. */
  readonly bisects: boolean;
  /** Whether the function answers which records failed (`batchItemFailures`). */
  readonly reportsFailures: boolean;
  /** ARN of where dropped records are told of. */
  readonly failureArn: string | undefined;
  /** Whether a record is delivered. */
  accepts(record: JsonObject): boolean;
}

/** What became of an event source mapping: played, switched off, or left out with a reason. */
export interface ReadMapping {
  readonly mapping?: StreamMapping;
  readonly leftOut?: LeftOut;
}

/**
 * Translates `AWS::Lambda::EventSourceMapping` of a table's stream, with CloudFormation's defaults: batches of 100,
 * no window, retries without end.
 */
export function readMapping(
  resource: Resource,
  tables: readonly StreamedTable[],
  isPlayed: (functionArn: string) => boolean,
): ReadMapping {
  const { logicalId, type, properties } = resource;
  const leftOut = (reason: string): ReadMapping => ({ leftOut: { logicalId, type, reason } });
  const source = textOf(properties.EventSourceArn) ?? '';
  const functionArn = textOf(properties.FunctionName) ?? '';
  const table = tables.find(({ streamArn }) => streamArn === source);
  if (booleanOf(properties.Enabled) === false) return {};
  if (table === undefined)
    return leftOut(`its event source ${source} is not the stream of a table that is played`);
  if (!isPlayed(functionArn)) return leftOut(`its function ${functionArn} is not a function that is played`);
  const accepts = readFilters(properties.FilterCriteria);
  if (accepts === undefined) return leftOut('its filter criteria have a rule that is not played');
  return { mapping: { logicalId, table, functionArn, accepts, ...deliveryOf(properties) } };
}

function deliveryOf(properties: JsonObject) {
  const ageSeconds = numberOf(properties.MaximumRecordAgeInSeconds) ?? -1;
  return {
    batchSize: numberOf(properties.BatchSize) ?? 100,
    windowMs: (numberOf(properties.MaximumBatchingWindowInSeconds) ?? 0) * 1000,
    retries: numberOf(properties.MaximumRetryAttempts) ?? -1,
    maximumAgeMs: ageSeconds < 0 ? -1 : ageSeconds * 1000,
    bisects: booleanOf(properties.BisectBatchOnFunctionError) ?? false,
    reportsFailures: arrayOf(properties.FunctionResponseTypes).includes('ReportBatchItemFailures'),
    failureArn: textOf(objectOf(objectOf(properties.DestinationConfig).OnFailure).Destination),
  };
}

/** A record is delivered when it matches one of the filters, or when there is none. */
function readFilters(criteria: unknown): ((record: JsonObject) => boolean) | undefined {
  const filters = arrayOf(objectOf(criteria).Filters).map((filter) => {
    const pattern = parse(textOf(objectOf(filter).Pattern));
    return pattern === undefined ? undefined : compilePattern(pattern);
  });
  if (filters.length === 0) return () => true;
  if (!filters.every((filter) => filter !== undefined)) return undefined;
  return (record) => filters.some((filter) => filter(record));
}

function parse(text = ''): JsonObject | undefined {
  try {
    const pattern: unknown = JSON.parse(text);
    return isObject(pattern) ? pattern : undefined;
  } catch {
    return undefined;
  }
}
