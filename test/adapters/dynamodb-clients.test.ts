import type { DynamoDbConnection } from '../../adapters/dynamodb/connection.ts';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { clientStore } from '../../adapters/dynamodb/clients.ts';
import { issuedTokenStore } from '../../adapters/dynamodb/issued-tokens.ts';
import type { Client, IssuedToken } from '../../core/issue/client.ts';
import type { ClientStore, IssuedTokenStore } from '../../core/ports.ts';
import type { Engine } from '../engines.ts';
import { faultyLink, type FaultyLink } from './faulty-link.ts';
import { backends, connect, createTable } from './tables.ts';

let serial = 0;

function clientOf(parts: Partial<Client> = {}): Client {
  const clientId = `client-${++serial}`;
  const grants = ['client_credentials'] as const;
  return { clientId, grants, scopes: ['read'], secrets: [], createdAt: 5, version: 1, ...parts };
}

function tokenOf(parts: Partial<IssuedToken> = {}): IssuedToken {
  return {
    jti: `jti-${++serial}`,
    issuer: 'https://issuer.example',
    subject: 'client',
    clientId: 'client',
    scope: '',
    kid: 'kid',
    issuedAt: 1,
    expiresAt: 2,
    ...parts,
  };
}

describe.each(backends)('clients and issued tokens on $name through $connection', (kind) => {
  let engine: Engine;
  let link: FaultyLink;
  let connection: DynamoDbConnection;
  let clients: ClientStore;
  let tokens: IssuedTokenStore;

  beforeAll(async () => {
    engine = await kind.start();
    link = await faultyLink(engine.endpoint);
    connection = connect(link.endpoint);
    await createTable(connection, 'Clients', 'clientId');
    await createTable(connection, 'IssuedTokens', 'jti');
    const calls = kind.connect(link.endpoint);
    clients = clientStore(calls, 'Clients');
    tokens = issuedTokenStore(calls, 'IssuedTokens');
  });

  afterAll(async () => {
    connection.destroy();
    await link.close();
    await engine.stop();
  });

  it.each([
    ['empty', ''],
    ['longer than a key', 'x'.repeat(3000)],
    ['longer than a key in bytes alone', 'é'.repeat(1100)],
  ])('nothing is found under a name that is %s', async (_, name) => {
    expect(await clients.get(name)).toBeUndefined();
    expect(await tokens.get(name)).toBeUndefined();
  });

  it.each<[string, Client]>([
    ['every attribute', clientOf({ audience: ['a', 'b'], tokenLifetimeSeconds: 60, disabled: true })],
    [
      'two secrets',
      clientOf({ secrets: [1, 2].map((createdAt) => ({ hash: `hash-${createdAt}`, createdAt })) }),
    ],
    ['no scope and no secret', clientOf({ scopes: [] })],
  ])('registers and gets a client with %s', async (_, client) => {
    expect(await clients.create(client)).toBe(true);
    expect(await clients.get(client.clientId)).toEqual(client);
  });

  it('has no client that was never registered', async () => {
    expect(await clients.get('absent')).toBeUndefined();
    expect(link.lastInput()).toMatchObject({ TableName: 'Clients', ConsistentRead: true });
  });

  it('does not register an id twice', async () => {
    const client = clientOf();
    await clients.create(client);
    expect(await clients.create({ ...client, scopes: ['everything'] })).toBe(false);
    expect(await clients.get(client.clientId)).toEqual(client);
  });

  it('registers exactly one of 10 racing clients of one id', async () => {
    const { clientId } = clientOf();
    const racers = Array.from({ length: 10 }, (_, createdAt) => clientOf({ clientId, createdAt }));
    const results = await Promise.all(racers.map((client) => clients.create(client)));
    expect(results.filter(Boolean)).toHaveLength(1);
    expect(await clients.get(clientId)).toEqual(racers[results.indexOf(true)]);
  });

  it('knows its own registration again where the answer to the first attempt was lost', async () => {
    const client = clientOf({ secrets: [{ hash: 'hash', createdAt: 1 }] });
    link.next('lose the answer');
    expect(await clients.create(client)).toBe(true);
  });

  it('names a broken attribute of a client and not its content', async () => {
    const secrets = { L: [{ M: { hash: { N: '4711' }, createdAt: { N: '1' } } }] };
    const none = { L: [] };
    const item = { clientId: { S: 'broken' }, grants: none, scopes: none, createdAt: { N: '1' }, secrets };
    await connection.send(new PutItemCommand({ TableName: 'Clients', Item: item }));
    await expect(clients.get('broken')).rejects.toMatchObject({
      name: 'BrokenItemError',
      message:
        'table Clients, item clientId = "broken": attribute secrets[0].hash is not a string; correct or delete the item',
    });
  });

  it('puts and gets an issued token, expired or not', async () => {
    const token = tokenOf({ expiresAt: 1 });
    await tokens.put(token);
    expect(await tokens.get(token.jti)).toEqual(token);
  });

  it('has no issued token that was never put', async () => {
    expect(await tokens.get('absent')).toBeUndefined();
  });
});
