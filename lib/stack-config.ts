import { Duration } from 'aws-cdk-lib/core';
import type { KeyturnConfig } from '../core/contract/index.ts';
import type { TokenServiceProps } from './token-service-props.ts';
import { TrustedIssuer } from './trusted-issuer.ts';

/** The token service's props that keyturn.config.json decides. */
export function toTokenServiceProps(
  config: KeyturnConfig,
): Omit<TokenServiceProps, 'issuer' | 'revocations' | 'removalPolicy'> {
  const t = config.tokenService;
  return {
    algorithm: t.algorithm,
    custody: t.custody,
    ...(t.audience !== undefined && { audience: t.audience }),
    tokenLifetime: Duration.seconds(t.tokenLifetimeSeconds),
    rotationPeriod: Duration.seconds(t.rotationPeriodSeconds),
    jwksCache: Duration.seconds(t.jwksCacheSeconds),
    clockSkew: Duration.seconds(t.clockSkewSeconds),
    propagation: Duration.seconds(t.propagationSeconds),
    signerHold: Duration.seconds(t.signerHoldSeconds),
    refreshTokenLifetime: Duration.seconds(t.refreshTokenLifetimeSeconds),
    refreshGrace: Duration.seconds(t.refreshGraceSeconds),
    recordIssuedTokens: t.recordIssuedTokens,
    tickInterval: Duration.minutes(t.tickMinutes),
    resultsCacheTtl: Duration.seconds(config.resultsCacheSeconds),
  };
}

/**
 * One entry of `trustedIssuers` as the authorizer takes it.
 *
 * @throws {@link ConfigError} when it cannot be used
 */
export function toTrustedIssuer(entry: KeyturnConfig['trustedIssuers'][number]): TrustedIssuer {
  const { maxLifetimeSeconds, audienceClaim, requiredClaims, scopeClaims, ...issuer } = entry;
  return TrustedIssuer.of({
    ...issuer,
    ...(audienceClaim !== undefined && { audienceClaim }),
    ...(requiredClaims !== undefined && { requiredClaims }),
    ...(scopeClaims !== undefined && { scopeClaims }),
    maxLifetime: Duration.seconds(maxLifetimeSeconds),
  });
}
