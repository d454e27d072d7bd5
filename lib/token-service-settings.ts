import { Duration, Token } from 'aws-cdk-lib/core';
import {
  ConfigError,
  defaults,
  keyCustodies,
  type KeyCustody,
  ranges,
  rotationPeriodFault,
  type SigningAlgorithm,
  signingAlgorithms,
  type TokenServiceSettings,
} from '../core/contract/index.ts';
import { checkText, oneOf, wholeSeconds } from './props.ts';

/** The times and names that a token service works by. */
export interface TokenServiceTimes {
  /**
   * Algorithm of new signing keys. A change rotates to a key of the new one; tokens under the old keys stay valid.
   *
   * @default 'RS256', the one that every AWS verifier takes
   */
  readonly algorithm?: SigningAlgorithm;
  /**
   * Where new private keys are. `sealed`: token-issue signs in process, with a key that KMS unsealed. `kms`: KMS signs and
   * the key never leaves it; KMS's quota and price then hold for every token. It takes effect with the keys made from then
   * on. Do not go back while such a key signs.
   *
   * @default 'sealed'
   */
  readonly custody?: KeyCustody;
  /** `aud` of a token whose client names no audience of its own. @default - the issuer */
  readonly audience?: string;
  /** Longest lifetime of an access token. @default Duration.minutes(15) */
  readonly tokenLifetime?: Duration;
  /** How long a key signs before the next one takes its place. @default Duration.days(30) */
  readonly rotationPeriod?: Duration;
  /**
   * Longest time that any verifier keeps a copy of the JWK Set. Too short a value lets a rotation refuse valid tokens.
   *
   * @default Duration.hours(2), what API Gateway's own HTTP API JWT authorizer keeps it
   */
  readonly jwksCache?: Duration;
  /** How far two clocks may differ. @default Duration.seconds(60) */
  readonly clockSkew?: Duration;
  /** Time until a written key set is served everywhere. @default Duration.seconds(60) */
  readonly propagation?: Duration;
  /** How long a warm signer keeps a key without asking again. @default Duration.seconds(5) */
  readonly signerHold?: Duration;
  /** The longest `resultsCacheTtl` of any authorizer that believes this issuer. @default Duration.seconds(0) */
  readonly resultsCacheTtl?: Duration;
  /** How long a refresh family lives from its first token on, whatever is refreshed meanwhile. @default Duration.days(30) */
  readonly refreshTokenLifetime?: Duration;
  /**
   * How long a used refresh token gets the same successor again, for an answer that was lost or tabs that race. With 0 a
   * second use always revokes the family.
   *
   * @default Duration.seconds(30)
   */
  readonly refreshGrace?: Duration;
}

/**
 * Settings of a token service, with every default filled in.
 *
 * @throws {@link ConfigError} when a prop is out of range, or the times do not fit together
 */
export function toSettings(issuer: string, times: TokenServiceTimes): TokenServiceSettings {
  const { algorithm = 'RS256', audience = issuer, custody = 'sealed' } = times;
  checkNames(algorithm, audience);
  checkText({ name: 'TokenService.custody', value: custody }, oneOf(keyCustodies));
  const settings = { algorithm, ...(custody !== 'sealed' && { custody }), audience, ...toSeconds(times) };
  checkWindows(settings);
  return settings;
}

function toSeconds(times: TokenServiceTimes) {
  return {
    tokenLifetimeSeconds: within('tokenLifetime', times),
    rotationPeriodSeconds: within('rotationPeriod', times),
    jwksCacheSeconds: within('jwksCache', times),
    clockSkewSeconds: within('clockSkew', times),
    propagationSeconds: within('propagation', times),
    signerHoldSeconds: within('signerHold', times),
    refreshTokenLifetimeSeconds: within('refreshTokenLifetime', times),
    refreshGraceSeconds: within('refreshGrace', times),
    resultsCacheSeconds: wholeSeconds({
      name: 'TokenService.resultsCacheTtl',
      value: times.resultsCacheTtl ?? Duration.seconds(defaults.resultsCacheSeconds),
      ...ranges.resultsCacheSeconds,
    }),
  };
}

type TimeName =
  | 'tokenLifetime'
  | 'rotationPeriod'
  | 'jwksCache'
  | 'clockSkew'
  | 'propagation'
  | 'signerHold'
  | 'refreshTokenLifetime'
  | 'refreshGrace';

function within(name: TimeName, times: TokenServiceTimes): number {
  const value = times[name] ?? Duration.seconds(defaults[`${name}Seconds`]);
  return wholeSeconds({ name: `TokenService.${name}`, value, ...ranges[`${name}Seconds`] });
}

/** @throws {@link ConfigError} when it is no algorithm of a token service, or cannot be an audience */
export function checkNames(algorithm: string, audience: string): void {
  checkText({ name: 'TokenService.algorithm', value: algorithm }, oneOf(signingAlgorithms));
  checkText(
    { name: 'TokenService.audience', value: audience },
    { holds: (value) => value.length >= 1 && value.length <= 255, allowed: '1 to 255 characters' },
  );
}

function checkWindows(settings: TokenServiceSettings): void {
  if (Object.values(settings).some((value) => typeof value === 'number' && Token.isUnresolved(value))) return;
  const fault = rotationPeriodFault(settings);
  if (fault !== undefined) throw new ConfigError(`TokenService.rotationPeriod: ${fault}`);
}
