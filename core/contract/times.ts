import type { TokenServiceSettings } from './settings.ts';

const day = 86_400;

/** Least and most of every number of the configuration: seconds, except `tickMinutes`. */
export const ranges = {
  tokenLifetimeSeconds: { min: 1, max: day },
  rotationPeriodSeconds: { min: 1, max: 400 * day },
  jwksCacheSeconds: { min: 1, max: 7 * day },
  clockSkewSeconds: { min: 0, max: 600 },
  propagationSeconds: { min: 0, max: 3600 },
  signerHoldSeconds: { min: 0, max: 3600 },
  tickMinutes: { min: 1, max: 1440 },
  maxLifetimeSeconds: { min: 1, max: 400 * day },
  clockToleranceSeconds: { min: 0, max: 600 },
  proofWindowSeconds: { min: 1, max: 600 },
  resultsCacheSeconds: { min: 0, max: 3600 },
  refreshTokenLifetimeSeconds: { min: 60, max: 400 * day },
  refreshGraceSeconds: { min: 0, max: 300 },
} as const;

/** What every number of the configuration is where nothing is said, in the units of {@link ranges}. */
export const defaults = {
  tokenLifetimeSeconds: 900,
  rotationPeriodSeconds: 30 * day,
  /** The longest that one of AWS's own verifiers keeps a JWK Set: the HTTP API JWT authorizer's 2 hours. */
  jwksCacheSeconds: 7200,
  clockSkewSeconds: 60,
  propagationSeconds: 60,
  signerHoldSeconds: 5,
  tickMinutes: 5,
  maxLifetimeSeconds: day,
  clockToleranceSeconds: 60,
  proofWindowSeconds: 60,
  resultsCacheSeconds: 0,
  refreshTokenLifetimeSeconds: 30 * day,
  refreshGraceSeconds: 30,
} as const satisfies Record<keyof typeof ranges, number>;

/** The times that decide how short a rotation period may be; all in seconds. */
export type RotationWindows = Pick<
  TokenServiceSettings,
  | 'tokenLifetimeSeconds'
  | 'rotationPeriodSeconds'
  | 'jwksCacheSeconds'
  | 'clockSkewSeconds'
  | 'propagationSeconds'
  | 'signerHoldSeconds'
>;

/**
 * What is wrong with a rotation period, or `undefined`. The JWK Set holds ten keys at most (what an ALB takes),
 * and a key must have its lead before it signs.
 */
export function rotationPeriodFault(t: RotationWindows): string | undefined {
  const lead = t.jwksCacheSeconds + t.propagationSeconds + t.clockSkewSeconds;
  const verifyOnly = t.signerHoldSeconds + t.tokenLifetimeSeconds + 2 * t.clockSkewSeconds;
  const least = Math.max(lead, Math.ceil(verifyOnly / 8));
  if (t.rotationPeriodSeconds >= least) return undefined;
  return (
    `got ${t.rotationPeriodSeconds}; allowed: ${least} or more, because a key is ` +
    `published ${lead} s before it signs (jwksCacheSeconds + propagationSeconds + clockSkewSeconds) and stays ${verifyOnly} s ` +
    `after (signerHoldSeconds + tokenLifetimeSeconds + 2 × clockSkewSeconds), ten keys at most at a time; ` +
    `raise the period or lower one of these`
  );
}
