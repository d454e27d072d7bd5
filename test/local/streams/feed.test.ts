import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { Backlog } from '../../../local/streams/backlog.ts';
import { Feed } from '../../../local/streams/feed.ts';
import { readMapping, type StreamMapping } from '../../../local/streams/mapping.ts';
import type { StreamRecord } from '../../../local/streams/record.ts';
import { arrayOf, objectOf } from '../../../local/json.ts';
import { FakeClock } from '../fake-clock.ts';
import { FunctionDouble, functionArn, type Handler } from '../gateway/function-double.ts';

const table = {
  name: 'orders',
  streamArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/orders/stream/latest',
  viewType: 'KEYS_ONLY',
  keyNames: ['id'],
};

function mapping(properties: object): StreamMapping {
  const resource = {
    logicalId: 'Mapping',
    type: 'AWS::Lambda::EventSourceMapping',
    properties: { EventSourceArn: table.streamArn, FunctionName: functionArn('reader'), ...properties },
  };
  const { mapping: read } = readMapping(resource, [table], () => true);
  if (read === undefined) throw new Error('left out');
  return read;
}

function record(id: string, eventName = 'INSERT'): StreamRecord {
  return { eventName, dynamodb: { SequenceNumber: id, ApproximateCreationDateTime: 0 } };
}

const records = (ids: string): StreamRecord[] => [...ids].map((id) => record(id));

function idsOf(event: Record<string, unknown>): string {
  return arrayOf(event['Records'])
    .map((entry) => String(objectOf(objectOf(entry).dynamodb).SequenceNumber))
    .join('');
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'feed-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function start(properties: object, handler: Handler) {
  const functions = new FunctionDouble({ reader: handler });
  const clock = new FakeClock();
  const lines: string[] = [];
  const backlog = new Backlog(path.join(folder, 'backlog.jsonl'));
  const log = (source: string, line: string) => void lines.push(`${source}: ${line}`);
  const feed = new Feed(mapping(properties), { invoker: functions, log, clock, backlog });
  const batches = (): string[] => functions.eventsOf('reader').map(idsOf);
  return { feed, clock, lines, backlog, batches };
}

/** Lets everything run that needs no time. */
async function settle(): Promise<void> {
  for (let times = 0; times < 20; times += 1) await turn();
}

/** Lets time pass in steps, as far as a time. */
async function pass(clock: FakeClock, milliseconds: number): Promise<void> {
  for (let at = 0; at < milliseconds; at += 100) {
    await settle();
    clock.advance(100);
  }
  await settle();
}

/** Fails events that hold the record `x`. */
const poisoned: Handler = (event) => {
  if (idsOf(event).includes('x')) throw new Error('poison');
};

describe('a feed', () => {
  it.each<[string, object, string, string[]]>([
    ['delivers at once', {}, 'abc', ['abc']],
    ['keeps to the batch size', { BatchSize: 2 }, 'abcde', ['ab', 'cd', 'e']],
    [
      'is switched by a filter',
      { FilterCriteria: { Filters: [{ Pattern: '{"eventName":["REMOVE"]}' }] } },
      'a',
      [],
    ],
  ])('%s', async (_what, properties, ids, batches) => {
    const run = start(properties, () => undefined);
    run.feed.push(records(ids));
    await settle();
    expect(run.batches()).toEqual(batches);
    expect(run.backlog.records).toEqual([]);
  });

  it('gathers records for the window, or until the batch is full', async () => {
    const run = start({ BatchSize: 3, MaximumBatchingWindowInSeconds: 2 }, () => undefined);
    run.feed.push(records('a'));
    await pass(run.clock, 1900);
    expect(run.batches()).toEqual([]);
    await pass(run.clock, 200);
    expect(run.batches()).toEqual(['a']);
    run.feed.push(records('b'));
    await settle();
    run.feed.push(records('cd'));
    await settle();
    expect(run.batches()).toEqual(['a', 'bcd']);
  });

  it('tries a batch again without end, and holds up those behind it', async () => {
    let isDown = true;
    const run = start({}, () => {
      if (isDown) throw new Error('down');
    });
    run.feed.push(records('a'));
    await settle();
    run.feed.push(records('b'));
    await pass(run.clock, 5_000);
    expect(run.batches()).toEqual(['a', 'a', 'a', 'a', 'a']);
    isDown = false;
    await pass(run.clock, 10_000);
    expect(run.batches()).toEqual(['a', 'a', 'a', 'a', 'a', 'a', 'b']);
  });

  it('gives up after the retries, and says so', async () => {
    const run = start({ MaximumRetryAttempts: 1 }, poisoned);
    run.feed.push(records('x'));
    await settle();
    run.feed.push(records('b'));
    await pass(run.clock, 1_000);
    expect(run.batches()).toEqual(['x', 'x', 'b']);
    expect(run.lines.at(-1)).toBe('Mapping: 1 records are dropped: Error: poison');
  });

  it('gives up records that are too old', async () => {
    const run = start({ MaximumRecordAgeInSeconds: 60 }, poisoned);
    run.feed.push(records('x'));
    await pass(run.clock, 130_000);
    expect(run.backlog.records).toEqual([]);
    expect(run.lines.at(-1)).toContain('are dropped');
  });

  it('halves a batch until the bad record is alone', async () => {
    const run = start({ MaximumRetryAttempts: 0, BisectBatchOnFunctionError: true }, poisoned);
    run.feed.push(records('abxd'));
    await pass(run.clock, 1_000);
    expect(run.batches()).toEqual(['abxd', 'ab', 'xd', 'x', 'd']);
    expect(run.backlog.records).toEqual([]);
  });

  it('begins again at the first record that the function reports', async () => {
    let times = 0;
    const reporting: Handler = () => ({
      batchItemFailures: times++ === 0 ? [{ itemIdentifier: 'c' }, { itemIdentifier: 'b' }] : [],
    });
    const run = start({ FunctionResponseTypes: ['ReportBatchItemFailures'] }, reporting);
    run.feed.push(records('abc'));
    await pass(run.clock, 1_000);
    expect(run.batches()).toEqual(['abc', 'bc']);
  });

  it('delivers after a restart what a stopped one did not', async () => {
    const run = start({}, poisoned);
    run.feed.push(records('x'));
    await settle();
    await run.feed.stop();
    const again = start({}, () => undefined);
    await settle();
    expect(again.batches()).toEqual(['x']);
    expect(new Backlog(path.join(folder, 'backlog.jsonl')).records).toEqual([]);
  });
});
