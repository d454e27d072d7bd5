import { type Duration, Lazy, Stack } from 'aws-cdk-lib/core';
import type { IHttpRouteAuthorizer, IWebSocketRouteAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Alarm, Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct, IConstruct } from 'constructs';
import { Environment } from '../core/contract/index.ts';
import { makeAuthorizerFunction } from './authorizer-function.ts';
import type { AuthorizerHandler } from './authorizer-handler.ts';
import type { CacheFlush, CachingApi } from './cache-flush.ts';
import { CacheFlushes } from './cache-flushes.ts';
import { limitEnvironment } from './environment-limit.ts';
import {
  functionArnOf,
  functionNameIn,
  ImportedJwtAuthorizer,
  type JwtAuthorizerAttributes,
} from './imported-jwt-authorizer.ts';
import { type ApiAuthorizerOptions, type IJwtAuthorizer, JwtAuthorizerBase } from './jwt-authorizer-base.ts';
import {
  type JwtAuthorizerProps,
  resultsCacheTtlOf,
  type SettingsWithoutScopes,
  signingIssuers,
  toAuthorizerSettings,
  toRevokerSettings,
} from './jwt-authorizer-props.ts';
import { alarmOnAny, metricOf } from './metrics.ts';
import { UnrevocableAuthorizers } from './native-authorizers.ts';
import { checkText } from './props.ts';
import { isCached } from './result-cache.ts';
import { StaleAnswers } from './stale-answers.ts';
import { Tickets } from './tickets.ts';
import { findRouteFaults } from './route-faults.ts';
import {
  type RequiredScopes,
  type RouteReference,
  ScopeRequirements,
  toRequirement,
} from './scope-requirements.ts';

/** How the authorizer is called, and what it asks for at the routes that it is given to. */
export interface ScopedAuthorizerOptions extends ApiAuthorizerOptions {
  /** Scopes of every route that this is given to, in place of {@link JwtAuthorizer.requireScopes}. @default - none */
  readonly scopes?: RequiredScopes;
}

const accounts = {
  holds: (value: string) => /^\d{12}$/.test(value),
  allowed: 'an AWS account id, 12 digits',
};

/** Verifies JWTs, checks whether they are revoked, and asks for a route's scopes: a Lambda authorizer for API Gateway. */
export class JwtAuthorizer extends JwtAuthorizerBase {
  /**
   * An authorizer that another stack, app or account made. In one app, hand the construct itself to the other stack.
   *
   * @throws {@link ConfigError} when an attribute cannot be used
   */
  static fromAuthorizerAttributes(
    scope: Construct,
    id: string,
    attributes: JwtAuthorizerAttributes,
  ): IJwtAuthorizer {
    return new ImportedJwtAuthorizer(scope, id, attributes);
  }

  /**
   * An authorizer of the same account and Region, by the name of its function: what the default stack's output
   * `AuthorizerFunction` says. API Gateway keeps no answers.
   *
   * @throws {@link ConfigError} when it cannot be the name of a function
   */
  static fromFunctionName(scope: Construct, id: string, functionName: string): IJwtAuthorizer {
    return new ImportedJwtAuthorizer(scope, id, { functionArn: functionArnOf(scope, functionName) });
  }

  /**
   * The authorizer of a default stack ({@link KeyturnStack}) of the same account and Region, by the stack's name: its
   * outputs say the rest, without an export. It asks for no scopes on routes that are not that stack's own, and API Gateway
   * keeps no answers.
   *
   * @throws {@link ConfigError} when it cannot be the name of a stack
   */
  static fromStackOutputs(scope: Construct, id: string, stackName: string): IJwtAuthorizer {
    return JwtAuthorizer.fromFunctionName(scope, id, functionNameIn(stackName));
  }

  /** The authorizer function. */
  readonly handler: LambdaFunction;
  /**
   * AWS's own JWT authorizers for the same issuers: cheaper, and blind to revocation until a token's `exp`. For routes
   * where that is good enough, beside the revocable ones of the same API.
   */
  readonly withoutRevocation: UnrevocableAuthorizers;
  /**
   * Gives a one-time ticket to whom the authorizer lets pass; put it behind a `POST` route of an HTTP API that this
   * authorizer protects. There where `webSocketTickets` is on.
   */
  readonly ticketIssue?: LambdaFunction;
  protected readonly called: AuthorizerHandler;
  protected readonly isDenying: boolean;
  readonly #props: JwtAuthorizerProps;
  readonly #settings: SettingsWithoutScopes;
  readonly #scopes = new ScopeRequirements();
  readonly #stale = new StaleAnswers();
  readonly #flushes: CacheFlushes;

  /** @throws {@link ConfigError} when a prop cannot be used, or the function's bundle is not built */
  constructor(scope: Construct, id: string, props: JwtAuthorizerProps) {
    super(scope, id);
    const resultsCacheTtl = resultsCacheTtlOf(props);
    this.#props = props;
    this.#settings = toAuthorizerSettings(props);
    this.handler = makeAuthorizerFunction(this, props);
    this.provideSettings(this.handler);
    this.called = { handler: this.handler, resultsCacheTtl };
    this.isDenying = props.refusals === 'deny';
    this.#flushes = new CacheFlushes(this, props.revocations, resultsCacheTtl);
    if (props.webSocketTickets === true) this.ticketIssue = this.#makeTickets();
    this.withoutRevocation = new UnrevocableAuthorizers(this, signingIssuers(this.#settings, props));
    this.node.addValidation({ validate: () => this.#findFaults() });
  }

  /**
   * Asks for scopes on a route of every API that this authorizer is attached to; else 403. A route that is not named
   * asks for none. A route that none of these APIs has is refused at synthesis.
   *
   * @param route the route key of API Gateway, exactly, or the HTTP API's route or REST API's method itself
   * @param scopes a list of which the token must hold every one, or `{ any, all }`
   * @throws {@link ConfigError} when the route key or a scope is malformed, or the route has its scopes already
   */
  requireScopes(route: RouteReference, scopes: RequiredScopes): this {
    this.#scopes.add(route, scopes);
    return this;
  }

  /**
   * Lets a route be decided by an answer of up to `age` ago about the same token while the revocation table cannot be
   * reached: for that long a revocation may not be seen there. A token that the container did not see within `age` fails
   * closed, as on every other route. Each such decision counts in {@link metricStaleAnswers}.
   *
   * @param routeKey API Gateway's key of the route, exactly; TOKEN authorizers, which are told no route, take none
   * @param age 1 second to 5 minutes
   * @throws {@link ConfigError} when the route key is malformed, the age is out of range, or the route has one already
   */
  acceptStaleRevocationAnswers(routeKey: string, age: Duration): this {
    this.#stale.add(routeKey, age);
    return this;
  }

  /**
   * Requests could not be decided; runbook: `docs/runbook.md#requests-fail-with-500-undecided`.
   *
   * @returns an alarm without an action; give it one with `addAlarmAction`
   */
  addUndecidedAlarm(id = 'Undecided'): Alarm {
    return alarmOnAny(this, id, {
      metric: this.metricUndecided(),
      says: 'Requests failed closed: the revocation table or an issuer could not be reached. Runbook: docs/runbook.md#requests-fail-with-500-undecided',
    });
  }

  /**
   * Requests were decided by stale answers; runbook: `docs/runbook.md#stale-answers-are-given-staleanswers`.
   *
   * @returns an alarm without an action; give it one with `addAlarmAction`
   */
  addStaleAnswersAlarm(id = 'StaleAnswers'): Alarm {
    return alarmOnAny(this, id, {
      metric: this.metricStaleAnswers(),
      says: 'Requests were decided by older answers: the revocation table could not be reached. Runbook: docs/runbook.md#stale-answers-are-given-staleanswers',
    });
  }

  /** What flushes kept answers: one for each stack that has APIs of this authorizer by now; none where none are kept. */
  get cacheFlushes(): readonly CacheFlush[] {
    return this.#flushes.all;
  }

  /** Requests that were decided by stale answers; the sum over 5 minutes unless told otherwise. */
  metricStaleAnswers(options?: MetricOptions): Metric {
    return metricOf(this, 'staleAnswers', options);
  }

  /** @throws {@link ConfigError} when a scope is malformed, or answers would be kept by less than token and route */
  override forHttpApi({ scopes, ...options }: ScopedAuthorizerOptions = {}): IHttpRouteAuthorizer {
    const authorizer = super.forHttpApi(options);
    if (scopes === undefined) return authorizer;
    const requirement = toRequirement('forHttpApi', scopes);
    return {
      bind: (bound) => {
        this.#scopes.bind(bound.route, requirement);
        return authorizer.bind(bound);
      },
    };
  }

  /**
   * Every connection is asked for `scopes`: `$connect` is one route, whichever API it is of. Where tickets are on, the
   * authorizer is called for every handshake: API Gateway would ask for all identity sources, a header and a ticket.
   */
  override forWebSocketApi({ scopes, ...options }: ScopedAuthorizerOptions = {}): IWebSocketRouteAuthorizer {
    if (scopes !== undefined) this.#scopes.add('$connect', scopes);
    return super.forWebSocketApi({ ...(this.ticketIssue && { identitySources: [] }), ...options });
  }

  /**
   * Tells a function whom this authorizer believes, and which scopes it asks for by the time of synthesis. It grants nothing.
   */
  provideSettings(fn: LambdaFunction): void {
    const produce = () =>
      Stack.of(this).toJsonString({
        ...this.#settings,
        routeScopes: this.#scopes.toSettings(),
        ...this.#stale.toSettings(),
      });
    fn.addEnvironment(Environment.authorizer, Lazy.string({ produce }));
  }

  /**
   * Lets a function of your own revoke tokens of every issuer that this authorizer believes: `revoker()` of
   * `keyturn/revocations`. It may write revocations ({@link IRevocationTable.grantRevoke}) and read the public keys of our own
   * issuer, and is told the table's name and the issuers. A second authorizer's grant takes this one's place.
   */
  grantRevoke(fn: LambdaFunction): void {
    const { revocations, tokenService } = this.#props;
    revocations.grantRevoke(fn);
    tokenService?.grantReadPublicKeys(fn);
    const settings = toRevokerSettings(this.#settings, this.called.resultsCacheTtl);
    fn.addEnvironment(Environment.revoker, Stack.of(fn).toJsonString(settings));
    limitEnvironment(fn);
  }

  /**
   * Lets the API Gateway APIs of another account call the authorizer: see {@link fromAuthorizerAttributes}.
   *
   * @throws {@link ConfigError} when it is no account id
   */
  grantInvokeToApisOf(account: string): void {
    checkText({ name: 'JwtAuthorizer.grantInvokeToApisOf', value: account }, accounts);
    const authorizers = {
      service: 'execute-api',
      region: '*',
      account,
      resource: '*',
      resourceName: 'authorizers/*',
    };
    // A token in the id would be another one at the next synthesis.
    const name: unknown = Stack.of(this).resolve(account);
    this.handler.addPermission(`ApisOf${typeof name === 'string' ? name : JSON.stringify(name)}`, {
      principal: new ServicePrincipal('apigateway.amazonaws.com'),
      sourceArn: Stack.of(this).formatArn(authorizers),
    });
  }

  protected override onApi(api: CachingApi, construct: IConstruct): void {
    this.#flushes.add(api, construct);
  }

  #makeTickets(): LambdaFunction {
    const { logRetention } = this.#props;
    const tickets = new Tickets(this, 'Tickets', {
      authorizer: this.handler,
      ...(logRetention !== undefined && { logRetention }),
    });
    return tickets.handler;
  }

  #findFaults(): string[] {
    const { routesElsewhere = false, dpop } = this.#props;
    return findRouteFaults({
      ...{ root: this.node.root, attachments: this.attachments, scopes: this.#scopes, stale: this.#stale },
      ...{ routesElsewhere, hasDpop: dpop !== undefined },
      keepsAnswers: isCached(this.called.resultsCacheTtl),
    });
  }
}
