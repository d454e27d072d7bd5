/** A process that dies after, or in the middle of, any of its writes: what stands then, and that asking again completes it. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { DynamoDbConnection } from '../../adapters/dynamodb/connection.ts';
import { eventLog } from '../../adapters/dynamodb/events.ts';
import { revocationStore } from '../../adapters/dynamodb/revocation-store.ts';
import type { AdminEvent } from '../../core/admin/event.ts';
import { dayOf } from '../../core/admin/event.ts';
import type { AdminHandler } from '../../core/admin/request.ts';
import { adminRevoke, adminRevokeMany } from '../../core/admin/revocations.ts';
import { adminUnrevoke } from '../../core/admin/unrevoke.ts';
import type { RevocationRecord } from '../../core/revocation/record.ts';
import { administration, type Administration } from '../core/admin/fixture.ts';
import { now } from '../core/issuer.ts';
import { Crash, Writes } from '../core/secrets/crash.ts';
import { engines, type Engine } from '../engines.ts';
import { connect, createTable } from './tables.ts';

const alice = { subject: 'alice', reason: 'left' };
const many = { revocations: ['a', 'b', 'c'].map((jti) => ({ jti })) };
const undo = { kind: 'subject', value: 'alice' };

describe.each(engines)('on $name', (kind) => {
  let engine: Engine;
  let client: DynamoDbConnection;
  let serial = 0;
  let admin: Administration;
  let writes: Writes;

  beforeAll(async () => {
    engine = await kind.start();
    client = connect(engine.endpoint);
  });
  afterAll(async () => {
    client.destroy();
    await engine.stop();
  });

  beforeEach(async () => {
    const [revocations, events] = [`Revocations${++serial}`, `Events${serial}`];
    await createTable(client, revocations, 'id');
    await createTable(client, events, 'day', 'id');
    writes = new Writes();
    admin = await administration({
      revocations: writes.counted(revocationStore(client, revocations), ['write', 'remove']),
      events: writes.counted(eventLog(client, events), ['append']),
    });
  });

  const records = async (): Promise<readonly RevocationRecord[]> =>
    (await admin.context.revocations.list({ limit: 100 })).items;
  const events = (): Promise<readonly AdminEvent[]> => admin.context.events.ofDay(dayOf(now), { limit: 100 });
  const state = async () => ({
    records: (await records()).map(({ value }) => value).toSorted((a, b) => a.localeCompare(b)),
    events: (await events()).map(({ action, target }) => `${action} ${target?.value}`),
  });

  async function dieAfter(write: number, handler: AdminHandler, body: object): Promise<void> {
    writes.count = 0;
    writes.diesAfter = write;
    await expect(admin.ask(handler, { body })).rejects.toThrow(Crash);
    writes.diesAfter = Infinity;
  }

  it('a revocation stands before its event, and asking again adds the event alone', async () => {
    await dieAfter(1, adminRevoke, alice);
    expect(await state()).toEqual({ records: ['alice'], events: [] });
    const before = await records();
    await admin.ask(adminRevoke, { body: alice });
    expect(await state()).toEqual({ records: ['alice'], events: ['revoked alice'] });
    expect(await records()).toEqual(before);
  });

  it('a revocation whose answer is lost is done', async () => {
    await dieAfter(2, adminRevoke, alice);
    expect(await state()).toEqual({ records: ['alice'], events: ['revoked alice'] });
  });

  it('nothing is lifted without its event', async () => {
    await admin.ask(adminRevoke, { body: alice });
    await dieAfter(1, adminUnrevoke, undo);
    const said = ['revoked alice', 'unrevoked alice'];
    expect(await state()).toEqual({ records: ['alice'], events: expect.arrayContaining(said) });
    await admin.ask(adminUnrevoke, { body: undo });
    expect((await state()).records).toEqual([]);
  });

  it('what was lifted, its answer lost, is not there to be lifted again', async () => {
    await admin.ask(adminRevoke, { body: alice });
    await dieAfter(2, adminUnrevoke, undo);
    expect((await state()).records).toEqual([]);
    await expect(admin.ask(adminUnrevoke, { body: undo })).rejects.toMatchObject({ status: 404 });
  });

  it.each([1, 2, 3, 4])(
    'a bulk request that dies after write %i is completed by the same one',
    async (write) => {
      await dieAfter(write, adminRevokeMany, many);
      expect((await state()).records.length).toBeGreaterThanOrEqual(Math.min(write, 3));
      await admin.ask(adminRevokeMany, { body: many });
      const { records: stand, events: said } = await state();
      expect(stand).toEqual(['a', 'b', 'c']);
      expect(said).toEqual(expect.arrayContaining(['revoked a', 'revoked b', 'revoked c']));
      expect(await records()).toMatchObject([1, 2, 3].map(() => ({ actor: 'ops', revokedAt: now })));
    },
  );
});
