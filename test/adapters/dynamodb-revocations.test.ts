import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { DynamoDbConnection } from '../../adapters/dynamodb/connection.ts';
import { BrokenItemError } from '../../adapters/dynamodb/items.ts';
import { revocationReader, revocationWriter, widen } from '../../adapters/dynamodb/revocations.ts';
import type { RevocationReader, RevocationWriter } from '../../core/ports.ts';
import { revocationId, type RevocationRecord } from '../../core/revocation/record.ts';
import type { Engine } from '../engines.ts';
import { faultyLink, type FaultyLink } from './faulty-link.ts';
import { backends, connect, createTable } from './tables.ts';

const issuer = 'https://issuer.example';
const tableName = 'Revocations';
let serial = 0;

function recordOf(parts: Partial<RevocationRecord> = {}): RevocationRecord {
  const value = parts.value ?? `subject-${++serial}`;
  return {
    id: revocationId('subject', issuer, value),
    kind: 'subject',
    issuer,
    value,
    revokedBefore: 100,
    revokedAt: 100,
    expiresAt: 1000,
    ...parts,
  };
}

/** A record that refuses whatever the iat. */
function boundless(): RevocationRecord {
  const { revokedBefore: _, ...record } = recordOf();
  return record;
}

/** Whether a record refuses a token of this iat now. */
function refuses(record: RevocationRecord, iat: number, now: number): boolean {
  return record.expiresAt > now && iat <= (record.revokedBefore ?? Infinity);
}

describe.each(backends)('revocations on $name through $connection', (kind) => {
  let engine: Engine;
  let link: FaultyLink;
  let client: DynamoDbConnection;
  let reader: RevocationReader;
  let writer: RevocationWriter;
  const readOne = async (id: string) => (await reader.read([id])).get(id);

  beforeAll(async () => {
    engine = await kind.start();
    link = await faultyLink(engine.endpoint);
    client = connect(link.endpoint);
    await createTable(client, tableName, 'id');
    const calls = kind.connect(link.endpoint);
    reader = revocationReader(calls, tableName);
    writer = revocationWriter(calls, tableName);
  });

  beforeEach(() => link.always('none'));

  afterAll(async () => {
    client.destroy();
    await link.close();
    await engine.stop();
  });

  it.each<[string, RevocationRecord]>([
    ['every attribute', recordOf({ reason: 'left the company', actor: 'admin' })],
    ['no optional attribute', boundless()],
    ['the empty value of a whole issuer', recordOf({ kind: 'issuer', value: '' })],
    ['an expiry long past', recordOf({ expiresAt: 1 })],
  ])('writes and reads back a record with %s', async (_, record) => {
    await writer.write(record);
    expect(await readOne(record.id)).toEqual(record);
  });

  it('answers with an empty map where nothing is revoked, and asks nothing for no ids', async () => {
    expect(await reader.read(['absent'])).toEqual(new Map());
    const asked = link.requests.length;
    expect(await reader.read([])).toEqual(new Map());
    expect(link.requests).toHaveLength(asked);
  });

  it('reads 100 ids, some of them twice, in one round trip', async () => {
    const records = Array.from({ length: 50 }, () => recordOf({ reason: 'many' }));
    // One at a time: fifty connections at once are more than a busy machine opens in time.
    for (const record of records) await writer.write(record);
    const ids = [
      ...records.map(({ id }) => id),
      ...Array.from({ length: 50 }, (_, index) => `absent-${index}`),
    ];
    const asked = link.requests.length;
    const found = await reader.read([...ids, ...ids]);
    expect(new Set(found.keys())).toEqual(new Set(records.map(({ id }) => id)));
    expect(link.requests.slice(asked)).toEqual(['BatchGetItem']);
    expect(link.lastInput()).toMatchObject({ RequestItems: { [tableName]: { ConsistentRead: true } } });
  });

  it('refuses more than 100 ids', async () => {
    const ids = Array.from({ length: 101 }, (_, index) => `id-${index}`);
    await expect(reader.read(ids)).rejects.toThrow('got 101 ids; allowed: 100 at a time');
  });

  it('asks again for unprocessed keys only', async () => {
    const record = recordOf();
    await writer.write(record);
    const keys = { [tableName]: { Keys: [{ id: { S: record.id } }], ConsistentRead: true } };
    link.next({ status: 200, body: JSON.stringify({ Responses: {}, UnprocessedKeys: keys }) });
    expect((await reader.read([record.id, 'absent'])).size).toBe(1);
  });

  it('asks ever more slowly, and gives up within 2 s, where keys stay unprocessed', async () => {
    const keys = { [tableName]: { Keys: [{ id: { S: 'a' } }] } };
    link.always({ status: 200, body: JSON.stringify({ Responses: {}, UnprocessedKeys: keys }) });
    const begun = performance.now();
    const asked = link.requests.length;
    await expect(reader.read(['a'])).rejects.toMatchObject({ name: 'UnavailableError' });
    expect(performance.now() - begun).toBeLessThan(2000);
    expect(link.requests.length - asked).toBeLessThan(12);
  });

  it.each<[string, Partial<RevocationRecord>, Partial<RevocationRecord>]>([
    [
      'keeps the later times of the first',
      { revokedBefore: 50, expiresAt: 900 },
      { revokedBefore: 100, expiresAt: 1000 },
    ],
    [
      'takes a later revokedBefore',
      { revokedBefore: 200, expiresAt: 900 },
      { revokedBefore: 200, expiresAt: 1000 },
    ],
    [
      'takes a later expiresAt',
      { revokedBefore: 50, expiresAt: 2000 },
      { revokedBefore: 100, expiresAt: 2000 },
    ],
    ['takes both', { revokedBefore: 200, expiresAt: 2000 }, { revokedBefore: 200, expiresAt: 2000 }],
  ])('%s when a second record is written', async (_, second, times) => {
    const first = recordOf({ reason: 'first' });
    await writer.write(first);
    await writer.write({ ...first, reason: 'second', ...second });
    expect(await readOne(first.id)).toMatchObject(times);
  });

  it('never narrows a record that refuses whatever the iat', async () => {
    const record = boundless();
    await writer.write(record);
    await writer.write({ ...record, revokedBefore: 5000, expiresAt: 2000 });
    expect(await readOne(record.id)).toEqual({ ...record, expiresAt: 2000 });
  });

  it('lets a record that refuses whatever the iat take the place of one with a bound', async () => {
    const record = boundless();
    await writer.write({ ...record, revokedBefore: 100 });
    await writer.write({ ...record, expiresAt: 500 });
    expect(await readOne(record.id)).toEqual(record);
  });

  it('changes nothing when the same record is written again, with one write and one read', async () => {
    const record = recordOf({ reason: 'first' });
    await writer.write(record);
    const asked = link.requests.length;
    await writer.write({ ...record, reason: 'again' });
    expect(link.requests.slice(asked)).toEqual(['PutItem', 'GetItem']);
    expect(await readOne(record.id)).toEqual(record);
  });

  it('holds the latest times of 12 concurrent writers', async () => {
    const value = `raced-${++serial}`;
    const records = Array.from({ length: 12 }, (_, index) =>
      recordOf({ value, revokedBefore: 100 + ((index * 7) % 12), expiresAt: 1000 + ((index * 5) % 12) }),
    );
    await Promise.all(records.map((record) => writer.write(record)));
    expect(await readOne(revocationId('subject', issuer, value))).toMatchObject({
      revokedBefore: 111,
      expiresAt: 1011,
    });
  });

  it('ends the same in whatever order records are written', async () => {
    const times = fc.record({
      revokedBefore: fc.integer({ min: 0, max: 5 }),
      expiresAt: fc.integer({ min: 0, max: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(times, { minLength: 1, maxLength: 4 }), async (all) => {
        const value = `property-${++serial}`;
        for (const time of all) await writer.write(recordOf({ value, ...time }));
        expect(await readOne(revocationId('subject', issuer, value))).toMatchObject({
          revokedBefore: Math.max(...all.map((time) => time.revokedBefore)),
          expiresAt: Math.max(...all.map((time) => time.expiresAt)),
        });
      }),
      { numRuns: 25 },
    );
  });

  it('writes once where the answer to the first attempt is lost', async () => {
    const record = recordOf();
    link.next('lose the answer');
    await writer.write(record);
    expect(await readOne(record.id)).toEqual(record);
  });

  it.each<[string, Record<string, object>, string]>([
    ['an unknown kind', { kind: { S: 'cabbage' } }, 'attribute kind is not one of token, subject'],
    ['a text for a time', { expiresAt: { S: 'cabbage' } }, 'attribute expiresAt is not a number'],
    [
      'a null for an optional time',
      { revokedBefore: { NULL: true } },
      'attribute revokedBefore is not a number',
    ],
  ])('refuses a stored item with %s, naming it and not its content', async (_, attributes, message) => {
    const id = `broken-${++serial}`;
    const sound = {
      kind: { S: 'token' },
      issuer: { S: issuer },
      value: { S: 'v' },
      revokedAt: { N: '1' },
      expiresAt: { N: '9' },
    };
    await client.send(
      new PutItemCommand({ TableName: tableName, Item: { id: { S: id }, ...sound, ...attributes } }),
    );
    const error = await reader.read([id]).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(BrokenItemError);
    expect(String(error)).toContain(`table ${tableName}, item id = "${id}": ${message}`);
    expect(String(error)).not.toContain('cabbage');
  });
});

describe('widen', () => {
  const arbitrary = fc
    .record(
      { revokedBefore: fc.integer({ min: 0, max: 3 }), expiresAt: fc.integer({ min: 0, max: 3 }) },
      { requiredKeys: ['expiresAt'] },
    )
    .map(({ revokedBefore, expiresAt }): RevocationRecord => {
      const { revokedBefore: _, ...record } = recordOf({ value: 'same', expiresAt });
      return { ...record, ...(revokedBefore !== undefined && { revokedBefore }) };
    });
  it('refuses whatever either record refuses', () => {
    fc.assert(
      fc.property(arbitrary, arbitrary, fc.nat(4), fc.nat(4), (a, b, iat, now) => {
        const either = refuses(a, iat, now) || refuses(b, iat, now);
        expect(!either || refuses(widen(a, b), iat, now)).toBe(true);
      }),
    );
  });

  it('has the same times in either order', () => {
    fc.assert(
      fc.property(arbitrary, arbitrary, (a, b) => {
        const [one, other] = [widen(a, b), widen(b, a)];
        expect([one.revokedBefore, one.expiresAt]).toEqual([other.revokedBefore, other.expiresAt]);
      }),
    );
  });
});
