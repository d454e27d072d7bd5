import { describe, expect, it } from '@jest/globals';
import { advance, rotate } from '../../../core/keys/advance.ts';
import { describeFaults, windowFaults } from '../../../core/keys/window-faults.ts';
import { leadSeconds, mayActivateAt, noteWindows, safePolicy } from '../../../core/keys/windows.ts';
import { key, keySet, policy, states, windows } from './key-sets.ts';

const shorter = { ...policy, jwksCacheSeconds: 600, signerHoldSeconds: 1 };
const longer = { ...policy, jwksCacheSeconds: 86_400, clockSkewSeconds: 300 };
const lead = 7200 + 30 + 60;
const now = 100_000;

const running = () =>
  keySet(
    key('a', 'active', { publishedAt: 0, activatedAt: 90_000 }),
    key('b', 'pending', { publishedAt: 90_000 }),
  );

describe('noteWindows', () => {
  it('gives the same object back where nothing changed', () => {
    const stored = running();
    expect(noteWindows(stored, policy, now)).toBe(stored);
  });

  it('lets windows become longer at once, and keeps nothing beside them', () => {
    const noted = noteWindows(running(), longer, now).windows;
    expect(noted).toEqual({ current: { ...windows, jwksCacheSeconds: 86_400, clockSkewSeconds: 300 } });
  });

  it('keeps the older length of windows that become shorter until nothing made under it is left', () => {
    const noted = noteWindows(running(), shorter, now);
    expect(noted.windows).toEqual({
      current: { ...windows, jwksCacheSeconds: 600, signerHoldSeconds: 1 },
      older: windows,
      olderUntil: now + lead + 60,
    });
    expect(leadSeconds(safePolicy(noted, shorter, now + lead))).toBe(lead);
    expect(leadSeconds(safePolicy(noted, shorter, now + lead + 60))).toBe(690);
  });

  it('keeps them for the after-life of keys where that is longer', () => {
    const long = key('c', 'retiring', { deactivatedAt: now, maxTokenLifetimeSeconds: 50_000 });
    const noted = noteWindows(keySet(long), shorter, now);
    expect(noted.windows?.olderUntil).toBe(now + 5 + 50_000 + 120 + 60);
  });

  it('keeps them no shorter where they become shorter again once a key is gone', () => {
    const long = key('c', 'retiring', { deactivatedAt: now, maxTokenLifetimeSeconds: 50_000 });
    const noted = { ...noteWindows(keySet(long), shorter, now), keys: running().keys };
    const again = noteWindows(noted, { ...shorter, jwksCacheSeconds: 60 }, now + 10);
    expect(again.windows?.olderUntil).toBe(now + 5 + 50_000 + 120 + 60);
  });

  it('forgets nothing where settings go to and fro', () => {
    const there = noteWindows(running(), shorter, now);
    const back = noteWindows(there, policy, now + 10);
    const again = noteWindows(back, shorter, now + 20);
    expect(again.windows).toMatchObject({ older: windows, olderUntil: now + 20 + lead + 60 });
  });
});

describe('advance, after windows became shorter', () => {
  it('lets a key sign no earlier than under the older ones', () => {
    const rotating = { ...shorter, rotationPeriodSeconds: 1 };
    expect(states(advance(running(), rotating, 90_000 + lead - 1))).toEqual(['a:active', 'b:pending']);
    expect(states(advance(running(), rotating, 90_000 + lead))).toEqual(['a:retiring', 'b:active']);
  });

  it('lets no key sign earlier by command either', () => {
    const noted = advance(running(), shorter, now - lead);
    expect(rotate(noted, shorter, 90_000 + lead - 1)).toBe(noted);
    expect(states(rotate(noted, shorter, 90_000 + lead))).toEqual(['a:retiring', 'b:active']);
  });

  it('removes a key no earlier than under the older ones', () => {
    const retiring = keySet(key('z', 'retiring', { deactivatedAt: now }), ...running().keys);
    const gone = now + 5 + 900 + 120;
    expect(states(advance(retiring, shorter, gone - 1))[0]).toBe('z:retiring');
    expect(states(advance(retiring, shorter, gone))[0]).toBe('z:retired');
  });
});

describe('windowFaults', () => {
  const activated = key('a', 'active', { publishedAt: now - 8000, activatedAt: now - 500 });
  const removed = key('r', 'retired', { deactivatedAt: now - 1100, removedAt: now - 50 });

  it.each([
    ['the same windows', policy, activated],
    ['shorter windows', shorter, activated],
    [
      'a longer lead, where the key was published long enough',
      longer,
      key('a', 'active', { activatedAt: 90_000 }),
    ],
    [
      'a longer lead, for an original key',
      longer,
      key('a', 'active', { publishedAt: now, activatedAt: now, original: true }),
    ],
    ['a longer lead, for a pending key', longer, key('b', 'pending', { publishedAt: now - 8000 })],
    ['a longer token lifetime', { ...policy, tokenLifetimeSeconds: 50_000 }, removed],
    ['a longer signer hold', { ...policy, signerHoldSeconds: 3000 }, removed],
    [
      'the same windows, for a key that had to sign before its lead was over',
      policy,
      key('a', 'active', { publishedAt: now - 100, activatedAt: now - 50 }),
    ],
    [
      'longer windows, for a compromised key',
      longer,
      key('c', 'compromised', {
        ...{ publishedAt: now - 8000, activatedAt: now - 500, deactivatedAt: now - 100, removedAt: now - 50 },
      }),
    ],
  ])('are none for %s', (_, changed, existing) => {
    expect(windowFaults(keySet(existing), changed, now)).toEqual([]);
  });

  it('are none for a longer signer hold that was adopted after the key had left', () => {
    const held = { ...policy, signerHoldSeconds: 3000 };
    expect(windowFaults(noteWindows(keySet(removed), held, now), held, now)).toEqual([]);
  });

  it('name a key that signs too early for a longer lead, and from when it would not', () => {
    const faults = windowFaults(keySet(activated), longer, now);
    const safeFrom = now - 8000 + 86_400 + 30 + 300;
    expect(faults).toEqual([
      {
        kid: 'a',
        reason: 'began to sign 7500 s after it was published, and would have to wait 86730 s',
        safeFrom,
      },
    ]);
    expect(windowFaults(keySet(activated), longer, safeFrom)).toEqual([]);
    expect(mayActivateAt(activated, longer)).toBe(safeFrom);
  });

  it('name a key that left too early for a larger clock skew', () => {
    const faults = windowFaults(keySet(removed), { ...policy, clockSkewSeconds: 600 }, now);
    expect(faults).toEqual([
      {
        kid: 'r',
        reason: 'left the JWK Set 1050 s after it stopped signing, and would have to stay 2105 s',
        safeFrom: now - 1100 + 5 + 900 + 1200,
      },
    ]);
  });

  it('are told in one sentence with the date of the last', () => {
    const faults = windowFaults(keySet(activated, removed), longer, now);
    expect(describeFaults(faults)).toBe(
      'the new times break a window of keys that exist: key a began to sign 7500 s after it was published, and would have ' +
        'to wait 86730 s; key r left the JWK Set 1050 s after it stopped signing, and would have to stay 1505 s; safe from ' +
        '1970-01-03T01:38:50.000Z: deploy them then, and until then keep the older times',
    );
  });
});
