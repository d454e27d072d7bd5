import { request as openRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { callEngine } from '../dynamodb/client.ts';
import { objectOf, type JsonObject } from '../json.ts';
import { readBody, serve, type Answer, type Listening } from '../loopback.ts';
import type { Log } from '../types.ts';
import { recordOf, sequencer, type StreamedTable, type StreamRecord } from './record.ts';
import { isWrite, writtenItems, type WrittenItem } from './written-items.ts';

/** An engine that was killed is back long before that. */
const readLimitMs = 30_000;

/** What stands behind the endpoint, and who hears of writes. */
export interface CaptureOptions {
  /** The engine's endpoint. */
  readonly engine: string;
  readonly tables: readonly StreamedTable[];
  readonly log: Log;
  /** Is told of a write before its caller gets the answer. */
  onRecords(table: StreamedTable, records: readonly StreamRecord[]): void;
}

/**
 * Stands in front of the engine and turns writes to streamed tables into stream records. It reads each item before
 * and after its write, one write at a time, and passes requests and answers on as they are: so it is the same for
 * every engine, with streams or without.
 */
export function startCapture(options: CaptureOptions): Promise<Listening> {
  const tables = new Map(options.tables.map((table) => [table.name, table]));
  const inTurn = queue();
  const next = sequencer(Date.now);
  return serve(async (request, body) => {
    const items = itemsOf(request, body, tables);
    if (items.length === 0) return await forward(options.engine, request, body);
    return await inTurn(() => write({ request, body, items }));
  });

  async function write(call: Write): Promise<Answer> {
    const before = await readAll(options.engine, call.items);
    try {
      return await forward(options.engine, call.request, call.body);
    } finally {
      // An engine that died may have written before it could answer.
      await readAgain(options.engine, call.items).then(
        (after) => tell(call.items, before, after),
        () => options.log('local', 'the DynamoDB engine is away: a write may be missing in a stream'),
      );
    }
  }

  function tell(items: readonly WrittenItem[], before: Images, after: Images): void {
    for (const [index, { table: name, key }] of items.entries()) {
      const table = tables.get(name);
      const change = { key, before: before[index], after: after[index] };
      const record = table && recordOf(change, table, { now: Date.now(), sequenceNumber: next() });
      if (table !== undefined && record !== undefined) options.onRecords(table, [record]);
    }
  }
}

interface Write {
  readonly request: IncomingMessage;
  readonly body: Buffer;
  readonly items: readonly WrittenItem[];
}

type Images = readonly (JsonObject | undefined)[];

function itemsOf(
  request: IncomingMessage,
  body: Buffer,
  tables: ReadonlyMap<string, StreamedTable>,
): readonly WrittenItem[] {
  const [, operation = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
  if (!isWrite(operation)) return [];
  try {
    const input = objectOf(JSON.parse(body.toString()));
    return writtenItems(operation, input, (table) => tables.get(table)?.keyNames);
  } catch {
    return [];
  }
}

/** Runs one piece of work after the other, in the order in which they came. */
function queue(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
}

function readAll(engine: string, items: readonly WrittenItem[]): Promise<Images> {
  return Promise.all(
    items.map(async ({ table, key }) => {
      const input = { TableName: table, Key: key, ConsistentRead: true };
      const { Item: item } = await callEngine(engine, 'DynamoDB_20120810.GetItem', input).catch(
        ignoreRefusal,
      );
      return item === undefined ? undefined : objectOf(item);
    }),
  );
}

/** A key that the engine refuses makes it refuse the write too. */
function ignoreRefusal(error: unknown): JsonObject {
  if (error instanceof Error && error.name === 'EngineError') return {};
  throw error;
}

async function readAgain(engine: string, items: readonly WrittenItem[]): Promise<Images> {
  const until = performance.now() + readLimitMs;
  for (;;) {
    try {
      return await readAll(engine, items);
    } catch (error) {
      if (performance.now() > until) throw error;
      await sleep(20);
    }
  }
}

/** Passes a request on, and its answer back. */
function forward(engine: string, { method, url, headers }: IncomingMessage, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { connection: _, 'accept-encoding': __, 'transfer-encoding': ___, ...kept } = headers;
    const sent: OutgoingHttpHeaders = { ...kept, 'content-length': body.length };
    const call = openRequest(`${engine}${url}`, { ...(method && { method }), headers: sent }, (response) => {
      readBody(response).then((content) => resolve(answerOf(response, content)), reject);
    });
    call.on('error', reject);
    call.end(body);
  });
}

function answerOf({ statusCode = 500, headers }: IncomingMessage, content: Buffer): Answer {
  const kept = Object.entries(headers).filter(
    ([name, value]) => typeof value === 'string' && (name === 'content-type' || name.startsWith('x-amz')),
  );
  return {
    status: statusCode,
    headers: Object.fromEntries(kept.map(([name, value]) => [name, String(value)])),
    body: content.toString(),
  };
}
