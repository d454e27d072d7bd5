import { describe, expect, it } from '@jest/globals';
import { type RevocationReader, UnavailableError } from '../../../core/ports.ts';
import { heldLookup, holdSeconds } from '../../../core/revocation/held-reader.ts';
import type { RevocationRecord } from '../../../core/revocation/record.ts';

const recordOf = (id: string): RevocationRecord => ({
  ...{ id, kind: 'subject', issuer: 'i', value: id, revokedAt: 1, expiresAt: 9e9 },
});

/** A table whose every read is written down. */
function table() {
  const stored = new Map<string, RevocationRecord>();
  const reads: string[][] = [];
  const reader: RevocationReader = {
    read(ids) {
      reads.push([...ids]);
      return Promise.resolve(new Map([...stored].filter(([id]) => ids.includes(id))));
    },
  };
  const revoke = (id: string) => stored.set(id, recordOf(id));
  return { reads, revoke, lookup: heldLookup(reader) };
}

const ids = { token: 't', common: ['issuer', 'subject'] };
const found = (records: readonly RevocationRecord[]) => records.map(({ id }) => id);

describe('heldLookup', () => {
  it('holds for half a second', () => {
    expect(holdSeconds).toBe(0.5);
  });

  it('reads token and common records in one round trip, then the token alone', async () => {
    const { reads, lookup } = table();
    await lookup.find(ids, 100);
    await lookup.find({ ...ids, token: 'u' }, 100.2);
    expect(reads).toEqual([['t', 'issuer', 'subject'], ['u']]);
  });

  it('never holds the token’s own record', async () => {
    const { reads, revoke, lookup } = table();
    expect(found(await lookup.find(ids, 100))).toEqual([]);
    revoke('t');
    expect(found(await lookup.find(ids, 100))).toEqual(['t']);
    expect(reads).toHaveLength(2);
  });

  it('holds the absence of a common record for half a second, and not an instant more', async () => {
    const { revoke, lookup } = table();
    await lookup.find(ids, 100);
    revoke('subject');
    expect(found(await lookup.find(ids, 100.499))).toEqual([]);
    expect(found(await lookup.find(ids, 100.5))).toEqual(['subject']);
  });

  it('holds a common record that is there, and says so each time', async () => {
    const { reads, revoke, lookup } = table();
    revoke('issuer');
    expect(found(await lookup.find(ids, 100))).toEqual(['issuer']);
    expect(found(await lookup.find(ids, 100.4))).toEqual(['issuer']);
    expect(reads[1]).toEqual(['t']);
  });

  it('counts from the read, not from the last use', async () => {
    const { reads, lookup } = table();
    for (const now of [100, 100.3, 100.6]) await lookup.find(ids, now);
    expect(reads.map(({ length }) => length)).toEqual([3, 1, 3]);
  });

  it('reads anew what it does not hold beside what it holds', async () => {
    const { reads, lookup } = table();
    await lookup.find(ids, 100);
    await lookup.find({ token: 't', common: ['issuer', 'other'] }, 100.1);
    expect(reads[1]).toEqual(['t', 'other']);
  });

  it('reads anew where the clock went back', async () => {
    const { reads, lookup } = table();
    await lookup.find(ids, 100);
    await lookup.find(ids, 99.9);
    await lookup.find(ids, 50);
    expect(reads.map(({ length }) => length)).toEqual([3, 3, 3]);
  });

  it('holds nothing of a read that failed', async () => {
    let isDown = true;
    const reads: number[] = [];
    const lookup = heldLookup({
      read: (wanted) => {
        reads.push(wanted.length);
        return isDown ? Promise.reject(new UnavailableError('table')) : Promise.resolve(new Map());
      },
    });
    await expect(lookup.find(ids, 100)).rejects.toThrow(new UnavailableError('table'));
    isDown = false;
    expect(await lookup.find(ids, 100)).toEqual([]);
    expect(reads).toEqual([3, 3]);
  });

  it('holds 10,000 records at most, and lets the oldest go', async () => {
    const { reads, lookup } = table();
    await lookup.find({ token: 't', common: ['oldest', 'second'] }, 100);
    const many = Array.from({ length: 9999 }, (_, index) => `c${index}`);
    await lookup.find({ token: 't', common: many }, 100.1);
    await lookup.find({ token: 't', common: ['second', 'c0', 'c9998'] }, 100.2);
    await lookup.find({ token: 't', common: ['oldest'] }, 100.2);
    expect(reads.slice(2)).toEqual([['t'], ['t', 'oldest']]);
  });

  it('lets go first of what was read longest ago, not of what was read anew', async () => {
    const { reads, lookup } = table();
    await lookup.find({ token: 't', common: ['anew', 'second'] }, 100);
    await lookup.find({ token: 't', common: ['anew'] }, 100.5);
    const many = Array.from({ length: 9999 }, (_, index) => `c${index}`);
    await lookup.find({ token: 't', common: many }, 100.6);
    await lookup.find({ token: 't', common: ['anew'] }, 100.7);
    expect(reads.at(-1)).toEqual(['t']);
  });

  it('holds up to a moment that a read anew moves on', async () => {
    const { reads, lookup } = table();
    await lookup.find({ token: 't', common: ['a', 'b'] }, 100);
    await lookup.find({ token: 't', common: ['a'] }, 100.5);
    await lookup.find({ token: 't', common: ['a', 'b'] }, 100.9);
    expect(reads[2]).toEqual(['t', 'b']);
  });
});

describe('heldLookup while the table is down', () => {
  const down = new UnavailableError('down');

  /** A lookup that found these tokens revoked at 100, and whose table is down since. */
  async function downSince100({ isWanted = true, tokens = ['t'], fault = down as Error } = {}) {
    let isDown = false;
    let answers = 0;
    const read: RevocationReader['read'] = ([token = '']) =>
      isDown ? Promise.reject(fault) : Promise.resolve(new Map([[token, recordOf(token)]]));
    const lookup = heldLookup({ read }, { isWanted, onAnswer: () => (answers += 1) });
    for (const token of tokens) await lookup.find({ ...ids, token }, 100);
    isDown = true;
    return { lookup, answers: () => answers };
  }

  it('gives an answer again up to the age that the route takes, and says so', async () => {
    const { lookup, answers } = await downSince100();
    expect(found(await lookup.find(ids, 109.9, 10))).toEqual(['t']);
    expect(answers()).toBe(1);
  });

  it('gives none again where the table is not down but broken', async () => {
    const { lookup, answers } = await downSince100({ fault: new Error('a broken item') });
    await expect(lookup.find(ids, 101, 10)).rejects.toThrow(new Error('a broken item'));
    expect(answers()).toBe(0);
  });

  it('remembers 10,000 tokens at most, and lets go of the one that was asked about longest ago', async () => {
    const many = Array.from({ length: 9999 }, (_, index) => `c${index}`);
    const { lookup } = await downSince100({ tokens: ['t', 'u', 't', ...many] });
    expect(found(await lookup.find(ids, 101, 10))).toEqual(['t']);
    await expect(lookup.find({ ...ids, token: 'u' }, 101, 10)).rejects.toThrow(down);
  });

  it.each<[string, { at: number; age?: number; token?: string; isWanted?: boolean }]>([
    ['on a route that takes none', { at: 101 }],
    ['beyond the age', { at: 110, age: 10 }],
    ['for a token that it did not see', { at: 101, age: 10, token: 'u' }],
    ['by a clock that went back', { at: 99, age: 10 }],
    ['where nothing is remembered', { at: 101, age: 10, isWanted: false }],
  ])('fails closed %s', async (_, { at, age, token = 't', isWanted = true }) => {
    const { lookup, answers } = await downSince100({ isWanted });
    await expect(lookup.find({ ...ids, token }, at, age)).rejects.toThrow(down);
    expect(answers()).toBe(0);
  });
});
