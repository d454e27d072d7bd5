/** One authorization is one BatchGetItem, whatever is checked: counted at the engine's door and in what it charges. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DynamoDbConnection } from '../../adapters/dynamodb/connection.ts';
import type { ItemCalls } from '../../adapters/dynamodb/item-calls.ts';
import { connectLightly } from '../../adapters/dynamodb/light-connection.ts';
import { revocationReader } from '../../adapters/dynamodb/revocations.ts';
import { revocationId } from '../../core/revocation/record.ts';
import { heldLookup } from '../../core/revocation/held-reader.ts';
import { respond } from '../../functions/authorizer/respond.ts';
import type { AuthorizerEvent } from '../../functions/authorizer/event.ts';
import { makeContext } from '../attack/authorizer.ts';
import { makeForge } from '../attack/case.ts';
import { eventsOf } from '../attack/table.ts';
import { sent } from '../attack/case.ts';
import { makeKeys, makeWorld, own } from '../attack/world.ts';
import { type Engine, engines } from '../engines.ts';
import { faultyLink, type FaultyLink } from './faulty-link.ts';
import { connect, createTable, credentials } from './tables.ts';

const keys = makeKeys();
const forge = makeForge(keys);
const world = makeWorld(keys);

/** A good token with everything that can be revoked: jti, sub, client_id, sid, kid, iss. */
const full = sent('full', 'allow', ({ token }) => token({ claims: { sid: 'session' } }));

describe.each(engines)('authorizations on $name', (kind) => {
  let engine: Engine;
  let link: FaultyLink;
  let creator: DynamoDbConnection;
  let authorize: (event: object) => Promise<unknown>;

  beforeAll(async () => {
    engine = await kind.start();
    link = await faultyLink(engine.endpoint);
    creator = connect(link.endpoint);
    await createTable(creator, 'Revocations', 'id');
    const calls: ItemCalls = connectLightly({ endpoint: link.endpoint, region: 'us-east-1', credentials });
    const context = makeContext(world, [], []);
    const revocations = heldLookup(revocationReader(calls, 'Revocations'));
    authorize = (event) =>
      respond(event as AuthorizerEvent, { ...context, refusals: 'unauthorized', revocations });
  });

  afterAll(async () => {
    creator.destroy();
    await link.close();
    await engine.stop();
  });

  it('cost one BatchGetItem each, of six keys, then of the token alone while the others are held', async () => {
    const events = eventsOf(full, forge).map(({ event }) => event);
    const before = link.requests.length;
    await authorize(events[0] ?? {});
    expect(keysOf(link)).toHaveLength(6);
    for (const event of events.slice(1)) await authorize(event);
    expect(link.requests.slice(before)).toEqual(events.map(() => 'BatchGetItem'));
    expect(keysOf(link)).toHaveLength(1);
  });

  it('cost no call where the token is refused before', async () => {
    const before = link.requests.length;
    const forged = sent('forged', 'signature_invalid', ({ token }) => `${token()}AAAA`);
    for (const { event } of eventsOf(forged, forge))
      await expect(authorize(event)).rejects.toThrow('Unauthorized');
    expect(link.requests).toHaveLength(before);
  });

  it('consume one read unit a key', async () => {
    const ids = ['token', 'subject', 'client', 'session', 'key', 'issuer'] as const;
    const Keys = ids.map((name) => ({ id: { S: revocationId(name, own, 'v') } }));
    const answer = await creator.batchGetItem(
      { RequestItems: { Revocations: { Keys, ConsistentRead: true } }, ReturnConsumedCapacity: 'TOTAL' },
      { abortSignal: new AbortController().signal },
    );
    expect(answer.ConsumedCapacity).toEqual([{ TableName: 'Revocations', CapacityUnits: 6 }]);
  });
});

/** The keys that the last request asked for. */
function keysOf(link: FaultyLink): readonly unknown[] {
  const { RequestItems } = link.lastInput() as {
    RequestItems: { Revocations: { Keys: readonly unknown[] } };
  };
  return RequestItems.Revocations.Keys;
}
