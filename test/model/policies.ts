/** What the model's token service may be configured to, in small numbers, so that few events reach far. */
import type { TokenServiceSettings } from '../../core/contract/settings.ts';

const base: TokenServiceSettings = {
  ...{ algorithm: 'RS256', audience: 'a', tokenLifetimeSeconds: 2, rotationPeriodSeconds: 9 },
  ...{ jwksCacheSeconds: 3, clockSkewSeconds: 2, propagationSeconds: 1, signerHoldSeconds: 1 },
  ...{ resultsCacheSeconds: 0, refreshTokenLifetimeSeconds: 9, refreshGraceSeconds: 0 },
};

/** The first is where every run starts; the others are what it may be changed to. */
export const policies: readonly TokenServiceSettings[] = [
  base,
  { ...base, jwksCacheSeconds: 8 },
  { ...base, jwksCacheSeconds: 1, signerHoldSeconds: 0 },
  { ...base, tokenLifetimeSeconds: 3 },
  { ...base, algorithm: 'ES256' },
];

/** The longest that any verifier keeps a copy, whether it may by the settings in force or not. */
export const longestCopySeconds = 8;

/** Settings by number. */
export function policyOf(index: number): TokenServiceSettings {
  const policy = policies[index];
  if (policy === undefined) throw new RangeError(`no policy ${index}`);
  return policy;
}
