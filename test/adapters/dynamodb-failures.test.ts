import type { DynamoDbConnection } from '../../adapters/dynamodb/connection.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AwsRefusalError } from '../../adapters/aws-call.ts';
import { clientStore } from '../../adapters/dynamodb/clients.ts';
import type { ItemCalls } from '../../adapters/dynamodb/item-calls.ts';
import { issuedTokenStore } from '../../adapters/dynamodb/issued-tokens.ts';
import { keySetStore } from '../../adapters/dynamodb/key-sets.ts';
import { revocationReader, revocationWriter } from '../../adapters/dynamodb/revocations.ts';
import { UnavailableError } from '../../core/ports.ts';
import type { RevocationRecord } from '../../core/revocation/record.ts';
import type { Engine } from '../engines.ts';
import { faultyLink, type Fault, type FaultyLink } from './faulty-link.ts';
import { backends, connect, createTable } from './tables.ts';

const record: RevocationRecord = {
  id: 'i',
  kind: 'token',
  issuer: 'i',
  value: 'v',
  revokedAt: 1,
  expiresAt: 2,
};
const token = {
  jti: 'j',
  issuer: 'i',
  subject: 's',
  clientId: 'c',
  scope: '',
  kid: 'k',
  issuedAt: 1,
  expiresAt: 2,
};
const client = { clientId: 'c', grants: [], scopes: [], secrets: [], createdAt: 1, version: 1 };

type Operation = (connection: ItemCalls, tableName: string) => Promise<unknown>;

const operations: readonly [string, string, Operation][] = [
  ['reading revocations', 'BatchGetItem', (c, name) => revocationReader(c, name).read(['i'])],
  ['writing a revocation', 'PutItem', (c, name) => revocationWriter(c, name).write(record)],
  ['reading public keys', 'GetItem', (c, name) => keySetStore(c, name).readPublic('i')],
  ['reading a key set', 'GetItem', (c, name) => keySetStore(c, name).read('i')],
  [
    'replacing a key set',
    'PutItem',
    (c, name) => keySetStore(c, name).replace({ issuer: 'i', version: 1, keys: [], sealed: {} }),
  ],
  ['getting a client', 'GetItem', (c, name) => clientStore(c, name).get('c')],
  ['registering a client', 'PutItem', (c, name) => clientStore(c, name).create(client)],
  ['changing a client', 'PutItem', (c, name) => clientStore(c, name).replace({ ...client, version: 2 })],
  ['deleting a client', 'DeleteItem', (c, name) => clientStore(c, name).delete('c')],
  ['putting an issued token', 'PutItem', (c, name) => issuedTokenStore(c, name).put(token)],
  ['getting an issued token', 'GetItem', (c, name) => issuedTokenStore(c, name).get('j')],
];

/** How an operation fails, and how long that took. */
async function failure(run: () => Promise<unknown>): Promise<{ error: unknown; ms: number }> {
  const begun = performance.now();
  const error = await run().then(
    () => 'it did not fail',
    (caught: unknown) => caught,
  );
  return { error, ms: performance.now() - begun };
}

describe.each(backends)('a failing $name through $connection', (kind) => {
  let engine: Engine;
  let link: FaultyLink;
  let creator: DynamoDbConnection;
  let connection: ItemCalls;

  beforeAll(async () => {
    engine = await kind.start();
    link = await faultyLink(engine.endpoint);
    connection = kind.connect(link.endpoint);
    creator = connect(link.endpoint);
    await createTable(creator, 'Revocations', 'id');
  });

  beforeEach(() => link.always('none'));

  afterAll(async () => {
    creator.destroy();
    await link.close();
    await engine.stop();
  });

  it('is unavailable within 2 s for every operation while it hangs', async () => {
    link.always('hang');
    const outcomes = await Promise.all(
      operations.map(([, , run]) => failure(() => run(connection, 'Revocations'))),
    );
    expect(outcomes.map(({ error }) => String(error))).toEqual(
      operations.map(
        ([, operation]) =>
          `UnavailableError: DynamoDB ${operation} on table Revocations was not answered: ETIMEDOUT`,
      ),
    );
    expect(Math.max(...outcomes.map(({ ms }) => ms))).toBeLessThan(2000);
  });

  it.each<[string, readonly Fault[]]>([
    ['loses its answer', ['lose the answer', 'none', 'hang', 'hang']],
    ['resets', ['reset', 'none', 'hang', 'hang']],
  ])(
    'is unavailable within 2 s where a write needs several calls and it %s, then hangs',
    async (_, faults) => {
      await revocationWriter(connection, 'Revocations').write(record);
      link.next(...faults);
      const { error, ms } = await failure(() =>
        revocationWriter(connection, 'Revocations').write({ ...record, expiresAt: 1000 }),
      );
      expect(error).toBeInstanceOf(UnavailableError);
      expect(ms).toBeLessThan(2000);
    },
  );

  it.each<[string, Fault]>([
    ['resets connections', 'reset'],
    ['loses answers', 'lose the answer'],
    ['answers a byte at a time', 'drip'],
    ['answers 500', { status: 500, body: '{"__type":"InternalServerError"}' }],
    ['answers 503 without JSON', { status: 503, body: '<html>' }],
    ['throttles', { status: 400, body: '{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException"}' }],
    ['is over its throughput', { status: 400, body: '{"__type":"ProvisionedThroughputExceededException"}' }],
  ])('is unavailable within 2 s when it %s', async (_, fault) => {
    link.always(fault);
    const { error, ms } = await failure(() => revocationReader(connection, 'Revocations').read(['i']));
    expect(error).toBeInstanceOf(UnavailableError);
    expect(error).toHaveProperty('cause');
    expect(ms).toBeLessThan(2000);
  });

  it('answers at the second attempt where the first fails', async () => {
    link.next('reset');
    expect(await revocationReader(connection, 'Revocations').read(['absent'])).toEqual(new Map());
  });

  it.each(['AccessDeniedException', 'ValidationException', 'UnrecognizedClientException'])(
    'is refused, not unavailable, at a %s, and says nothing of its text',
    async (code) => {
      link.always({ status: 400, body: JSON.stringify({ __type: code, message: 'cabbage' }) });
      const { error } = await failure(() => revocationReader(connection, 'Revocations').read(['i']));
      expect(error).toBeInstanceOf(AwsRefusalError);
      expect(error).toMatchObject({ code, attempts: 1 });
      expect(String(error)).toContain(`DynamoDB refused BatchGetItem on table Revocations: ${code}`);
      expect(JSON.stringify(error) + String(error)).not.toContain('cabbage');
    },
  );

  it.each(operations)('says which table is missing when %s', async (_, operation, run) => {
    const { error } = await failure(() => run(connection, 'NoSuchTable'));
    expect(error).toBeInstanceOf(AwsRefusalError);
    expect(String(error)).toMatch(
      new RegExp(
        `^AwsRefusalError: DynamoDB refused ${operation} on table NoSuchTable: ResourceNotFoundException.*` +
          'there is no such table in this account and Region; check its name$',
      ),
    );
  });

  it('is unavailable within 2 s when it is killed, and serves its data again when it is back', async () => {
    const direct = kind.connect(engine.endpoint);
    const reader = revocationReader(direct, 'Revocations');
    await revocationWriter(direct, 'Revocations').write(record);
    await engine.kill();
    const { error, ms } = await failure(() => reader.read(['i']));
    expect(error).toBeInstanceOf(UnavailableError);
    expect(ms).toBeLessThan(2000);
    await engine.restart();
    expect((await reader.read(['i'])).get('i')).toEqual(record);
  });
});
