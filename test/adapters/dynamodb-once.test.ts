import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DynamoDbConnection } from '../../adapters/dynamodb/connection.ts';
import { replayStore } from '../../adapters/dynamodb/replays.ts';
import { ticketStore } from '../../adapters/dynamodb/tickets.ts';
import type { ReplayStore, TicketStore } from '../../core/ports.ts';
import type { StoredTicket } from '../../core/ticket/stored-ticket.ts';
import type { Engine } from '../engines.ts';
import { faultyLink, type FaultyLink } from './faulty-link.ts';
import { backends, connect, createTable } from './tables.ts';

let serial = 0;

function ticketOf(): StoredTicket {
  const claims = { sub: 'ada', scope: 'a b', nested: { list: [1, 'é', null, 1e21] } };
  return { id: `ticket-${++serial}`, kid: 'kid', claims, expiresAt: 1000 };
}

describe.each(backends)('what may be used once, on $name through $connection:', (kind) => {
  let engine: Engine;
  let link: FaultyLink;
  let creator: DynamoDbConnection;
  let replays: ReplayStore;
  let tickets: TicketStore;

  beforeAll(async () => {
    engine = await kind.start();
    link = await faultyLink(engine.endpoint);
    creator = connect(link.endpoint);
    await createTable(creator, 'Replays', 'id');
    await createTable(creator, 'Tickets', 'id');
    const calls = kind.connect(link.endpoint);
    replays = replayStore(calls, 'Replays');
    tickets = ticketStore(calls, 'Tickets');
  });

  afterAll(async () => {
    creator.destroy();
    await link.close();
    await engine.stop();
  });

  it('remembers an id once, of 10 that race and ever after', async () => {
    const racers = Array.from({ length: 10 }, () => replays.remember('raced', 100.5));
    expect((await Promise.all(racers)).filter(Boolean)).toHaveLength(1);
    expect(await replays.remember('raced', 200)).toBe(false);
  });

  it('lets DynamoDB forget an id once no clock, however far behind, takes it any more', async () => {
    await replays.remember('kept', 100.5);
    const { Item: item } = await creator.getItem(
      { TableName: 'Replays', Key: { id: { S: 'kept' } } },
      { abortSignal: AbortSignal.timeout(5000) },
    );
    expect(item?.['expiresAt']?.N).toBe('701');
  });

  it('remembers an id whose first answer was lost, and knows that it was us', async () => {
    link.next('lose the answer');
    expect(await replays.remember('lost', 100)).toBe(true);
    expect(await replays.remember('lost', 100)).toBe(false);
  });

  it("does not take another's use of an id for its own where it had to ask twice", async () => {
    await replays.remember('theirs', 100);
    link.next('reset');
    expect(await replays.remember('theirs', 100)).toBe(false);
  });

  it('takes a ticket once, of 10 that race and ever after', async () => {
    const ticket = ticketOf();
    await tickets.put(ticket);
    const taken = await Promise.all(Array.from({ length: 10 }, () => tickets.take(ticket.id)));
    expect(taken.filter((found) => found !== undefined)).toEqual([ticket]);
    expect(await tickets.take(ticket.id)).toBeUndefined();
  });

  it('has no ticket that was never put', async () => {
    expect(await tickets.take('absent')).toBeUndefined();
  });
});
