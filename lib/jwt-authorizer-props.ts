import { Duration, Token } from 'aws-cdk-lib/core';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  type AuthorizerSettings,
  ConfigError,
  defaults,
  ranges,
  signingAlgorithms,
  type TrustedIssuerSettings,
} from '../core/contract/index.ts';
import { wholeSeconds } from './props.ts';
import type { IRevocationTable } from './revocation-table.ts';
import type { ITokenService } from './token-service-props.ts';
import type { TrustedIssuer } from './trusted-issuer.ts';

/** How a {@link JwtAuthorizer} is made. At least one issuer must be given. */
export interface JwtAuthorizerProps {
  /** Where every token is looked up before it is allowed. */
  readonly revocations: IRevocationTable;
  /** Our own issuer, whose keys are read out of its table. @default - none is believed */
  readonly tokenService?: ITokenService;
  /** Issuers of others. @default - none is believed */
  readonly trustedIssuers?: readonly TrustedIssuer[];
  /** How far an issuer's clock may differ from ours. @default Duration.seconds(60) */
  readonly clockTolerance?: Duration;
  /**
   * How long API Gateway keeps an answer, up to an hour. It saves invocations and delays every revocation by as much.
   *
   * @default Duration.seconds(0), not at all
   */
  readonly resultsCacheTtl?: Duration;
  /**
   * How REST APIs and WebSocket APIs are told of a bad token. `unauthorized` is a 401, which counts as an error of the
   * function. `deny` is a 403 with the reason in the body (see {@link IJwtAuthorizer.addGatewayResponses}), no error, and
   * kept where answers are. Without enough scopes it is a 403 either way; HTTP APIs answer 401 either way.
   *
   * @default 'unauthorized'
   */
  readonly refusals?: 'unauthorized' | 'deny';
  /**
   * Whether APIs that this app does not make use the authorizer too, by {@link JwtAuthorizer.fromAuthorizerAttributes}.
   * Scopes may then be required of routes that are not in this app, and a misspelt one is not found.
   *
   * @default false
   */
  readonly routesElsewhere?: boolean;
  /** How long log lines are kept. @default RetentionDays.ONE_MONTH */
  readonly logRetention?: RetentionDays;
}

/** What the authorizer is told but for the scopes, which routes ask for later. */
export type SettingsWithoutScopes = Omit<AuthorizerSettings, 'routeScopes'>;

/**
 * Settings of an authorizer, with every default filled in.
 *
 * @throws {@link ConfigError} when no issuer is given, or one twice, or a duration is out of range
 */
export function toAuthorizerSettings(props: JwtAuthorizerProps): SettingsWithoutScopes {
  const issuers = [
    ...(props.tokenService ? [ownIssuer(props.tokenService)] : []),
    ...(props.trustedIssuers ?? []).map((trusted) => trusted.settings),
  ];
  checkIssuers(issuers);
  const clockToleranceSeconds = wholeSeconds({
    name: 'JwtAuthorizer.clockTolerance',
    value: props.clockTolerance ?? Duration.seconds(defaults.clockToleranceSeconds),
    ...ranges.clockToleranceSeconds,
  });
  const { refusals } = props;
  return { issuers, clockToleranceSeconds, ...(refusals !== undefined && { refusals }) };
}

/** @throws {@link ConfigError} when it is longer than API Gateway keeps an answer */
export function checkResultsCacheTtl(value: Duration): void {
  const { min, max } = ranges.resultsCacheSeconds;
  wholeSeconds({ name: 'JwtAuthorizer.resultsCacheTtl', value, min, max });
}

/** The issuers as they sign now: what AWS's own authorizers, which read no table, are told. */
export function signingIssuers(
  { issuers }: SettingsWithoutScopes,
  { tokenService }: Pick<JwtAuthorizerProps, 'tokenService'>,
): readonly TrustedIssuerSettings[] {
  return issuers.map((issuer) =>
    issuer.issuer === tokenService?.issuer ? { ...issuer, algorithms: [tokenService.algorithm] } : issuer,
  );
}

/**
 * Every algorithm and the longest lifetime that a token service can have, not those that it has now: a change of either
 * must not refuse tokens that were issued before it. The keys come out of our own table and name their algorithm.
 */
function ownIssuer({ issuer, audience }: ITokenService): TrustedIssuerSettings {
  return {
    issuer,
    audience: [audience],
    typ: ['at+jwt'],
    algorithms: [...signingAlgorithms],
    maxLifetimeSeconds: ranges.tokenLifetimeSeconds.max,
  };
}

function checkIssuers(issuers: readonly TrustedIssuerSettings[]): void {
  if (issuers.length === 0) {
    throw new ConfigError(
      'JwtAuthorizer: got no issuer; allowed: one or more; give tokenService, trustedIssuers or both',
    );
  }
  const seen = new Set<string>();
  for (const { issuer } of issuers) {
    if (!Token.isUnresolved(issuer) && seen.has(issuer)) {
      throw new ConfigError(
        `JwtAuthorizer.trustedIssuers: got ${issuer} twice; allowed: once; merge the two, their audiences in one list`,
      );
    }
    seen.add(issuer);
  }
}
