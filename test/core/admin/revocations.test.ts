import { beforeEach, describe, expect, it } from '@jest/globals';
import { listRevocations } from '../../../core/admin/list-revocations.ts';
import { adminRevoke, adminRevokeMany } from '../../../core/admin/revocations.ts';
import { adminUnrevoke } from '../../../core/admin/unrevoke.ts';
import { UnavailableError } from '../../../core/ports.ts';
import { formatRefreshToken } from '../../../core/refresh/refresh-token.ts';
import { revocationId, type RevocationRecord } from '../../../core/revocation/record.ts';
import { now } from '../issuer.ts';
import { ours } from '../verify/fixture.ts';
import { type Administration, administration, foreign, issued } from './fixture.ts';

let admin: Administration;
beforeEach(async () => {
  admin = await administration();
});

const revoke = (body: unknown) => admin.ask(adminRevoke, { body });
const digest = `sha-256:${'A'.repeat(43)}`;
const tenYears = 10 * 365 * 86_400;

describe('adminRevoke', () => {
  it.each<[object, object]>([
    [{ jti: 'j' }, { kind: 'token', issuer: ours.issuer, value: 'j' }],
    [
      { digest, issuer: foreign },
      { kind: 'token', issuer: foreign, value: digest },
    ],
    [{ subject: 'alice' }, { kind: 'subject', value: 'alice', revokedBefore: now }],
    [
      { subject: 'alice', before: now - 99 },
      { kind: 'subject', value: 'alice', revokedBefore: now - 99 },
    ],
    [
      { clientId: 'shop' },
      { kind: 'client', value: 'shop', revokedBefore: now, expiresAt: now + 2_592_000 + 60 + 3600 },
    ],
    [
      { sid: 's', issuer: foreign },
      { kind: 'session', issuer: foreign, value: 's', revokedBefore: now },
    ],
    [
      { kid: 'k', issuer: foreign },
      { kind: 'key', issuer: foreign, value: 'k', expiresAt: now + tenYears + 60 + 3600 },
    ],
    [
      { all: true, issuer: foreign, before: now - 5 },
      {
        kind: 'issuer',
        issuer: foreign,
        value: '',
        revokedBefore: now - 5,
        expiresAt: now + 3600 + 60 + 3600,
      },
    ],
  ])('writes the record of %j and its event', async (body, expected) => {
    const record = await revoke({ ...body, reason: 'because' });
    expect(record).toMatchObject({ ...expected, reason: 'because', actor: 'ops', revokedAt: now });
    expect([...admin.revocations.stored.values()]).toEqual([record]);
    expect(admin.events.stored).toMatchObject([
      {
        action: 'revoked',
        actor: 'ops',
        at: now,
        reason: 'because',
        target: { kind: (record as never)['kind'] },
      },
    ]);
  });

  it('revokes a token by itself, until it has expired', async () => {
    expect(await revoke({ token: admin.stage.token() })).toMatchObject({
      ...{ kind: 'token', value: 'jti-1', expiresAt: now + 800 + 60 + 3600 },
    });
  });

  it('never has a time in the record of a token or a key', async () => {
    const records = await Promise.all([revoke({ jti: 'j' }), revoke({ kid: 'k', issuer: foreign })]);
    expect(records.map((record) => 'revokedBefore' in record)).toEqual([false, false]);
  });

  it.each<[string, unknown, RegExp]>([
    ['no JSON', '{', /^the body is not JSON; allowed: one of token, jti/],
    ['nothing', {}, /^the body cannot be used; allowed: one of token/],
    ['two things', { jti: 'j', subject: 's' }, /cannot be used/],
    ['an empty name', { subject: '' }, /cannot be used/],
    ['a misspelt option', { jti: 'j', dry_run: true }, /cannot be used/],
    ['a time with a token', { jti: 'j', before: now }, /cannot be used/],
    ['everything, half-heartedly', { all: false }, /cannot be used/],
    ['a digest of another kind', { digest: 'md5:x' }, /cannot be used/],
    ['a time in the future', { subject: 's', before: now + 1 }, /^before is in the future; allowed/],
    ['a time before 1970', { subject: 's', before: -1 }, /cannot be used/],
    ['a time as text', { subject: 's', before: '2026-01-01' }, /cannot be used/],
    [
      'an unknown issuer',
      { jti: 'j', issuer: 'https://evil.example' },
      /^issuer is not a trusted issuer; allowed: /,
    ],
    [
      'a key of our own',
      { kid: 'k' },
      /^a key of our own has to be taken out of use as well; allowed: POST \/admin\/keys\/compromise/,
    ],
    [
      'no token',
      { token: 'nonsense' },
      /^the token cannot be read: token_malformed; allowed: an access token/,
    ],
  ])('refuses %s and writes nothing', async (_, body, message) => {
    const refusal = { code: 'invalid_request', status: 400, message: expect.stringMatching(message) };
    await expect(revoke(body)).rejects.toMatchObject(refusal);
    expect([admin.revocations.stored.size, admin.events.stored.length]).toEqual([0, 0]);
  });

  it('takes a refresh token for its session', async () => {
    const sid = 's'.repeat(22);
    const token = formatRefreshToken({ sid, generation: 3, proof: 'p'.repeat(22), secret: 'x'.repeat(43) });
    expect(await revoke({ token })).toMatchObject({ kind: 'session', value: sid, revokedBefore: now });
    expect(JSON.stringify([...admin.revocations.stored.values(), admin.events.stored])).not.toContain('xxx');
  });

  it('says of a token that does not pass yet that it may later', async () => {
    const token = admin.stage.token({ claims: { nbf: now + 300 } });
    await expect(revoke({ token })).rejects.toThrow('the token does not pass yet: not_yet_valid');
  });

  it('has revoked even where the event could not be recorded, and says that it failed', async () => {
    admin = await administration({
      events: {
        append: () => Promise.reject(new UnavailableError('events')),
        ofDay: () => Promise.resolve([]),
      },
    });
    await expect(revoke({ jti: 'j' })).rejects.toThrow(new UnavailableError('events'));
    expect(admin.revocations.stored.size).toBe(1);
  });
});

it('records no revocation that could not be written, and fails', async () => {
  admin.revocations.write = () => Promise.reject(new UnavailableError('revocations'));
  await expect(revoke({ jti: 'j' })).rejects.toThrow(new UnavailableError('revocations'));
  expect(admin.events.stored).toEqual([]);
});

describe('a dry run', () => {
  beforeEach(() => {
    admin.tokens.stored.push(
      issued(),
      issued({ jti: 'jti-2', sid: 's' }),
      issued({ jti: 'jti-3', subject: 'bob', issuedAt: now - 500 }),
      issued({ jti: 'over', expiresAt: now }),
    );
  });

  it.each<[object, unknown]>([
    [{ jti: 'jti-1' }, { count: 1, isComplete: true }],
    [{ jti: 'over' }, { count: 0, isComplete: true }],
    [{ subject: 'alice' }, { count: 2, isComplete: true }],
    [
      { clientId: 'shop', before: now - 100 },
      { count: 1, isComplete: true },
    ],
    [{ sid: 's' }, { count: 1, isComplete: true }],
    [{ all: true }, { count: 3, isComplete: true }],
    [{ all: true, issuer: foreign }, null],
  ])('of %j says how many live tokens it hits, and changes nothing', async (body, liveTokens) => {
    expect(await revoke({ ...body, dryRun: true })).toMatchObject({ dryRun: true, liveTokens });
    expect([admin.revocations.stored.size, admin.events.stored.length]).toEqual([0, 0]);
  });

  it('looks at no more than 5,000 tokens', async () => {
    admin.tokens.stored.push(...Array.from({ length: 6000 }, (_, at) => issued({ jti: `many-${at}` })));
    expect(await revoke({ clientId: 'shop', dryRun: true })).toMatchObject({
      liveTokens: { count: 5000, isComplete: false },
    });
  });

  it('knows nothing where nothing is recorded', async () => {
    const { tokens: _, ...without } = admin.context;
    const request = { actor: 'ops', query: new URLSearchParams(), body: '{"all":true,"dryRun":true}' };
    expect(await adminRevoke(request, without)).toMatchObject({ liveTokens: null });
  });
});

describe('adminRevokeMany', () => {
  const many = (revocations: unknown, more: object = {}) =>
    admin.ask(adminRevokeMany, { body: { revocations, ...more } });

  it('does the good ones, lists the bad ones in their places, and records what it did', async () => {
    const entries = [{ jti: 'a' }, { jti: '' }, 'b', { subject: 'x', before: now + 9 }, { clientId: 'c' }];
    const { results } = (await many(entries)) as { results: readonly { record?: object; error?: string }[] };
    expect(results.map(({ record, error }) => error ?? (record as never)['value'])).toEqual([
      ...['a', 'invalid_request', 'invalid_request', 'invalid_request', 'c'],
    ]);
    expect([...admin.revocations.stored.values()].map(({ value }) => value)).toEqual(['a', 'c']);
    expect(admin.events.stored.map(({ target }) => target.value)).toEqual(['a', 'c']);
  });

  it('does every one of more than are written at once', async () => {
    const jtis = Array.from({ length: 25 }, (_, at) => `j-${at}`);
    const { results } = (await many(jtis.map((jti) => ({ jti })))) as { results: readonly object[] };
    expect(results).toMatchObject(jtis.map((value) => ({ record: { value } })));
    expect(admin.revocations.stored.size).toBe(25);
  });

  it('writes nothing in a dry run, of all or of one, and records nothing', async () => {
    await many([{ jti: 'a' }], { dryRun: true });
    await many([{ jti: 'a', dryRun: true }, { jti: 'b' }]);
    expect([...admin.revocations.stored.values()].map(({ value }) => value)).toEqual(['b']);
    expect(admin.events.stored.map(({ target }) => target.value)).toEqual(['b']);
  });

  it.each<[string, unknown]>([
    ['none', []],
    ['more than 100', Array.from({ length: 101 }, () => ({ jti: 'j' }))],
    ['no list', { jti: 'j' }],
  ])('refuses %s', async (_, revocations) => {
    await expect(many(revocations)).rejects.toMatchObject({
      ...{ code: 'invalid_request', message: expect.stringContaining('a list of 1 to 100') },
    });
  });
});

describe('adminUnrevoke', () => {
  const undo = (body: object) => admin.ask(adminUnrevoke, { body });
  const id = revocationId('subject', ours.issuer, 'alice');

  it('lifts a revocation, with an event that says whose it was', async () => {
    const record = await revoke({ subject: 'alice' });
    expect(await undo({ kind: 'subject', value: 'alice', reason: 'found', revokedAt: now })).toEqual(record);
    expect(admin.revocations.stored.size).toBe(0);
    expect(admin.events.stored.at(-1)).toMatchObject({
      ...{ action: 'unrevoked', actor: 'ops', reason: 'found', detail: `revoked at ${now} by ops` },
    });
  });

  it('lifts nothing of which no event could be recorded', async () => {
    await revoke({ subject: 'alice' });
    admin.events.append = () => Promise.reject(new UnavailableError('events'));
    await expect(undo({ kind: 'subject', value: 'alice' })).rejects.toThrow(new UnavailableError('events'));
    expect(admin.revocations.stored.has(id)).toBe(true);
  });

  it.each<[string, object, number, RegExp]>([
    ['a key', { kind: 'key', value: 'k', issuer: foreign }, 400, /^a key stays revoked/],
    ['what is not revoked', { kind: 'subject', value: 'bob' }, 404, /^nothing is revoked/],
    [
      'what was revoked again',
      { kind: 'subject', value: 'alice', revokedAt: now - 1 },
      409,
      /^it was revoked again/,
    ],
    ['an unknown kind', { kind: 'user', value: 'alice' }, 400, /^the body cannot be used/],
  ])('refuses %s', async (_, body, status, message) => {
    await revoke({ subject: 'alice' });
    await revoke({ kid: 'k', issuer: foreign });
    const refusal = { code: 'invalid_request', status, message: expect.stringMatching(message) };
    await expect(undo(body)).rejects.toMatchObject(refusal);
    expect(admin.revocations.stored.size).toBe(2);
  });

  it('leaves alone what another revokes while it looks', async () => {
    await revoke({ subject: 'alice' });
    const again = { ...(admin.revocations.stored.get(id) as RevocationRecord), revokedBefore: now + 1 };
    admin.revocations.beforeRemove = () => admin.revocations.stored.set(id, again);
    await expect(undo({ kind: 'subject', value: 'alice' })).rejects.toMatchObject({ status: 409 });
    expect(admin.revocations.stored.has(id)).toBe(true);
  });
});

describe('listRevocations', () => {
  const list = (query: Record<string, string>) => admin.ask(listRevocations, { query });

  beforeEach(async () => {
    await revoke({ subject: 'alice' });
    await revoke({ jti: 'j', issuer: foreign });
    const over = { kind: 'token', issuer: ours.issuer, value: 'o', revokedAt: 1, expiresAt: now } as const;
    await admin.revocations.write({ ...over, id: revocationId('token', ours.issuer, 'o') });
  });

  it.each<[Record<string, string>, readonly string[]]>([
    [{}, ['alice', 'j']],
    [{ kind: 'token' }, ['j']],
    [{ issuer: ours.issuer }, ['alice']],
    [{ value: 'j' }, ['j']],
    [{ kind: 'subject', value: 'alice' }, ['alice']],
    [{ kind: 'token', value: 'j', issuer: foreign }, ['j']],
    [{ kind: 'token', value: 'o' }, []],
  ])('answers %j with what stands', async (query, values) => {
    const { items } = (await list(query)) as { items: readonly { value: string }[] };
    expect(items.map(({ value }) => value)).toEqual(values);
  });

  it('goes through the table page by page', async () => {
    const first = (await list({ limit: '1' })) as { next: string };
    const second = (await list({ limit: '1', page: first.next })) as {
      items: readonly object[];
      next: string;
    };
    expect(second.items).toMatchObject([{ value: 'j' }]);
    expect(await list({ limit: '1', page: second.next })).toEqual({ items: [] });
  });

  it.each<[Record<string, string>, RegExp]>([
    [{ kind: 'user' }, /^kind must be one of token, subject/],
    [{ subject: 'alice' }, /^allowed in the query/],
    [{ page: '"' }, /^page is not a next/],
  ])('refuses %j', async (query, message) => {
    await expect(list(query)).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringMatching(message),
    });
  });
});
