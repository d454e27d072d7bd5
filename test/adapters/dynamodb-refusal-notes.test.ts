/** What the authorizer notes of a refusal, on every engine with every connection. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DynamoDbConnection } from '../../adapters/dynamodb/connection.ts';
import type { ItemCalls } from '../../adapters/dynamodb/item-calls.ts';
import { issuedTokenStore } from '../../adapters/dynamodb/issued-tokens.ts';
import { refusalNotes } from '../../adapters/dynamodb/refusal-notes.ts';
import type { IssuedToken } from '../../core/issue/client.ts';
import { UnavailableError } from '../../core/ports.ts';
import { lastRefusals } from '../../core/verify/last-refusal.ts';
import { respond } from '../../functions/authorizer/respond.ts';
import type { AuthorizerEvent } from '../../functions/authorizer/event.ts';
import { makeContext } from '../attack/authorizer.ts';
import { makeForge, sent } from '../attack/case.ts';
import { eventsOf } from '../attack/table.ts';
import { makeKeys, makeWorld, own } from '../attack/world.ts';
import type { Engine } from '../engines.ts';
import { faultyLink, type FaultyLink } from './faulty-link.ts';
import { backends, connect, createTable } from './tables.ts';

const table = 'IssuedTokens';
/** Longer than a busy machine needs. */
const patient = 5000;
const token: IssuedToken = {
  ...{ jti: 'j1', issuer: own, subject: 'alice', clientId: 'shop', scope: 'read', kid: 'k1' },
  ...{ issuedAt: 1_800_000_000, expiresAt: 1_800_000_900 },
};
const refused = { at: 1_800_000_100, reason: 'token_revoked' };

describe.each(backends)('notes of refusals on $name by $connection', (backend) => {
  let engine: Engine;
  let link: FaultyLink;
  let creator: DynamoDbConnection;
  let calls: ItemCalls;

  beforeAll(async () => {
    engine = await backend.start();
    link = await faultyLink(engine.endpoint);
    creator = connect(engine.endpoint);
    calls = backend.connect(link.endpoint);
    await createTable(creator, table, 'jti');
    await issuedTokenStore(creator, table).put(token);
  });

  afterAll(async () => {
    creator.destroy();
    await link.close();
    await engine.stop();
  });

  const stored = (jti: string) => issuedTokenStore(creator, table).get(jti);

  it('are written beside what is recorded, the later in place of the earlier, one call each', async () => {
    const notes = refusalNotes(calls, table, patient);
    const before = link.requests.length;
    await notes.note('j1', { at: refused.at - 50, reason: 'scope_insufficient' });
    await notes.note('j1', refused);
    expect(await stored('j1')).toEqual({ ...token, lastRefusal: refused });
    expect(link.requests.slice(before)).toEqual(['UpdateItem', 'UpdateItem']);
  });

  it('name no attributes but the two that IAM allows', async () => {
    await refusalNotes(calls, table, patient).note('j1', refused);
    const { ExpressionAttributeNames: names, Key: key } = link.lastInput() as Record<string, object>;
    expect(new Set([...Object.values(names ?? {}), ...Object.keys(key ?? {})])).toEqual(
      new Set(['jti', 'lastRefusal']),
    );
  });

  it('make no item of a token that is not recorded', async () => {
    await refusalNotes(calls, table, patient).note('unknown', refused);
    expect(await stored('unknown')).toBeUndefined();
  });

  it('fail where there is no table to write them to', async () => {
    const notes = refusalNotes(calls, 'NoSuchTable', patient);
    await expect(notes.note('j1', refused)).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  });

  it('are given up after some hundredths of a second', async () => {
    link.next('hang', 'hang');
    const begin = performance.now();
    await expect(refusalNotes(calls, table).note('j1', refused)).rejects.toThrow(UnavailableError);
    expect(performance.now() - begin).toBeLessThan(900);
  });
});

describe('an authorizer', () => {
  const keys = makeKeys();
  const forge = makeForge(keys);
  const note: string[] = [];
  const lines: string[] = [];

  function authorize(name: string, of: Parameters<typeof sent>[2], notes = async () => {}) {
    const [event] = eventsOf(sent(name, 'allow', of), forge);
    const context = makeContext(makeWorld(keys), lines, []);
    const told = async (jti: string) => {
      await notes();
      note.push(jti);
    };
    const noteRefusal = lastRefusals({ issuer: own, notes: { note: told }, telemetry: context.telemetry });
    return respond(event?.event as object as AuthorizerEvent, {
      ...context,
      refusals: 'unauthorized',
      noteRefusal,
    });
  }

  it('notes nothing of a token that passes, nor of one whose signature does not hold', async () => {
    await authorize('good', ({ token: make }) => make());
    await expect(authorize('forged', ({ token: make }) => `${make().slice(0, -6)}AAAAAA`)).rejects.toThrow(
      'Unauthorized',
    );
    expect(note).toEqual([]);
  });

  it('has noted a refusal when it answers, and answers the same where it could not', async () => {
    const revoked: Parameters<typeof sent>[2] = ({ token: make }) =>
      make({ claims: { cnf: { jkt: 'A'.repeat(43) } } });
    await expect(authorize('bound', revoked)).rejects.toThrow('Unauthorized');
    expect(note).toHaveLength(1);
    const fail = () => Promise.reject(new UnavailableError('down'));
    await expect(authorize('bound', revoked, fail)).rejects.toThrow('Unauthorized');
    expect(note).toHaveLength(1);
    expect(lines.filter((line) => line.includes('a last refusal was not recorded'))).toHaveLength(1);
  });
});
