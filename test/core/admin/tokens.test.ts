import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Overview, overview } from '../../../core/admin/overview.ts';
import { adminRevoke } from '../../../core/admin/revocations.ts';
import { listTokens } from '../../../core/admin/tokens.ts';
import { now } from '../issuer.ts';
import { ours } from '../verify/fixture.ts';
import { type Administration, administration, foreign, issued } from './fixture.ts';

let admin: Administration;
beforeEach(async () => {
  admin = await administration();
  admin.tokens.stored.push(
    issued({ jti: 'a', sid: 's' }),
    issued({ jti: 'b', subject: 'bob', scope: 'read', lastRefusal: { at: now, reason: 'token_revoked' } }),
    issued({ jti: 'c', clientId: 'web', kid: 'k2', expiresAt: now + 10 }),
    issued({ jti: 'over', expiresAt: now - 1 }),
  );
});

const list = (query: Record<string, string>) => admin.ask(listTokens, { query });

describe('listTokens', () => {
  it.each<[Record<string, string>, readonly string[]]>([
    [{}, ['a', 'b', 'c']],
    [{ jti: 'over' }, ['over']],
    [{ jti: 'none' }, []],
    [{ subject: 'alice' }, ['a', 'c']],
    [{ clientId: 'web' }, ['c']],
    [{ sid: 's' }, ['a']],
    [{ kid: 'k2' }, ['c']],
    [{ scope: 'write' }, ['a', 'c']],
    [{ subject: 'alice', scope: 'wri' }, []],
    [{ expiresBefore: String(now + 10) }, ['c']],
    [{ expiresAfter: String(now - 5) }, ['a', 'b', 'c', 'over']],
  ])('answers %j', async (query, jtis) => {
    const { items } = (await list(query)) as { items: readonly { jti: string }[] };
    expect(items.map(({ jti }) => jti)).toEqual(jtis);
  });

  it('goes on where a page ended', async () => {
    const { items, next } = (await list({ limit: '2' })) as { items: readonly object[]; next: string };
    expect(items).toHaveLength(2);
    expect(await list({ limit: '2', page: next })).toEqual({
      items: [expect.objectContaining({ jti: 'c' })],
    });
  });

  it.each<[Record<string, string>, RegExp]>([
    [{ subject: 'a', clientId: 'b' }, /^allowed: one of subject, clientId, sid, kid, not empty$/],
    [{ subject: '' }, /^allowed: one of subject/],
    [{ jti: 'a', scope: 'read' }, /^jti names one token; allowed: jti alone$/],
    [{ client: 'web' }, /^allowed in the query, each once: jti, subject/],
    [{ expiresAfter: 'yesterday' }, /^expiresAfter must be a NumericDate/],
    [{ page: 'e30' }, /^page is not a next value of this list$/],
  ])('refuses %j', async (query, message) => {
    await expect(list(query)).rejects.toMatchObject({
      ...{ code: 'invalid_request', status: 400, message: expect.stringMatching(message) },
    });
  });

  it('says so where nothing is recorded', async () => {
    const { tokens: _, ...without } = admin.context;
    const request = { actor: 'ops', query: new URLSearchParams(), body: '' };
    await expect(listTokens(request, without)).rejects.toMatchObject({
      ...{ status: 404, message: 'issued tokens are not recorded; recordIssuedTokens is off' },
    });
  });
});

describe('overview', () => {
  it('counts live tokens, revocations and refusals', async () => {
    await admin.ask(adminRevoke, { body: { jti: 'b' } });
    await admin.ask(adminRevoke, { body: { subject: 'alice' } });
    expect(await admin.ask(overview, {})).toEqual({
      issuer: ours.issuer,
      issuers: expect.arrayContaining([ours.issuer, foreign]),
      at: now,
      liveTokens: { count: 3, isComplete: true },
      revocations: { byKind: { token: 1, subject: 1 }, isComplete: true },
      lastRefusals: { byReason: { token_revoked: 1 }, isComplete: true },
      keys: null,
      schedules: [],
    });
  });

  it('tells of each schedule when it ran, how that ended, and whether it is late', async () => {
    const run = { everySeconds: 300, outcome: 'succeeded' } as const;
    const all = async () => [
      { ...run, name: 'in time', ranAt: now - 599 },
      { ...run, name: 'late', ranAt: now - 601, outcome: 'failed' as const },
    ];
    const { schedules } = (await (await administration({ runs: { all } })).ask(overview, {})) as Overview;
    expect(schedules).toEqual([
      { ...run, name: 'in time', lastRunAt: now - 599, nextRunAt: now - 299, isLate: false },
      { ...run, name: 'late', lastRunAt: now - 601, nextRunAt: now - 301, isLate: true, outcome: 'failed' },
    ]);
  });
});
