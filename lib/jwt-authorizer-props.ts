import { Duration } from 'aws-cdk-lib/core';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  type AuthorizerSettings,
  ConfigError,
  defaults,
  ranges,
  type RevokerSettings,
  signingAlgorithms,
  type TrustedIssuerSettings,
} from '../core/contract/index.ts';
import { checkText, oneOf, wholeSeconds } from './props.ts';
import type { ReplayTable } from './replay-table.ts';
import { isCached } from './result-cache.ts';
import type { IRevocationTable } from './revocation-table.ts';
import type { ITokenService } from './token-service-props.ts';
import type { TrustedIssuer } from './trusted-issuer.ts';

/** How DPoP proofs are judged. */
export interface DpopProps {
  /** How old a proof may be, and how far ahead of our clock: 1 second to 10 minutes. @default Duration.seconds(60) */
  readonly proofWindow?: Duration;
  /** Remembers the proofs that were used. @default - a table of the authorizer's own, which goes with its stack */
  readonly replays?: ReplayTable;
}

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
   * How long API Gateway keeps an answer, up to an hour. It saves invocations and delays every revocation by as much, or
   * until a flush some seconds after it; an API that the app looks up (`fromHttpApiAttributes`) is not flushed.
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
   * Takes access tokens that are bound to a DPoP key (RFC 9449) with a proof of it that is fresh, for this very request and
   * not used before; a table remembers the proofs. It goes with no `resultsCacheTtl`, because a kept answer asks for no
   * proof, and with no TOKEN authorizer, which is told no DPoP header.
   *
   * Tokens that are bound to a TLS client certificate (RFC 8705) need no prop: they pass where the API's custom domain
   * name asks for certificates (mutual TLS). With a `resultsCacheTtl` they are refused.
   *
   * @default - tokens that are bound to a DPoP key are refused
   */
  readonly dpop?: DpopProps;
  /**
   * Whether WebSockets may be opened with a one-time ticket in the query string (`?ticket=…`), in place of a token in a
   * header, which no browser can set, or in the query string, which ends up in logs. See {@link JwtAuthorizer.ticketIssue}.
   *
   * @default false
   */
  readonly webSocketTickets?: boolean;
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

/** How a bad token is refused where the answer is a policy. */
export const refusalKinds = oneOf(['unauthorized', 'deny']);

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
  const { refusals, dpop } = props;
  if (refusals !== undefined) checkText({ name: 'JwtAuthorizer.refusals', value: refusals }, refusalKinds);
  return {
    issuers,
    clockToleranceSeconds,
    ...(refusals !== undefined && { refusals }),
    ...(isCached(resultsCacheTtlOf(props)) && { keepsAnswers: true }),
    ...(dpop?.proofWindow && { proofWindowSeconds: proofWindowSeconds(dpop.proofWindow) }),
  };
}

/** What a function that revokes is told. */
export function toRevokerSettings(
  { issuers, clockToleranceSeconds }: SettingsWithoutScopes,
  resultsCacheTtl: Duration,
): RevokerSettings {
  const resultsCacheSeconds = resultsCacheTtl.toSeconds({ integral: false });
  return { issuers, clockToleranceSeconds, resultsCacheSeconds };
}

/**
 * How long API Gateway keeps an answer.
 *
 * @throws {@link ConfigError} when it is longer than API Gateway can, or answers are kept where proofs are asked for
 */
export function resultsCacheTtlOf({
  resultsCacheTtl: value = Duration.seconds(0),
  dpop,
}: Pick<JwtAuthorizerProps, 'resultsCacheTtl' | 'dpop'>): Duration {
  const { min, max } = ranges.resultsCacheSeconds;
  wholeSeconds({ name: 'JwtAuthorizer.resultsCacheTtl', value, min, max });
  if (dpop === undefined || !isCached(value)) return value;
  throw new ConfigError(
    'JwtAuthorizer.dpop: got it with a resultsCacheTtl; allowed: with Duration.seconds(0), because API Gateway would give ' +
      'a cached answer to anybody who sends the same token, without checking a proof; leave resultsCacheTtl out',
  );
}

function proofWindowSeconds(value: Duration): number {
  return wholeSeconds({ name: 'JwtAuthorizer.dpop.proofWindow', value, ...ranges.proofWindowSeconds });
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

/** A value that only the deployment knows is known by its token: that of a user pool is the same each time. */
function checkIssuers(issuers: readonly TrustedIssuerSettings[]): void {
  if (issuers.length === 0) {
    throw new ConfigError(
      'JwtAuthorizer: got no issuer; allowed: one or more; give tokenService, trustedIssuers or both',
    );
  }
  const seen = new Set<string>();
  for (const { issuer } of issuers) {
    if (seen.has(issuer)) {
      throw new ConfigError(
        `JwtAuthorizer.trustedIssuers: got ${issuer} twice; allowed: once; merge the two, their audiences in one list`,
      );
    }
    seen.add(issuer);
  }
}
