import { systemClock } from '../clock.ts';
import { arrayOf, objectOf, textOf } from '../json.ts';
import type { Listening } from '../loopback.ts';
import { arn } from '../template/identity.ts';
import type { FunctionInvoker, LeftOut, Log, Resource } from '../types.ts';
import { Backlog } from './backlog.ts';
import { startCapture } from './capture.ts';
import { Feed } from './feed.ts';
import { readMapping } from './mapping.ts';
import type { StreamedTable, StreamRecord } from './record.ts';

/** What streams are played with. */
export interface StreamOptions {
  /** The endpoint of the DynamoDB engine. */
  readonly engine: string;
  /** Tables with what `Ref` gives for each. */
  readonly tables: readonly { readonly resource: Resource; readonly name: string }[];
  /** Whether any function is to be fed from a stream. */
  readonly hasMappings: boolean;
  readonly log: Log;
}

/** What functions are fed with. */
export interface FeedOptions {
  readonly mappings: readonly Resource[];
  readonly invoker: FunctionInvoker;
  readonly isPlayed: (functionArn: string) => boolean;
  /** The file of what a mapping was not fed yet. */
  readonly backlogFile: (logicalId: string) => string;
}

/** The streams of the played tables. */
export interface Streams {
  /** The DynamoDB endpoint to use in place of the engine's. */
  readonly endpoint: string;
  /** Starts feeding the functions of `AWS::Lambda::EventSourceMapping`. */
  feed(options: FeedOptions): readonly LeftOut[];
  /** Ends feeding. */
  stop(): Promise<void>;
  /** Ends the endpoint. */
  close(): Promise<void>;
}

/** Plays table streams. A template whose streams nobody reads leaves the engine's endpoint as it is. */
export async function startStreams(options: StreamOptions): Promise<Streams> {
  const { engine, log } = options;
  const tables = options.tables.flatMap(({ resource, name }) => streamedTable(resource, name));
  /** What was written before the functions are fed. */
  const early: Parameters<typeof tell>[] = [];
  let isFed = false;
  const feeds: { readonly table: StreamedTable; readonly feed: Feed }[] = [];
  const tell = (table: StreamedTable, records: readonly StreamRecord[]): void => {
    for (const { feed } of feeds.filter((entry) => entry.table === table)) feed.push(records);
  };
  const isRead = options.hasMappings && tables.length > 0;
  const capture: Listening | undefined = isRead
    ? await startCapture({
        engine,
        tables,
        log,
        onRecords: (...told) => void (isFed ? tell(...told) : early.push(told)),
      })
    : undefined;
  return {
    endpoint: capture?.url ?? engine,
    feed({ mappings, invoker, isPlayed, backlogFile }) {
      const read = mappings.map((mapping) => readMapping(mapping, tables, isPlayed));
      for (const { mapping } of read) {
        if (mapping === undefined) continue;
        const backlog = new Backlog(backlogFile(mapping.logicalId));
        const feed = new Feed(mapping, { invoker, log, clock: systemClock, backlog });
        feeds.push({ table: mapping.table, feed });
      }
      isFed = true;
      for (const told of early.splice(0)) tell(...told);
      return read.flatMap(({ leftOut }) => leftOut ?? []);
    },
    stop: async () => void (await Promise.all(feeds.map(({ feed }) => feed.stop()))),
    close: async () => await capture?.close(),
  };
}

function streamedTable({ properties }: Resource, name: string): StreamedTable[] {
  const viewType = textOf(objectOf(properties.StreamSpecification).StreamViewType);
  if (viewType === undefined) return [];
  const keyNames = arrayOf(properties.KeySchema).flatMap((key) => textOf(objectOf(key).AttributeName) ?? []);
  return [{ name, viewType, keyNames, streamArn: arn('dynamodb', `table/${name}/stream/latest`) }];
}
