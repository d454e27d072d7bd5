/** What the admin API asks of the tables, on every engine. */
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { clientLister } from '../../adapters/dynamodb/client-list.ts';
import { clientStore } from '../../adapters/dynamodb/clients.ts';
import type { DynamoDbConnection } from '../../adapters/dynamodb/connection.ts';
import { issuedTokenStore } from '../../adapters/dynamodb/issued-tokens.ts';
import { revocationStore } from '../../adapters/dynamodb/revocation-store.ts';
import { tokenInventory } from '../../adapters/dynamodb/token-inventory.ts';
import { Tables } from '../../core/contract/tables.ts';
import type { IssuedToken } from '../../core/issue/client.ts';
import type { RevocationStore, TokenInventory, TokenQuery } from '../../core/ports.ts';
import { revocationId, type RevocationRecord } from '../../core/revocation/record.ts';
import { engines, type Engine } from '../engines.ts';
import { faultyLink, type FaultyLink } from './faulty-link.ts';
import { connect, createActiveTable, createTable } from './tables.ts';

const now = 1_800_000_000;
const issuer = 'https://issuer.example';

function recordOf(value: string, parts: Partial<RevocationRecord> = {}): RevocationRecord {
  const id = revocationId('subject', issuer, value);
  return { id, kind: 'subject', issuer, value, revokedBefore: 5, revokedAt: 5, expiresAt: 900, ...parts };
}

function tokenOf(jti: string, parts: Partial<IssuedToken> = {}): IssuedToken {
  return {
    ...{ jti, issuer, subject: 'alice', clientId: 'shop', scope: 'read write', kid: 'k1' },
    ...{ issuedAt: now - 10, expiresAt: now + 100 },
    ...parts,
  };
}

describe.each(engines)('administration on $name', (kind) => {
  let engine: Engine;
  let link: FaultyLink;
  let connection: DynamoDbConnection;

  beforeAll(async () => {
    engine = await kind.start();
    link = await faultyLink(engine.endpoint);
    connection = connect(link.endpoint);
  });

  afterAll(async () => {
    connection.destroy();
    await link.close();
    await engine.stop();
  });

  describe('the client table', () => {
    it('lists its clients page by page, each once', async () => {
      await createTable(connection, 'Clients', 'clientId');
      const store = clientStore(connection, 'Clients');
      const ids = Array.from({ length: 5 }, (_, at) => `client-${at}`);
      for (const clientId of ids) {
        const parts = { grants: ['client_credentials'], scopes: ['read'], secrets: [] } as const;
        await store.create({ clientId, ...parts, createdAt: 5, version: 1 });
      }
      const lister = clientLister(connection, 'Clients');
      const found: string[] = [];
      let after: string | undefined;
      do {
        const page = await lister.list({ limit: 2, ...(after !== undefined && { after }) });
        expect(page.items.length).toBeLessThanOrEqual(2);
        found.push(...page.items.map(({ clientId }) => clientId));
        after = page.next;
      } while (after !== undefined);
      expect(found.sort()).toEqual(ids);
    });
  });

  describe('the revocation table', () => {
    let serial = 0;
    let revocations: RevocationStore;

    beforeEach(async () => {
      const table = `Revocations${++serial}`;
      await createTable(connection, table, 'id');
      revocations = revocationStore(connection, table);
    });

    it('gets and removes a record', async () => {
      const record = recordOf('alice', { reason: 'lost', actor: 'ops' });
      await revocations.write(record);
      expect(await revocations.get(record.id)).toEqual(record);
      expect(await revocations.remove(record)).toBe(true);
      expect(await revocations.get(record.id)).toBeUndefined();
      expect(await revocations.remove(record)).toBe(false);
    });

    it.each<[string, Partial<RevocationRecord>]>([
      ['later', { revokedBefore: 6, revokedAt: 6 }],
      ['for longer', { expiresAt: 901 }],
    ])('does not remove what was revoked again %s', async (_, wider) => {
      const record = recordOf('alice');
      await revocations.write(record);
      await revocations.write({ ...record, ...wider });
      expect(await revocations.remove(record)).toBe(false);
      expect(await revocations.get(record.id)).toEqual({ ...record, ...wider });
    });

    it('does not remove a token that became another kind of record', async () => {
      const { revokedBefore: _, ...record } = recordOf('alice');
      await revocations.write(record);
      expect(await revocations.remove({ ...record, revokedBefore: 5 })).toBe(false);
      expect(await revocations.remove(record)).toBe(true);
    });

    it('has removed a record though the answer was lost', async () => {
      const record = recordOf('alice');
      await revocations.write(record);
      link.next('lose the answer');
      expect(await revocations.remove(record)).toBe(true);
    });

    it('has not removed what was revoked again where it had to ask twice', async () => {
      const record = recordOf('alice');
      await revocations.write({ ...record, revokedBefore: 6 });
      link.next('reset');
      expect(await revocations.remove(record)).toBe(false);
    });

    it('fails where nothing can be removed, rather than say that it was revoked again', async () => {
      const absent = revocationStore(connection, 'NoSuchTable');
      const refusal = { code: 'ResourceNotFoundException' };
      await expect(absent.remove(recordOf('alice'))).rejects.toMatchObject(refusal);
    });

    it('lists every record once, whatever the size of a page', async () => {
      const values = Array.from({ length: 25 }, (_, at) => `subject-${at}`);
      for (const value of values) await revocations.write(recordOf(value));
      const found: string[] = [];
      for (let after: string | undefined, more = true; more;) {
        const page = await revocations.list({ limit: 7, ...(after !== undefined && { after }) });
        found.push(...page.items.map(({ value }) => value));
        after = page.next;
        more = after !== undefined;
      }
      expect(found.toSorted()).toEqual(values.toSorted());
    });
  });

  describe('the inventory', () => {
    let inventory: TokenInventory;
    const tokens = [
      ...Array.from({ length: 40 }, (_, at) => tokenOf(`a-${at}`, { expiresAt: now + 100 + at })),
      ...Array.from({ length: 10 }, (_, at) =>
        tokenOf(`b-${at}`, { subject: 'bob', scope: 'read', sid: 's' }),
      ),
      ...Array.from({ length: 10 }, (_, at) => tokenOf(`m-${at}`, { subject: 'shop', kid: 'k2' })),
      ...Array.from({ length: 5 }, (_, at) => tokenOf(`over-${at}`, { expiresAt: now })),
    ];

    beforeAll(async () => {
      await createInventory(connection);
      const store = issuedTokenStore(connection, 'IssuedTokens');
      for (const token of tokens) await store.put(token);
      inventory = tokenInventory(connection, 'IssuedTokens');
    });

    /** All pages one after another. */
    async function all(query: Partial<TokenQuery>, limit: number): Promise<readonly string[]> {
      const found: string[] = [];
      let after: string | undefined;
      do {
        const wanted = { expiresAfter: now, ...query };
        const page = await inventory.find(wanted, { limit, ...(after !== undefined && { after }) });
        expect(page.items.length).toBeLessThanOrEqual(limit);
        found.push(...page.items.map(({ jti }) => jti));
        after = page.next;
      } while (after !== undefined);
      return found.toSorted();
    }

    const live = tokens.filter(({ expiresAt }) => expiresAt > now);
    it.each<[string, Partial<TokenQuery>, (token: IssuedToken) => boolean]>([
      ['everything', {}, () => true],
      ['a subject', { by: { name: 'subject', value: 'alice' } }, ({ subject }) => subject === 'alice'],
      [
        'a subject that is a client',
        { by: { name: 'subject', value: 'shop' } },
        ({ subject }) => subject === 'shop',
      ],
      ['a client', { by: { name: 'clientId', value: 'shop' } }, () => true],
      ['nobody', { by: { name: 'clientId', value: 'nobody' } }, () => false],
      ['a session', { by: { name: 'sid', value: 's' } }, ({ sid }) => sid === 's'],
      ['a key', { by: { name: 'kid', value: 'k2' } }, ({ kid }) => kid === 'k2'],
      ['a scope', { scope: 'write' }, ({ scope }) => scope.includes('write')],
      ['a time', { expiresBefore: now + 110 }, ({ expiresAt }) => expiresAt <= now + 110],
      [
        'a client, a scope and a time',
        { by: { name: 'clientId', value: 'shop' }, scope: 'write', expiresAfter: now + 120 },
        ({ expiresAt }) => expiresAt > now + 120,
      ],
    ])('finds all tokens of %s, once each, in pages of any size', async (_, query, isWanted) => {
      const expected = live.filter(isWanted).map(({ jti }) => jti);
      for (const limit of [3, 17, 1000]) expect(await all(query, limit)).toEqual(expected.toSorted());
    });

    it('gives back what was recorded', async () => {
      const token = tokenOf('b-1', { subject: 'bob', scope: 'read', sid: 's' });
      expect(await inventory.get('b-1')).toEqual(token);
      const found = await inventory.find(
        { by: { name: 'subject', value: 'bob' }, expiresAfter: now },
        { limit: 100 },
      );
      expect(found.items).toContainEqual(token);
    });

    it('reads tokens that were recorded before there were indexes', async () => {
      const item = { jti: 'old', issuer, subject: 'x', clientId: 'x', scope: '', kid: 'k' };
      const strings = Object.fromEntries(Object.entries(item).map(([name, value]) => [name, { S: value }]));
      const Item = { ...strings, issuedAt: { N: '1' }, expiresAt: { N: '2' } };
      await connection.send(new PutItemCommand({ TableName: 'IssuedTokens', Item }));
      expect(await inventory.get('old')).toEqual({ ...item, issuedAt: 1, expiresAt: 2 });
    });

    it.each(['x', '{}', '{"partition":-1}', '{"partition":99}', '{"partition":0,"last":{"jti":1}}'])(
      'ends a list at a place that no list gave: %s',
      async (after) => {
        expect(await inventory.find({ expiresAfter: now }, { limit: 5, after })).toEqual({ items: [] });
      },
    );
  });
});

async function createInventory(connection: DynamoDbConnection): Promise<void> {
  const { partitionKey, ttl, indexes } = Tables.issuedToken;
  const all = Object.values(indexes);
  const strings = [partitionKey, ...all.map((index) => index.partitionKey)];
  await createActiveTable(connection, {
    TableName: 'IssuedTokens',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      ...strings.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
      { AttributeName: ttl, AttributeType: 'N' },
    ],
    KeySchema: [{ AttributeName: partitionKey, KeyType: 'HASH' }],
    GlobalSecondaryIndexes: all.map((index) => ({
      IndexName: index.name,
      KeySchema: [
        { AttributeName: index.partitionKey, KeyType: 'HASH' },
        { AttributeName: ttl, KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'ALL' },
    })),
  });
}
