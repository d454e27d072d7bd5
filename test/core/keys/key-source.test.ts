import { describe, expect, it } from '@jest/globals';
import { cachedKeySource } from '../../../core/keys/key-source.ts';
import type { KeyLookup, VerificationKey } from '../../../core/keys/verification-key.ts';
import { UnavailableError } from '../../../core/ports.ts';
import { failureOf } from '../failure.ts';

const times = { maxAgeSeconds: 300, maxStaleSeconds: 3600, cooldownSeconds: 10 };

/** An issuer that publishes `kids`, or is down; counts how often it is asked. */
function issuer(...first: readonly string[]) {
  const state = { asked: 0, kids: first as readonly string[] | 'down', answers: Promise.resolve() };
  const load = async (): Promise<KeyLookup> => {
    state.asked += 1;
    const { kids } = state;
    await state.answers;
    if (kids === 'down') throw new UnavailableError('the issuer is down');
    const keys = new Map(kids.map((kid) => [kid, { kid, alg: 'RS256' } as VerificationKey]));
    return { get: (kid) => (kid === undefined ? undefined : keys.get(kid)) };
  };
  return { state, source: cachedKeySource(load, times) };
}

const unavailable = { name: 'UnavailableError', message: "the issuer's JWK Set cannot be read now" };

describe('cachedKeySource', () => {
  it('fetches once and finds from the copy', async () => {
    const { state, source } = issuer('a', 'b');
    expect(await source.find('a', 1000)).toEqual({ kid: 'a', alg: 'RS256' });
    expect(await source.find('b', 1299)).toEqual({ kid: 'b', alg: 'RS256' });
    expect(state.asked).toBe(1);
  });

  it('fetches anew at the maximum age, and forgets a key that was withdrawn', async () => {
    const { state, source } = issuer('a', 'b');
    await source.find('a', 1000);
    state.kids = ['b'];
    expect(await source.find('a', 1299)).toBeDefined();
    expect(await source.find('a', 1300)).toBeUndefined();
    expect(state.asked).toBe(2);
  });

  it('fetches for an unknown kid, once per cooldown', async () => {
    const { state, source } = issuer('a');
    await source.find('a', 1000);
    expect(await source.find('x', 1009.9)).toBeUndefined();
    expect(state.asked).toBe(1);
    state.kids = ['a', 'x'];
    expect(await source.find('x', 1010)).toBeDefined();
    for (let index = 0; index < 100; index += 1) await source.find(`flood-${index}`, 1010 + index / 11);
    expect(state.asked).toBe(2);
  });

  it('lets all that wait share one fetch, within the cooldown and beyond it', async () => {
    const { state, source } = issuer('a');
    let open: () => void = () => {};
    state.answers = new Promise((resolve) => (open = resolve));
    const asks = [['a', 1000], ['a', 1000], ['x', 1001], ['a', 1100]] as const; // prettier-ignore
    const finds = asks.map(([kid, now]) => source.find(kid, now));
    open();
    expect((await Promise.all(finds)).map((key) => key?.kid)).toEqual(['a', 'a', undefined, 'a']);
    expect(state.asked).toBe(1);
  });

  it('shares a failed fetch too, and keeps nothing of it', async () => {
    const { state, source } = issuer();
    state.kids = 'down';
    const finds = [source.find('a', 1000), source.find('a', 1000)].map((found) => failureOf(() => found));
    expect(await Promise.all(finds)).toEqual([unavailable, unavailable]);
    expect(state.asked).toBe(1);
    state.kids = ['a'];
    expect(await failureOf(() => source.find('a', 1009))).toEqual(unavailable);
    expect(await source.find('a', 1010)).toBeDefined();
    expect(state.asked).toBe(2);
  });

  it('names the cause of what cannot be had', async () => {
    const { state, source } = issuer();
    state.kids = 'down';
    await expect(source.find('a', 1000)).rejects.toMatchObject({
      cause: new UnavailableError('the issuer is down'),
    });
    await expect(source.find('a', 1001)).rejects.toMatchObject({
      cause: new UnavailableError('the issuer is down'),
    });
  });

  it('serves an old copy while the issuer is down, up to the maximum staleness', async () => {
    const { state, source } = issuer('a');
    await source.find('a', 1000);
    state.kids = 'down';
    for (const now of [1300, 1305, 1310, 4599]) expect(await source.find('a', now)).toBeDefined();
    expect(state.asked).toBe(4);
    expect(await failureOf(() => source.find('a', 4600))).toEqual(unavailable);
    expect(await failureOf(() => source.find('a', 4612))).toEqual(unavailable);
  });

  it('says unavailable, not unknown, of a kid that it cannot look for', async () => {
    const { state, source } = issuer('a');
    await source.find('a', 1000);
    state.kids = 'down';
    expect(await failureOf(() => source.find('x', 1010))).toEqual(unavailable);
    expect(await failureOf(() => source.find('x', 1015))).toEqual(unavailable);
    expect(await source.find('a', 1015)).toBeDefined();
    state.kids = ['a'];
    expect(await source.find('x', 1020)).toBeUndefined();
    expect(await source.find('x', 1021)).toBeUndefined();
  });

  it('recovers from an answer that cannot be read as from one that did not come', async () => {
    let isBroken = true;
    const key = { kid: 'a', alg: 'RS256' } as VerificationKey;
    const load = () =>
      isBroken ? Promise.reject(new TypeError('keys is not iterable')) : Promise.resolve({ get: () => key });
    const source = cachedKeySource(load, times);
    expect(await failureOf(() => source.find('a', 1000))).toEqual(unavailable);
    isBroken = false;
    expect(await source.find('a', 1010)).toBe(key);
  });
});
