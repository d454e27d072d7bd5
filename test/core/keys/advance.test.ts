import { describe, expect, it } from '@jest/globals';
import { advance, compromise, emptyKeySet, keysWanted, publish, rotate } from '../../../core/keys/advance.ts';
import { leadSeconds, mayActivateAt, mayRemoveAt } from '../../../core/keys/windows.ts';
import { toJwkSet } from '../../../core/keys/jwk-set.ts';
import type { SigningKey } from '../../../core/keys/key-set.ts';
import { key, keySet, newKey, policy, states } from './key-sets.ts';

const lead = 7200 + 30 + 60;
const period = policy.rotationPeriodSeconds;
const afterLife = 5 + 900 + 2 * 60;
const running = (next: Partial<SigningKey> = {}) =>
  keySet(key('a', 'active', { activatedAt: 1000 }), key('b', 'pending', next));

describe('the times of a key', () => {
  it('are a lead of M + P + S, none for an original key', () => {
    expect(leadSeconds(policy)).toBe(lead);
    expect(mayActivateAt(key('a', 'pending', { publishedAt: 50 }), policy)).toBe(50 + lead);
    expect(mayActivateAt(key('a', 'pending', { publishedAt: 50, original: true }), policy)).toBe(50);
  });

  it('are an after-life of K + L + 2 S, with L as the longest that it was told to sign', () => {
    const retiring = key('a', 'retiring', { deactivatedAt: 50, maxTokenLifetimeSeconds: 1000 });
    expect(mayRemoveAt(retiring, policy)).toBe(50 + 5 + 1000 + 120);
  });

  it('have no end for a key that has not stopped signing', () => {
    expect(mayRemoveAt(key('a', 'active'), policy)).toBe(Infinity);
  });
});

describe('advance', () => {
  it.each([
    ['nothing is due', running(), 1000 + period - 1],
    [
      'the pending key has not had its lead',
      running({ publishedAt: 1000 + period - lead + 1 }),
      1000 + period,
    ],
    ['there is no pending key', keySet(key('a', 'active', { activatedAt: 1000 })), 1000 + period],
    ['a retiring key still has tokens', keySet(key('a', 'retiring', { deactivatedAt: 9 }), ...running().keys), 1008], // prettier-ignore
  ])('gives the same object back where %s', (_, stored, now) => {
    expect(advance(stored, policy, now)).toBe(stored);
  });

  it('lets the pending key sign once the period is over', () => {
    const next = advance(running(), policy, 1000 + period);
    expect(states(next)).toEqual(['a:retiring', 'b:active']);
    expect(next.keys).toMatchObject([{ deactivatedAt: 1000 + period }, { activatedAt: 1000 + period }]);
    expect(advance(next, policy, 1000 + period)).toBe(next);
    expect(next.version).toBe(7);
  });

  it('lets the pending key sign to the second when its lead is over', () => {
    const published = 1000 + period;
    const stored = running({ publishedAt: published });
    expect(advance(stored, policy, published + lead - 1)).toBe(stored);
    expect(states(advance(stored, policy, published + lead))).toEqual(['a:retiring', 'b:active']);
  });

  it('takes a key out of the JWK Set to the second when its last token has expired', () => {
    const stored = keySet(key('z', 'retiring', { deactivatedAt: 1000 }), ...running().keys);
    expect(advance(stored, policy, 1000 + afterLife - 1)).toBe(stored);
    const next = advance(stored, policy, 1000 + afterLife);
    expect(states(next)).toEqual(['z:retired', 'a:active', 'b:pending']);
    expect(next.keys[0]?.removedAt).toBe(1000 + afterLife);
    expect(toJwkSet(next).keys.map(({ kid }) => kid)).toEqual(['a', 'b']);
  });

  it('lets the pending key sign where none does', () => {
    expect(states(advance(keySet(key('b', 'pending')), policy, lead))).toEqual(['b:active']);
  });

  it('drops the pending key of another algorithm at once, and turns to one of the new after its lead', () => {
    const changed = { ...policy, algorithm: 'ES256' } as const;
    const dropped = advance(running(), changed, 5000);
    expect(states(dropped)).toEqual(['a:active', 'b:retired']);
    expect(keysWanted(dropped)).toBe(1);
    const added = { fresh: [{ ...newKey('c'), algorithm: 'ES256' as const }], policy: changed, now: 5000 };
    const published = publish(running(), dropped, added);
    expect(states(published)).toEqual(['a:active', 'b:retired', 'c:pending']);
    expect(advance(published, changed, 5000 + lead - 1)).toBe(published);
    expect(states(advance(published, changed, 5000 + lead))).toEqual(['a:retiring', 'b:retired', 'c:active']);
  });

  it('lets keys that sign or will sign know of a longer lifetime, and none of a shorter', () => {
    const stored = keySet(key('z', 'retiring', { deactivatedAt: 4999 }), ...running().keys);
    const longest = (seconds: number) =>
      advance(stored, { ...policy, tokenLifetimeSeconds: seconds }, 5000).keys.map(
        (each) => each.maxTokenLifetimeSeconds,
      );
    expect(longest(1200)).toEqual([900, 1200, 1200]);
    expect(longest(100)).toEqual([900, 900, 900]);
  });

  it('keeps a retiring key for its own longest lifetime after the policy was shortened', () => {
    const stored = keySet(key('z', 'retiring', { deactivatedAt: 1000 }), ...running().keys);
    expect(advance(stored, { ...policy, tokenLifetimeSeconds: 60 }, 1000 + afterLife - 1)).toBe(stored);
  });
});

describe('rotate', () => {
  it('lets a pending key that has had its lead sign before the period is over', () => {
    expect(states(rotate(running(), policy, lead))).toEqual(['a:retiring', 'b:active']);
  });

  it('changes nothing before that, or without a pending key', () => {
    const stored = running();
    expect(rotate(stored, policy, lead - 1)).toBe(stored);
    const alone = keySet(key('a', 'active'));
    expect(rotate(alone, policy, lead)).toBe(alone);
  });

  it('changes nothing while ten keys are published: the next one would be the eleventh', () => {
    const retiring = (count: number) =>
      Array.from({ length: count }, (_, index) => key(`r${index}`, 'retiring', { deactivatedAt: lead }));
    const full = keySet(...retiring(8), ...running().keys);
    expect(rotate(full, policy, lead)).toBe(full);
    const room = keySet(key('gone', 'retired'), ...retiring(7), ...running().keys);
    expect(states(rotate(room, policy, lead)).slice(-2)).toEqual(['a:retiring', 'b:active']);
  });
});

describe('compromise', () => {
  const stored = keySet(key('z', 'retiring'), ...running().keys);

  it.each([
    ['the active key: the next one signs at once', 'a', ['z:retiring', 'a:compromised', 'b:active']],
    ['the pending key', 'b', ['z:retiring', 'a:active', 'b:compromised']],
    ['a retiring key', 'z', ['z:compromised', 'a:active', 'b:pending']],
  ])('takes out %s', (_, kid, expected) => {
    const next = compromise(stored, kid, 77);
    expect(states(next)).toEqual(expected);
    expect(next.keys.find((each) => each.kid === kid)?.removedAt).toBe(77);
    expect(toJwkSet(next).keys.map((jwk) => jwk.kid)).not.toContain(kid);
    expect(compromise(next, kid, 78)).toBe(next);
  });

  it('takes a retired key for compromised', () => {
    expect(states(compromise(keySet(key('y', 'retired'), ...running().keys), 'y', 77))[0]).toBe(
      'y:compromised',
    );
  });

  it('leaves no key that signs where there was none to turn to: one has to be made', () => {
    const next = compromise(keySet(key('a', 'active')), 'a', 77);
    expect(states(next)).toEqual(['a:compromised']);
    expect(keysWanted(next)).toBe(2);
  });

  it('names the keys that there are where the kid is none of them', () => {
    expect(() => compromise(running(), 'x', 77)).toThrow(new RangeError('no key of kid x; there are a, b'));
  });
});

describe('keysWanted', () => {
  it.each([
    [2, []],
    [1, [key('a', 'active')]],
    [1, [key('b', 'pending')]],
    [0, [key('a', 'active'), key('b', 'pending')]],
    [2, [key('z', 'retiring'), key('y', 'retired'), key('x', 'compromised')]],
  ])('is %d', (count, keys) => {
    expect(keysWanted(keySet(...keys))).toBe(count);
  });
});

describe('publish', () => {
  const added = (...kids: string[]) => ({ fresh: kids.map(newKey), policy, now: 500 });

  it('opens the first key set with original keys, of which the first signs', () => {
    const empty = emptyKeySet('https://i.example');
    const first = publish(empty, empty, added('a', 'b'));
    expect(first).toMatchObject({ issuer: 'https://i.example', version: 1 });
    const common = { publishedAt: 500, original: true, maxTokenLifetimeSeconds: 900 };
    expect(first.keys).toMatchObject([
      { kid: 'a', state: 'active', activatedAt: 500, ...common },
      { kid: 'b', state: 'pending', ...common },
    ]);
    expect(first.keys[1]?.activatedAt).toBeUndefined();
  });

  it('makes no key original later on', () => {
    const stored = keySet(key('z', 'retired'));
    expect(publish(stored, stored, added('a', 'b')).keys.map(({ original }) => original)).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('adds a pending key behind the one that signs, and counts the version once', () => {
    const stored = keySet(key('a', 'active'));
    const next = publish(stored, advance(stored, policy, 5), added('b'));
    expect(states(next)).toEqual(['a:active', 'b:pending']);
    expect(next.version).toBe(8);
  });

  it('gives the same object back where nothing is to be written', () => {
    const stored = running();
    expect(publish(stored, stored, added())).toBe(stored);
  });

  it('counts the version where keys only moved', () => {
    expect(publish(running(), rotate(running(), policy, lead), added()).version).toBe(8);
  });

  it('keeps the last five of the keys that are gone, and every key that is published', () => {
    const gone = ['1', '2', '3', '4', '5', '6'].map((kid) =>
      key(kid, kid === '3' ? 'compromised' : 'retired'),
    );
    const stored = keySet(key('z', 'retiring'), ...gone, key('a', 'active'));
    expect(
      publish(stored, stored, added('b'))
        .keys.map(({ kid }) => kid)
        .join(''),
    ).toBe('z23456ab');
  });
});
