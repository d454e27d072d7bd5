/** Key sets of keys whose only property is their state, for tests of rotation. */
import type { KeyPolicy } from '../../../core/keys/windows.ts';
import type { KeySet, KeyState, KeyWindows, SigningKey } from '../../../core/keys/key-set.ts';

export const policy: KeyPolicy = {
  ...{
    algorithm: 'RS256',
    tokenLifetimeSeconds: 900,
    rotationPeriodSeconds: 100_000,
    jwksCacheSeconds: 7200,
  },
  ...{ clockSkewSeconds: 60, propagationSeconds: 30, signerHoldSeconds: 5 },
};

/** The policy's windows. */
export const windows: KeyWindows = {
  ...{ jwksCacheSeconds: 7200, clockSkewSeconds: 60, propagationSeconds: 30, signerHoldSeconds: 5 },
};

export function key(kid: string, state: KeyState, more: Partial<SigningKey> = {}): SigningKey {
  return {
    ...{ kid, state, algorithm: 'RS256', publicJwk: { kty: 'RSA', kid }, publishedAt: 0, original: false },
    ...{ maxTokenLifetimeSeconds: 900, ...more },
  };
}

export const keySet = (...keys: readonly SigningKey[]): KeySet => ({
  issuer: 'https://i.example',
  version: 7,
  keys,
  windows: { current: windows },
});

export const newKey = (kid: string) => ({ kid, algorithm: 'RS256' as const, publicJwk: { kty: 'RSA', kid } });

/** `kid:state` of every key, in order. */
export const states = ({ keys }: KeySet): readonly string[] =>
  keys.map(({ kid, state }) => `${kid}:${state}`);
