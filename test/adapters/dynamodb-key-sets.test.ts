import { PutItemCommand, type AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DynamoDbConnection } from '../../adapters/dynamodb/connection.ts';
import { keySetStore, publicKeySetReader } from '../../adapters/dynamodb/key-sets.ts';
import type { SealedKeySet, SigningKey } from '../../core/keys/key-set.ts';
import type { KeySetStore } from '../../core/ports.ts';
import { engines, type Engine } from '../engines.ts';
import { faultyLink, type FaultyLink } from './faulty-link.ts';
import { connect, connections, createTable } from './tables.ts';

const tableName = 'KeySets';
let serial = 0;

const windows = { jwksCacheSeconds: 4, clockSkewSeconds: 3, propagationSeconds: 2, signerHoldSeconds: 1 };

function keySet(parts: Partial<SealedKeySet> = {}): SealedKeySet {
  return {
    issuer: `https://issuer-${++serial}.example`,
    version: 1,
    keys: [key('a', { state: 'retired', activatedAt: 1, deactivatedAt: 2, removedAt: 3 }), key('b')],
    windows: { current: windows, older: { ...windows, jwksCacheSeconds: 9 }, olderUntil: 7 },
    sealed: { b: Uint8Array.of(0, 1, 2, 255) },
    ...parts,
  };
}

function key(kid: string, parts: Partial<SigningKey> = {}): SigningKey {
  return {
    kid,
    algorithm: 'RS256',
    state: 'active',
    publicJwk: { kty: 'RSA', n: 'AQAB', e: 'AQAB', kid, alg: 'RS256', use: 'sig' },
    publishedAt: 1,
    original: true,
    maxTokenLifetimeSeconds: 900,
    ...parts,
  };
}

describe.each(engines)('key sets on $name', (kind) => {
  let engine: Engine;
  let link: FaultyLink;
  let client: DynamoDbConnection;
  let store: KeySetStore;

  beforeAll(async () => {
    engine = await kind.start();
    link = await faultyLink(engine.endpoint);
    client = connect(link.endpoint);
    await createTable(client, tableName, 'issuer');
    store = keySetStore(client, tableName);
  });

  afterAll(async () => {
    client.destroy();
    await link.close();
    await engine.stop();
  });

  it('has nothing of an issuer that never wrote', async () => {
    expect(await store.read('https://absent.example')).toBeUndefined();
    expect(await store.readPublic('https://absent.example')).toBeUndefined();
  });

  it('reads back what was written, sealed bytes too', async () => {
    const first = keySet();
    expect(await store.replace(first)).toBe(true);
    expect(await store.read(first.issuer)).toEqual(first);
  });

  it.each(connections)(
    'reads the public part without the sealed one through $connection',
    async (through) => {
      const { sealed, ...open } = keySet();
      await store.replace({ ...open, sealed });
      const reader = publicKeySetReader(through.connect(link.endpoint), tableName);
      const read = await reader.readPublic(open.issuer);
      expect(read).toEqual(open);
      expect(read).not.toHaveProperty('sealed');
    },
  );

  it('asks for the public attributes alone, strongly consistent: IAM lets a reader ask for no other', async () => {
    await store.readPublic('https://issuer.example');
    expect(link.lastInput()).toEqual({
      TableName: tableName,
      Key: { issuer: { S: 'https://issuer.example' } },
      ConsistentRead: true,
      ProjectionExpression: '#issuer, #version, #keys, #windows',
      ExpressionAttributeNames: {
        '#issuer': 'issuer',
        '#version': 'version',
        '#keys': 'keys',
        '#windows': 'windows',
      },
    });
  });

  it('reads strongly consistent', async () => {
    await store.read('https://issuer.example');
    expect(link.lastInput()).toMatchObject({ ConsistentRead: true });
  });

  it.each([
    ['a first version where one is stored', 1],
    ['the stored version again', 2],
    ['a version that leaves one out', 4],
  ])('does not write %s', async (_, version) => {
    const second = keySet({ version: 2 });
    await store.replace({ ...second, version: 1 });
    await store.replace(second);
    expect(await store.replace({ ...second, version, keys: [] })).toBe(false);
    expect(await store.read(second.issuer)).toEqual(second);
  });

  it('does not write a later version where nothing is stored', async () => {
    const second = keySet({ version: 2 });
    expect(await store.replace(second)).toBe(false);
    expect(await store.read(second.issuer)).toBeUndefined();
  });

  it.each([
    ['the first', 1],
    ['a later', 2],
  ])('lets exactly one of 10 racing writers write %s version', async (_, version) => {
    const { issuer } = keySet();
    if (version === 2) await store.replace(keySet({ issuer }));
    const sets = Array.from({ length: 10 }, (__, index) =>
      keySet({ issuer, version, keys: [key(`racer-${index}`)] }),
    );
    const results = await Promise.all(sets.map((set) => store.replace(set)));
    expect(results.filter(Boolean)).toHaveLength(1);
    expect(await store.read(issuer)).toEqual(sets[results.indexOf(true)]);
  });

  it('knows its own write again where the answer to the first attempt was lost', async () => {
    const first = keySet();
    link.next('lose the answer');
    expect(await store.replace(first)).toBe(true);
    expect(await store.read(first.issuer)).toEqual(first);
  });

  it("does not take another writer's version for its own where it had to ask twice", async () => {
    const first = keySet();
    await store.replace({ ...first, keys: [key('of the other writer')] });
    link.next('reset');
    expect(await store.replace(first)).toBe(false);
  });

  it.each<[string, (item: Record<string, AttributeValue>) => void, string]>([
    ['no version', (item) => delete item['version'], 'attribute version is not a number'],
    [
      'keys that are no list',
      (item) => (item['keys'] = { S: 'cabbage' }),
      'attribute keys is not a list of maps',
    ],
    [
      'a key of an unknown state',
      (item) => (item['keys'] = { L: [{ M: marshall({ ...key('a'), state: 'cabbage' }) }] }),
      'attribute keys[0].state is not one of pending, active',
    ],
    [
      'a sealed text',
      (item) => (item['sealed'] = { M: { b: { S: 'cabbage' } } }),
      'attribute sealed is not a map of byte strings',
    ],
    [
      'windows that lack one',
      (item) => (item['windows'] = { M: { current: { M: { jwksCacheSeconds: { N: '1' } } } } }),
      'attribute windows.current.clockSkewSeconds is not a number',
    ],
    ['a number out of range', (item) => (item['version'] = { N: '1e30' }), 'is not a'],
  ])('refuses a stored item with %s, naming it and not its content', async (_, spoil, message) => {
    const { issuer, ...rest } = keySet();
    const item = marshall({ issuer, ...rest });
    spoil(item);
    await client.send(new PutItemCommand({ TableName: tableName, Item: item }));
    const error = String(await store.read(issuer).catch((caught: unknown) => caught));
    expect(error).toContain(`BrokenItemError: table ${tableName}, item issuer = "${issuer}": `);
    expect(error).toContain(message);
    expect(error).not.toContain('cabbage');
    expect(error).not.toContain('1000000');
  });
});
