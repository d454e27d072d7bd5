/** Edges of time, with records as they stand in a table: a revoked token passes at no time, by no clock that is allowed. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DynamoDbConnection } from '../../adapters/dynamodb/connection.ts';
import { revocationReader, revocationWriter } from '../../adapters/dynamodb/revocations.ts';
import { heldLookup } from '../../core/revocation/held-reader.ts';
import { revokeByName, revokeToken } from '../../core/revocation/revoke.ts';
import { authorizeToken } from '../../core/verify/authorize.ts';
import { verifyToken } from '../../core/verify/verify-token.ts';
import { bearer, now } from '../core/issuer.ts';
import { ours, setStage, type Stage } from '../core/verify/fixture.ts';
import { engines, type Engine } from '../engines.ts';
import { connect, createTable } from './tables.ts';

/** As far as clocks may be apart: the authorizer's tolerance and the revoker's skew. */
const skew = 60;
const settings = { clockSkewSeconds: skew, resultsCacheSeconds: 300 };
const exp = now + 800;

describe.each(engines)('on $name', (kind) => {
  let engine: Engine;
  let client: DynamoDbConnection;
  let stage: Stage;

  beforeAll(async () => {
    engine = await kind.start();
    client = connect(engine.endpoint);
    await createTable(client, 'Revocations', 'id');
    stage = await setStage();
  });
  afterAll(async () => {
    client.destroy();
    await engine.stop();
  });

  /** The verdict of a container that has just started. */
  async function verdictAt(at: number, token: string): Promise<string> {
    const context = stage.contextWith({ read: () => Promise.resolve(new Map()) });
    const revocations = heldLookup(revocationReader(client, 'Revocations'));
    const decision = await authorizeToken(bearer(token), {
      ...{ ...context, revocations, now: at, clockToleranceSeconds: skew },
    });
    return decision.outcome === 'allow' ? 'allow' : decision.reason;
  }
  const writer = () => revocationWriter(client, 'Revocations');
  const optionsAt = (at: number) => ({ now: at, settings, note: {} });

  it.each([-skew, 0, skew])(
    'a token stays refused until it has expired for good, revoked by a clock %i s ahead',
    async (ahead) => {
      const token = stage.token({ claims: { jti: `ahead ${ahead}` } });
      const context = stage.contextWith({ read: () => Promise.resolve(new Map()) });
      const verified = await verifyToken(token, context);
      const record = await revokeToken(verified, writer(), optionsAt(now + ahead));
      const last = exp + skew;
      expect(record.expiresAt).toBeGreaterThan(last + settings.resultsCacheSeconds);
      for (const at of [now - skew, now, exp, last - 0.001]) {
        expect([at, await verdictAt(at, token)]).toEqual([at, 'token_revoked']);
      }
      for (const at of [last + 0.001, record.expiresAt, record.expiresAt + 90_000]) {
        expect([at, await verdictAt(at, token)]).toEqual([at, 'expired']);
      }
    },
  );

  it('a subject stays refused until the last of its tokens has expired for good', async () => {
    const [first, last] = [0, 1].map((later) => ({ sub: 'bob', jti: `bob ${later}`, iat: now - 1 + later }));
    const lasting = { exp: now + ours.maxLifetimeSeconds };
    const claims = [
      { ...first, nbf: now - 1, exp: now - 1 + ours.maxLifetimeSeconds },
      { ...last, nbf: now, ...lasting },
    ];
    const record = await revokeByName(
      { kind: 'subject', issuer: ours.issuer, value: 'bob', maxLifetimeSeconds: ours.maxLifetimeSeconds },
      writer(),
      optionsAt(now + 0.5),
    );
    expect(record.expiresAt).toBeGreaterThan(lasting.exp + skew + settings.resultsCacheSeconds);
    for (const token of claims.map((each) => stage.token({ claims: each }))) {
      for (const at of [now, lasting.exp - 1 + skew - 0.001])
        expect([at, await verdictAt(at, token)]).toEqual([at, 'subject_revoked']);
    }
    const next = { sub: 'bob', jti: 'bob 2', iat: now + 2, nbf: now + 2, exp: now + 900 };
    expect(await verdictAt(now + 3, stage.token({ claims: next }))).toBe('allow');
  });

  it('a row that has expired and is still returned refuses nothing', async () => {
    const token = stage.token({ claims: { jti: 'expired row' } });
    const id = (await verifyToken(token, stage.contextWith({ read: async () => new Map() }))).accepted.jti;
    const record = {
      ...{ id: `token:${ours.issuer.length}:${ours.issuer}:${id}`, kind: 'token' as const },
      ...{ issuer: ours.issuer, value: id ?? '', revokedAt: now - 9000, expiresAt: now },
    };
    await writer().write(record);
    const stored = await revocationReader(client, 'Revocations').read([record.id]);
    expect([...stored.values()]).toEqual([record]);
    expect(await verdictAt(now - 1, token)).toBe('token_revoked');
    expect(await verdictAt(now, token)).toBe('allow');
  });
});
