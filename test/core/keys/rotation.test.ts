import { beforeEach, describe, expect, it } from '@jest/globals';
import { calculateJwkThumbprint, type JWK } from 'jose';
import type { TokenServiceSettings } from '../../../core/contract/settings.ts';
import { type SealedKeySet, activeKey, pendingKey } from '../../../core/keys/key-set.ts';
import { ConfigError } from '../../../core/contract/config-error.ts';
import { generateSigningKey } from '../../../core/keys/generate.ts';
import { sealedKeyMaker } from '../../../core/keys/key-maker.ts';
import { type RotationContext, turnKeys } from '../../../core/keys/rotation.ts';
import { UnavailableError } from '../../../core/ports.ts';
import { MemoryKeySets, MemoryRevocations, MemorySealer } from '../stores.ts';
import { policy, states } from './key-sets.ts';

/** ES256: its keys are made in no time. */
const settings: TokenServiceSettings = {
  ...policy,
  algorithm: 'ES256',
  audience: 'a',
  resultsCacheSeconds: 300,
  refreshTokenLifetimeSeconds: 86_400,
  refreshGraceSeconds: 30,
};
const start = 1_800_000_000;
const lead = 7200 + 30 + 60;

let keySets: MemoryKeySets;
let sealer: MemorySealer;
let revocations: MemoryRevocations;

beforeEach(() => {
  keySets = new MemoryKeySets();
  sealer = new MemorySealer();
  revocations = new MemoryRevocations();
});

const at = (now: number, change: Partial<RotationContext> = {}): RotationContext => ({
  ...{
    issuer: 'https://i.example',
    settings,
    keySets,
    maker: sealedKeyMaker(sealer),
    revocations,
    clock: () => now,
    now,
    ...change,
  },
});
const tick = (now: number, change?: Partial<RotationContext>) =>
  turnKeys({ action: 'tick' }, at(now, change));
const rotate = (now: number) => turnKeys({ action: 'rotate' }, at(now));
const compromise = (kid: string, now: number, change?: Partial<RotationContext>) =>
  turnKeys({ action: 'compromise', kid }, at(now, change));

const kids = () => (keySets.stored?.keys ?? []).map(({ kid }) => kid);
const statesOnly = (keySet: SealedKeySet | undefined) => keySet?.keys.map(({ state }) => state);

describe('turnKeys', () => {
  it('makes the first two keys, sealed, of which one signs', async () => {
    const { before, after } = await tick(start);
    expect(before).toMatchObject({ version: 0, keys: [] });
    expect(after).toBe(keySets.stored);
    expect(statesOnly(keySets.stored)).toEqual(['active', 'pending']);
    expect(keySets.stored?.version).toBe(1);
    expect(Object.keys(keySets.stored?.sealed ?? {})).toEqual(kids());
  });

  it('names a key by its thumbprint, publishes its public part and seals its private one to issuer and kid', async () => {
    await tick(start);
    const [key] = keySets.stored?.keys ?? [];
    const { kid = '', publicJwk = {} as JWK } = key ?? {};
    expect(Object.keys(publicJwk).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
    expect(publicJwk).toMatchObject({ kid, alg: 'ES256', use: 'sig' });
    expect(await calculateJwkThumbprint(publicJwk, 'sha256')).toBe(kid);
    const sealed = keySets.stored?.sealed[kid] ?? new Uint8Array();
    const opened = JSON.parse(
      new TextDecoder().decode(await sealer.unseal({ issuer: 'https://i.example', kid }, sealed)),
    );
    expect(opened).toEqual({ ...publicJwk, d: expect.any(String) });
    await expect(sealer.unseal({ issuer: 'https://i.example', kid: 'other' }, sealed)).rejects.toThrow();
  });

  it('writes nothing on a second tick', async () => {
    await tick(start);
    const { before, after } = await tick(start + 1);
    expect(after).toBe(before);
    expect(keySets.written).toHaveLength(1);
    expect(sealer.sealed).toBe(2);
  });

  it('turns to the next key, makes another, and drops the private key of the old one', async () => {
    await tick(start);
    const [first = '', second = ''] = kids();
    await tick(start + settings.rotationPeriodSeconds);
    expect(statesOnly(keySets.stored)).toEqual(['retiring', 'active', 'pending']);
    expect(kids().slice(0, 2)).toEqual([first, second]);
    expect(Object.keys(keySets.stored?.sealed ?? {})).toEqual(kids().slice(1));
  });

  it('lets a key that is asked to rotate sign after its lead, and not before', async () => {
    await tick(start);
    await rotate(start + 1);
    expect(statesOnly(keySets.stored)).toEqual(['retiring', 'active', 'pending']);
    await rotate(start + lead);
    expect(statesOnly(keySets.stored)).toEqual(['retired', 'active', 'pending']);
    await rotate(start + 1 + lead);
    expect(statesOnly(keySets.stored)).toEqual(['retired', 'retiring', 'active', 'pending']);
  });

  it('reads again where another rotator was first, and rotates once', async () => {
    await tick(start);
    const [, second = ''] = kids();
    keySets.beforeReplace = async () => void (await rotate(start + 5));
    const { after } = await rotate(start + 5);
    expect(activeKey(after)?.kid).toBe(second);
    expect(keySets.stored?.version).toBe(2);
    expect(after).toBe(keySets.stored);
  });

  it('makes one first key set where two rotators start at once', async () => {
    const both = await Promise.all([tick(start), tick(start)]);
    expect(keySets.written).toHaveLength(1);
    expect(both.map(({ after }) => activeKey(after)?.kid)).toEqual([kids()[0], kids()[0]]);
  });

  it('writes nothing that was dated too long ago, and leaves it to the next tick', async () => {
    await expect(tick(start, { clock: () => start + 30.1 })).rejects.toThrow(
      new UnavailableError('turning the keys took too long to be written; the next tick does it'),
    );
    expect(keySets.stored).toBeUndefined();
    await tick(start, { clock: () => start + 30 });
    expect(keySets.stored?.version).toBe(1);
  });

  it('has a second to write in where the clock skew is none', async () => {
    const exact = { settings: { ...settings, clockSkewSeconds: 0 } };
    await expect(tick(start, { ...exact, clock: () => start + 1.1 })).rejects.toThrow(UnavailableError);
    await tick(start, { ...exact, clock: () => start + 1 });
    expect(keySets.stored?.version).toBe(1);
  });

  it('gives up after five lost races', async () => {
    const losing = new MemoryKeySets();
    losing.replace = () => Promise.resolve(false);
    await expect(tick(start, { keySets: losing })).rejects.toThrow(
      new Error('lost the race for the key set 5 times in a row; try again'),
    );
    expect(losing.reads).toBe(5);
  });

  it('changes nothing where a key cannot be sealed', async () => {
    const seal = () => Promise.reject(new UnavailableError('KMS'));
    await expect(
      tick(start, { maker: sealedKeyMaker({ ...sealer, seal } as unknown as MemorySealer) }),
    ).rejects.toThrow(new UnavailableError('KMS'));
    expect(keySets.stored).toBeUndefined();
  });

  it('is whole again on the next tick after a crash before the write', async () => {
    await tick(start);
    const before = keySets.stored;
    keySets.beforeReplace = () => Promise.reject(new Error('crash'));
    await expect(rotate(start + 1)).rejects.toThrow('crash');
    expect(keySets.stored).toBe(before);
    await rotate(start + 2);
    expect(statesOnly(keySets.stored)).toEqual(['retiring', 'active', 'pending']);
  });

  it('is whole again on the next tick after a crash after the write', async () => {
    await tick(start);
    const crashing = Object.assign(new MemoryKeySets(), { stored: keySets.stored });
    crashing.replace = async (next) => {
      await keySets.replace(next);
      throw new UnavailableError('the answer was lost');
    };
    await expect(turnKeys({ action: 'rotate' }, at(start + 1, { keySets: crashing }))).rejects.toThrow(
      'lost',
    );
    const version = keySets.stored?.version;
    await rotate(start + 2);
    expect(keySets.stored?.version).toBe(version);
  });
});

describe('turnKeys, compromise', () => {
  it('revokes the key before it takes it out, for as long as its last token lives', async () => {
    await tick(start);
    const [first = ''] = kids();
    let revokedBeforeWrite = false;
    keySets.beforeReplace = () =>
      Promise.resolve(void (revokedBeforeWrite = revocations.written.length === 1));
    await compromise(first, start + 50);
    expect(revokedBeforeWrite).toBe(true);
    expect(revocations.written).toEqual([
      {
        ...{
          id: `key:17:https://i.example:${first}`,
          kind: 'key',
          issuer: 'https://i.example',
          value: first,
        },
        ...{
          revokedAt: start + 50,
          expiresAt: start + 50 + 5 + 900 + 60 + 300 + 3600,
          reason: 'key compromised',
        },
      },
    ]);
    expect(statesOnly(keySets.stored)).toEqual(['compromised', 'active', 'pending']);
    expect(Object.keys(keySets.stored?.sealed ?? {})).toEqual(kids().slice(1));
  });

  it('revokes it for as long as the tokens live that it signed before their lifetime was made shorter', async () => {
    await tick(start);
    const [kid = ''] = kids();
    await compromise(kid, start + 50, { settings: { ...settings, tokenLifetimeSeconds: 60 } });
    expect(revocations.written).toMatchObject([{ expiresAt: start + 50 + 5 + 900 + 60 + 300 + 3600 }]);
  });

  it('says who revoked the key, and why', async () => {
    await tick(start);
    const [kid = ''] = kids();
    await turnKeys({ action: 'compromise', kid, actor: 'ada', reason: 'a lost laptop' }, at(start + 1));
    expect(revocations.written).toMatchObject([{ value: kid, actor: 'ada', reason: 'a lost laptop' }]);
  });

  it('makes a key that signs at once where none is left', async () => {
    await tick(start);
    const [first = '', second = ''] = kids();
    await compromise(second, start + 1);
    await compromise(kids()[2] ?? '', start + 2);
    await compromise(first, start + 3);
    expect(activeKey(keySets.stored ?? (at(start).keySets as never))).toBeDefined();
    expect(pendingKey(keySets.stored as SealedKeySet)).toBeDefined();
    expect(
      states(keySets.stored as SealedKeySet).filter((state) => state.endsWith(':compromised')),
    ).toHaveLength(3);
  });

  it('leaves the key revoked where the key set cannot be written', async () => {
    await tick(start);
    keySets.beforeReplace = () => Promise.reject(new UnavailableError('table'));
    await expect(compromise(kids()[0] ?? '', start + 1)).rejects.toThrow('table');
    expect(revocations.written).toHaveLength(1);
  });

  it('leaves the key set as it is where the key cannot be revoked', async () => {
    await tick(start);
    const write = () => Promise.reject(new UnavailableError('revocations'));
    await expect(
      compromise(kids()[0] ?? '', start + 1, { revocations: Object.assign(revocations, { write }) }),
    ).rejects.toThrow('revocations');
    expect(keySets.stored?.version).toBe(1);
  });

  it('revokes nothing for a kid that there is not', async () => {
    await tick(start);
    await expect(compromise('unknown', start + 1)).rejects.toThrow(RangeError);
    expect(revocations.written).toEqual([]);
    expect(keySets.stored?.version).toBe(1);
  });
});

describe('turnKeys, after a crash between the two writes of an emergency', () => {
  it('takes the key out of use on the next tick', async () => {
    await tick(start);
    const [first = '', second = ''] = kids();
    keySets.beforeReplace = () => Promise.reject(new UnavailableError('crash'));
    await expect(compromise(first, start + 1)).rejects.toThrow('crash');
    expect(activeKey(keySets.stored as SealedKeySet)?.kid).toBe(first);
    await tick(start + 2);
    expect(statesOnly(keySets.stored)).toEqual(['compromised', 'active', 'pending']);
    expect(activeKey(keySets.stored as SealedKeySet)?.kid).toBe(second);
  });

  it('goes by a revocation that is in force, and by no other', async () => {
    await tick(start);
    const [first = ''] = kids();
    await compromise(first, start + 1);
    const [record] = revocations.written;
    revocations.written.splice(0);
    const [, active = ''] = kids();
    await revocations.write({
      ...record!,
      id: `key:17:https://i.example:${active}`,
      value: active,
      expiresAt: start + 9,
    });
    await tick(start + 9);
    expect(activeKey(keySets.stored as SealedKeySet)?.kid).toBe(active);
    await tick(start + 8);
    expect(activeKey(keySets.stored as SealedKeySet)?.kid).not.toBe(active);
  });
});

describe('turnKeys, adopt', () => {
  const adopt = (now: number, with_: Partial<RotationContext> = {}) =>
    turnKeys({ action: 'adopt' }, at(now, with_));
  const change = { settings: { ...settings, jwksCacheSeconds: 86_400 } };

  it('makes the first keys, and takes settings that break nothing', async () => {
    await adopt(start);
    expect(statesOnly(keySets.stored)).toEqual(['active', 'pending']);
    await adopt(start, change);
    expect(keySets.stored?.windows?.current.jwksCacheSeconds).toBe(86_400);
  });

  it('refuses a longer lead while a key signs that did not have it, and takes it afterwards', async () => {
    await tick(start);
    await rotate(start + 1);
    await rotate(start + 1 + lead);
    const safeFrom = start + 1 + 86_400 + 30 + 60;
    const refusal = await adopt(safeFrom - 1, change).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ConfigError);
    expect(String(refusal)).toContain(`safe from ${new Date(safeFrom * 1000).toISOString()}`);
    await adopt(safeFrom, change);
    expect(keySets.stored?.windows?.current.jwksCacheSeconds).toBe(86_400);
  });

  it('refuses to seal new keys while a key in another custody signs, or signs next', async () => {
    await adopt(start);
    const [first, second] = Object.values(keySets.stored?.sealed ?? {});
    for (const [elsewhere, when] of [
      [first, 'signs'],
      [second, 'signs next'],
    ] as const) {
      const maker = sealedKeyMaker(sealer, (handle) => handle === elsewhere);
      await expect(adopt(start + 1, { maker })).rejects.toThrow(
        new RegExp(`^custody: got sealed while KMS holds key [\\w-]+, which ${when}; allowed: kms`),
      );
    }
    await adopt(start + 1, { maker: sealedKeyMaker(sealer) });
  });

  it('refuses them although a tick came before it, which keeps to the longer of both', async () => {
    await tick(start);
    await rotate(start + 1);
    await rotate(start + 1 + lead);
    await tick(start + 2 + lead, change);
    await expect(adopt(start + 3 + lead, change)).rejects.toBeInstanceOf(ConfigError);
    expect(keySets.stored?.windows?.current.jwksCacheSeconds).toBe(7200);
    await turnKeys({ action: 'rotate' }, at(start + 2 + 2 * lead, change));
    expect(statesOnly(keySets.stored)?.slice(-2)).toEqual(['active', 'pending']);
    expect(keySets.stored?.keys.filter(({ activatedAt }) => activatedAt === start + 2 + 2 * lead)).toEqual(
      [],
    );
  });
});

describe('turnKeys, with a maker whose keys have to be ended', () => {
  const ended: string[] = [];
  const ending = () => {
    const { make } = sealedKeyMaker(sealer);
    const end = (handle: Uint8Array) => Promise.resolve(void ended.push(String(handle)));
    return { maker: { make, end } };
  };
  const handles = () => Object.keys(keySets.stored?.sealed ?? {});

  beforeEach(() => void ended.splice(0));

  it('ends a key once it has left the JWK Set for certain, and forgets it then', async () => {
    await tick(start, ending());
    const [first = ''] = kids();
    const handle = String(keySets.stored?.sealed[first]);
    await turnKeys({ action: 'rotate' }, at(start + 1, ending()));
    expect(handles()).toContain(first);
    await tick(start + 1 + 5 + 900 + 120, ending());
    expect(statesOnly(keySets.stored)?.[0]).toBe('retired');
    expect([handles().includes(first), ended]).toEqual([true, []]);
    await tick(start + 1 + 5 + 900 + 120, ending());
    expect([handles().includes(first), ended]).toEqual([false, [handle]]);
    const { before, after } = await tick(start + 1 + 5 + 900 + 120, ending());
    expect(after).toBe(before);
  });

  it('ends the keys that it made for a write that lost', async () => {
    keySets.beforeReplace = async () => void (await tick(start, ending()));
    await tick(start, ending());
    expect(ended).toHaveLength(2);
    expect(handles()).toEqual(kids());
  });
});

describe('generateSigningKey', () => {
  it.each(['ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87'] as const)(
    'makes a key of %s, or says in one sentence what the runtime lacks',
    async (algorithm) => {
      const made = await generateSigningKey(algorithm).catch((error: unknown) => error);
      if (made instanceof Error) {
        expect(made).toBeInstanceOf(ConfigError);
        expect(made.message).toBe(
          `algorithm: got ${algorithm}, which this runtime cannot make keys of; allowed: RS256, ES256, EdDSA, PS256 ` +
            'everywhere, ML-DSA on Node.js 24.7 or later (AWS Lambda has it); choose another, or run a newer Node.js',
        );
      } else {
        expect(made).toMatchObject({ publicPart: { algorithm, publicJwk: { kty: 'AKP', alg: algorithm } } });
      }
    },
  );
});
