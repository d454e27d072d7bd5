import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventLog } from '../../adapters/dynamodb/events.ts';
import { scheduleRunLog } from '../../adapters/dynamodb/schedule-runs.ts';
import { type AdminDeed, type AdminEvent, adminEvent, dayOf } from '../../core/admin/event.ts';
import { Tables } from '../../core/contract/tables.ts';
import type { EventLog } from '../../core/ports.ts';
import { engines, type Engine } from '../engines.ts';
import { faultyLink, type FaultyLink } from './faulty-link.ts';
import { connect, createTable } from './tables.ts';

const now = 1_800_000_000;

function eventAt(at: number, unique: string, more: Partial<AdminDeed> = {}): AdminEvent {
  const target = { kind: 'subject', issuer: 'https://issuer.example', value: 'alice' };
  return adminEvent({ action: 'revoked', actor: 'ops', target, ...more }, { now: at, unique });
}

describe.each(engines)('events on $name', (kind) => {
  let engine: Engine;
  let link: FaultyLink;
  let connection: DynamoDBClient;
  let events: EventLog;

  beforeAll(async () => {
    engine = await kind.start();
    link = await faultyLink(engine.endpoint);
    connection = connect(link.endpoint);
    await createTable(connection, 'Events', Tables.event.partitionKey, Tables.event.sortKey);
    events = eventLog(connection, 'Events');
  });

  afterAll(async () => {
    connection.destroy();
    await link.close();
    await engine.stop();
  });

  it('gives back what was appended, newest first, a page at a time', async () => {
    const all = Array.from({ length: 60 }, (_, index) => eventAt(now + index, String(index)));
    await events.append(all);
    const first = await events.ofDay(dayOf(now), { limit: 40 });
    const second = await events.ofDay(dayOf(now), { limit: 40, before: first.at(-1)?.id ?? '' });
    expect([...first, ...second]).toEqual(all.toReversed());
  });

  it('appends again what was left unprocessed, and that alone', async () => {
    const all = [eventAt(now - 200_000, 'p'), eventAt(now - 200_000, 'q')];
    const { partitionKey, sortKey } = Tables.event;
    const key = { [partitionKey]: { S: dayOf(now - 200_000) }, [sortKey]: { S: all[1]?.id ?? '' } };
    const left = { Events: [{ PutRequest: { Item: { ...key, actor: { S: 'left' } } } }] };
    link.next({ status: 200, body: JSON.stringify({ UnprocessedItems: left }) });
    await events.append(all);
    expect(link.lastInput()).toMatchObject({ RequestItems: left });
  });

  it('keeps every attribute, and an event that is appended again but once', async () => {
    const event = eventAt(now - 86_400, 'x', { reason: 'lost', detail: '2 of 3', action: 'unrevoked' });
    await events.append([event]);
    await events.append([event]);
    expect(await events.ofDay(dayOf(event.at), { limit: 10 })).toEqual([event]);
  });

  it('has the last run of each schedule beside them, for a month', async () => {
    const runs = scheduleRunLog(connection, 'Events');
    const run = { name: 'b', everySeconds: 300, ranAt: now + 0.5, outcome: 'succeeded' } as const;
    const other = { ...run, name: 'a', outcome: 'failed', tokenExpiresAt: now + 900 } as const;
    for (const each of [{ ...run, ranAt: now - 300 }, run, other, run]) await runs.record(each);
    expect(await runs.all(now + 30 * 86_400)).toEqual([other, run]);
    expect(await runs.all(now + 30 * 86_400 + 1)).toEqual([]);
  });

  it('keeps the last run where one that began before it ends after it, and where it is recorded twice', async () => {
    const runs = scheduleRunLog(connection, 'Events');
    const late = { name: 'c', everySeconds: 300, ranAt: now, outcome: 'failed' } as const;
    const last = { ...late, ranAt: now + 0.5, outcome: 'succeeded' } as const;
    link.next('lose the answer');
    await runs.record(last);
    await runs.record(late);
    expect((await runs.all(now)).filter(({ name }) => name === 'c')).toEqual([last]);
  });

  it('fails where no run can be recorded, rather than say that a later one is', async () => {
    const run = { name: 'd', everySeconds: 300, ranAt: now, outcome: 'failed' } as const;
    const absent = scheduleRunLog(connection, 'NoSuchTable');
    await expect(absent.record(run)).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  });

  it('lets DynamoDB delete an event after 400 days', async () => {
    await events.append([eventAt(now + 10 * 86_400, 'y')]);
    expect(link.lastInput()).toMatchObject({
      RequestItems: {
        Events: [{ PutRequest: { Item: { expiresAt: { N: String(now + 410 * 86_400) } } } }],
      },
    });
  });

  it('appends nothing where there is nothing', async () => {
    await expect(events.append([])).resolves.toBeUndefined();
  });
});
