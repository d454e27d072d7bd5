/**
 * Refresh families on real engines: what of a race wins. `KEYTURN_REFRESH_ROUNDS` sets how many rounds of 50 concurrent
 * uses of one token there are (default 5; `npm run test:refresh` does as many of 1,000 as fit into 55 s).
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { clientStore } from '../../adapters/dynamodb/clients.ts';
import type { DynamoDbConnection } from '../../adapters/dynamodb/connection.ts';
import { refreshFamilyStore } from '../../adapters/dynamodb/refresh-families.ts';
import type { TokenAnswer } from '../../core/issue/issue.ts';
import { tokenEndpoint } from '../../core/oauth/token-endpoint.ts';
import { type RefreshFamilyStore, UnavailableError } from '../../core/ports.ts';
import type { RefreshFamily } from '../../core/refresh/family.ts';
import { client, request, type Service, service } from '../core/oauth/fixture.ts';
import { engines, type Engine } from '../engines.ts';
import { connect, createTable } from './tables.ts';

jest.setTimeout(600_000);

const rounds = Number(process.env['KEYTURN_REFRESH_ROUNDS'] ?? 5);
const uses = 50;
let serial = 0;

function familyOf(parts: Partial<RefreshFamily> = {}): RefreshFamily {
  return {
    ...{
      sid: `sid-${++serial}`,
      clientId: 'c',
      subject: 's',
      scopes: ['a'],
      audience: ['b'],
      proofHash: 'p',
    },
    ...{ generation: 0, currentHash: 'h0', createdAt: 1.5, expiresAt: 9.5, ...parts },
  };
}

const next = (family: RefreshFamily, nonce = 'n'): RefreshFamily => ({
  ...family,
  ...{ generation: family.generation + 1, currentHash: `h${family.generation + 1}${nonce}`, nonce },
  ...{ previousHash: family.currentHash, turnedAt: 2 },
});

describe.each(engines)('refresh families on $name', (kind) => {
  let engine: Engine;
  let connection: DynamoDbConnection;
  let families: RefreshFamilyStore;
  let running: Service;

  beforeAll(async () => {
    engine = await kind.start();
    connection = connect(engine.endpoint);
    await createTable(connection, 'Families', 'sid');
    families = refreshFamilyStore(connection, 'Families');
  });

  beforeEach(async () => {
    running = await service(await client('shop', ['s3cret'], { scopes: ['read', 'offline_access'] }));
    Object.assign(running.context, { families });
  });

  afterAll(async () => {
    connection.destroy();
    await engine.stop();
  });

  it('keeps every attribute', async () => {
    const whole = { ...next(familyOf({ jkt: 'j' })), revokedAt: 3 };
    for (const family of [familyOf(), whole]) {
      await families.create(family);
      expect(await families.get(family.sid)).toEqual(family);
    }
    expect(await families.get('unknown')).toBeUndefined();
  });

  it('refuses a second family of one sid', async () => {
    const family = familyOf();
    await families.create(family);
    await expect(families.create({ ...family, subject: 'other' })).rejects.toThrow(/sids must be random/);
    expect(await families.get(family.sid)).toEqual(family);
  });

  it('turns once from a generation, whoever asks', async () => {
    const family = familyOf();
    await families.create(family);
    const turns = await Promise.all([...'abcdefgh'].map(async (nonce) => families.turn(next(family, nonce))));
    expect(turns.filter((won) => won)).toHaveLength(1);
    expect(await families.turn(next(family, 'late'))).toBe(false);
  });

  it('does not turn over another secret of the same generation, nor out of nothing', async () => {
    const family = familyOf();
    await families.create(family);
    expect(await families.turn(next({ ...family, currentHash: 'other' }))).toBe(false);
    expect(await families.turn(next(familyOf()))).toBe(false);
  });

  it('never turns again once revoked; the first time of revoking stays', async () => {
    const family = familyOf();
    await families.create(family);
    await families.revoke(family.sid, 5);
    await families.revoke(family.sid, 7);
    expect(await families.get(family.sid)).toEqual({ ...family, revokedAt: 5 });
    expect(await families.turn(next(family))).toBe(false);
  });

  it('makes nothing by revoking what is not there', async () => {
    await families.revoke('unknown', 5);
    expect(await families.get('unknown')).toBeUndefined();
  });

  it('fails where nothing can be revoked, rather than say that it was', async () => {
    const absent = refreshFamilyStore(connection, 'NoSuchTable');
    await expect(absent.revoke('sid', 5)).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  });

  /** Asks again where the table did not answer in time, as a client does; the write may have happened. */
  const ask = async (body: string): Promise<TokenAnswer> => {
    try {
      return await tokenEndpoint(request(body), running.context);
    } catch (error) {
      if (error instanceof UnavailableError) return ask(body);
      throw error;
    }
  };

  it(`gives ${uses} concurrent uses of a token one successor, ${rounds} times in a row`, async () => {
    const first = await ask('grant_type=client_credentials&scope=read+offline_access');
    let token = first.refresh_token ?? '';
    for (let round = 1; round <= rounds; round += 1) {
      const body = `grant_type=refresh_token&refresh_token=${token}`;
      const answers = await Promise.all(Array.from({ length: uses }, async () => ask(body)));
      const successors = new Set(answers.map(({ refresh_token: successor }) => successor));
      if (successors.size !== 1) throw new Error(`round ${round}: ${successors.size} successors`);
      [token = ''] = successors;
      expect(token.split('.')[2]).toBe(String(round));
    }
    const sid = token.split('.')[1] ?? '';
    expect(await families.get(sid)).toMatchObject({ generation: rounds });
    expect(await families.get(sid)).not.toHaveProperty('revokedAt');
  });

  it('revokes the family once and for all when concurrent uses come without a grace', async () => {
    const settings = { ...running.context.settings, refreshGraceSeconds: 0 };
    Object.assign(running.context, { settings });
    const first = await ask('grant_type=client_credentials&scope=read+offline_access');
    const body = `grant_type=refresh_token&refresh_token=${first.refresh_token}`;
    const results = await Promise.allSettled(Array.from({ length: uses }, async () => ask(body)));
    expect(results.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(1);
    const sid = first.refresh_token?.split('.')[1] ?? '';
    expect((await families.get(sid))?.revokedAt).toBe(running.context.now);
    expect(new Set(running.revocations.written.map(({ value }) => value))).toEqual(new Set([sid]));
  });

  it('changes a client over what it was made of alone', async () => {
    await createTable(connection, 'Clients', 'clientId');
    const clients = clientStore(connection, 'Clients');
    const one = await client('one', ['a'], { grants: ['refresh_token'], isPublic: true, owner: 'o' });
    const more = { secretArn: 's', jwks: { keys: [{ kid: 'k', n: 'v' }] }, refreshTokenLifetimeSeconds: 60 };
    await clients.create(one);
    const two = { ...one, ...more, version: 2 };
    expect(await clients.replace(two)).toBe(true);
    expect(await clients.replace({ ...one, version: 2 })).toBe(false);
    expect(await clients.get('one')).toEqual(two);
    await clients.delete('one');
    await clients.delete('one');
    expect(await clients.get('one')).toBeUndefined();
    expect(await clients.replace({ ...one, version: 3 })).toBe(false);
  });
});
