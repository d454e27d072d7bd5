import { Duration, type RemovalPolicy } from 'aws-cdk-lib/core';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';
import { ConfigError, defaults, isIssuerUrl, ranges, type SigningAlgorithm } from '../core/contract/index.ts';
import { checkText, knownSeconds } from './props.ts';
import type { IRevocationTable } from './revocation-table.ts';
import type { TokenServiceTimes } from './token-service-settings.ts';

/** An issuer whose public keys a function can read out of a table. */
export interface ITokenService extends IConstruct {
  /** The exact `iss`, no trailing slash. */
  readonly issuer: string;
  /** `aud` of its tokens. */
  readonly audience: string;
  /** Algorithm of its new signing keys. */
  readonly algorithm: SigningAlgorithm;
  /** Lets a function read the public part of the key set, and tells it the issuer and the table's name. */
  grantReadPublicKeys(fn: LambdaFunction): void;
  /**
   * Lets a function note in the record of what was issued that a token was refused (UpdateItem, of this one attribute), and
   * tells it the issuer and the table's name; nothing where it is not recorded, or another app records it.
   */
  grantNoteRefusals(fn: LambdaFunction): void;
  /** Tokens that were issued, by all token services of the account and Region; the sum over 5 minutes unless told otherwise. */
  metricTokensIssued(options?: MetricOptions): Metric;
  /** Signing keys that took another one's place; the sum over 5 minutes unless told otherwise. */
  metricKeysRotated(options?: MetricOptions): Metric;
}

/** How a token service is made. */
export interface TokenServiceProps extends TokenServiceTimes {
  /** The exact `iss` of its tokens: where its metadata function is served from, without a trailing slash. */
  readonly issuer: string;
  /** Where key-rotation revokes compromised keys. */
  readonly revocations: IRevocationTable;
  /**
   * Whether what is issued is recorded, without the tokens: who has which tokens, to be looked at and revoked by query. It
   * costs one write request and three to four write units a token.
   *
   * @default true
   */
  readonly recordIssuedTokens?: boolean;
  /** How often key-rotation looks at the clock: whole minutes, up to a day. @default Duration.minutes(5) */
  readonly tickInterval?: Duration;
  /**
   * What becomes of the tables and the sealing key with the stack; anything but DESTROY also protects the tables from
   * deletion. Without the sealing key no private key can ever be opened again.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
  /** How long the functions' log lines are kept. @default RetentionDays.ONE_MONTH */
  readonly logRetention?: RetentionDays;
}

const issuers = {
  holds: (value: string) => isIssuerUrl(value) && !value.endsWith('/'),
  allowed: 'an https URL without query, fragment or trailing slash',
};

/** @throws {@link ConfigError} when it cannot be an `iss` of ours */
export function checkIssuer(issuer: string): void {
  checkText({ name: 'TokenService.issuer', value: issuer }, issuers);
}

/**
 * How often to tick, with the default filled in.
 *
 * @throws {@link ConfigError} when it is no whole number of minutes up to a day
 */
export function tickInterval(value: Duration = Duration.minutes(defaults.tickMinutes)): Duration {
  const { min, max } = ranges.tickMinutes;
  const name = 'TokenService.tickInterval';
  const seconds = knownSeconds({ name, value, min: min * 60, max: max * 60 });
  if (seconds % 60 === 0) return value;
  throw new ConfigError(
    `${name}: got ${seconds} seconds; allowed: whole minutes, because EventBridge Scheduler counts in them`,
  );
}
