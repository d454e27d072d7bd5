import { Duration, Lazy, Stack } from 'aws-cdk-lib/core';
import {
  type IAuthorizer,
  IdentitySource,
  RequestAuthorizer,
  TokenAuthorizer,
} from 'aws-cdk-lib/aws-apigateway';
import type { IHttpRouteAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { Environment, ranges } from '../core/contract/index.ts';
import {
  type JwtAuthorizerProps,
  type SettingsWithoutScopes,
  toAuthorizerSettings,
} from './jwt-authorizer-props.ts';
import { makeFunction } from './function.ts';
import { HttpApiAuthorizer } from './http-api-authorizer.ts';
import { wholeSeconds } from './props.ts';
import { type RequiredScopes, ScopeRequirements } from './scope-requirements.ts';

/** Which of a REST API's two kinds of Lambda authorizer. */
export interface RestApiAuthorizerOptions {
  /**
   * REQUEST is told the route, and so decides each route by its scopes even where answers are cached. TOKEN is told the
   * `Authorization` header and the method ARN.
   *
   * @default 'REQUEST'
   */
  readonly type?: 'REQUEST' | 'TOKEN';
}

/** Verifies JWTs, checks whether they are revoked, and asks for a route's scopes: a Lambda authorizer for API Gateway. */
export class JwtAuthorizer extends Construct {
  /** The authorizer function. */
  readonly handler: LambdaFunction;
  readonly #settings: string;
  readonly #scopes = new ScopeRequirements();
  readonly #resultsCacheTtl: Duration;
  readonly #forHttpApi: HttpApiAuthorizer;
  readonly #forRestApi = new Map<string, IAuthorizer>();

  /** @throws {@link ConfigError} when a prop cannot be used, or the function's bundle is not built */
  constructor(scope: Construct, id: string, props: JwtAuthorizerProps) {
    super(scope, id);
    this.#resultsCacheTtl = props.resultsCacheTtl ?? Duration.seconds(0);
    const { min, max } = ranges.resultsCacheSeconds;
    wholeSeconds({ name: 'JwtAuthorizer.resultsCacheTtl', value: this.#resultsCacheTtl, min, max });
    this.#settings = this.#renderSettings(toAuthorizerSettings(props));
    this.handler = makeFunction(this, 'Authorizer', {
      name: 'authorizer',
      description: 'Verifies JWTs and checks whether they are revoked',
      memorySize: 1024,
      timeout: Duration.seconds(5),
      ...(props.logRetention !== undefined && { logRetention: props.logRetention }),
    });
    this.provideSettings(this.handler);
    props.revocations.grantCheck(this.handler);
    props.tokenService?.grantReadPublicKeys(this.handler);
    this.#forHttpApi = new HttpApiAuthorizer({
      handler: this.handler,
      resultsCacheTtl: this.#resultsCacheTtl,
    });
    this.node.addValidation({ validate: () => this.#findFaults() });
  }

  /**
   * Asks for scopes on a route; else 403. A route that is not named asks for none.
   *
   * @param routeKey the route key of API Gateway, exactly: `GET /orders/{id}`, `ANY /orders/{proxy+}`, `$default`
   * @param scopes a list of which the token must hold every one, or `{ any, all }`
   * @throws {@link ConfigError} when the route key or a scope is malformed, or the route has its scopes already
   */
  requireScopes(routeKey: string, scopes: RequiredScopes): this {
    this.#scopes.add(routeKey, scopes);
    return this;
  }

  /**
   * The authorizer for routes of an HTTP API: payload 2.0, simple answers. Without an `Authorization` header API Gateway
   * answers 401 by itself.
   */
  forHttpApi(): IHttpRouteAuthorizer {
    return this.#forHttpApi;
  }

  /** The authorizer for methods of a REST API; it attaches to one API, as every REST API authorizer does. */
  forRestApi({ type = 'REQUEST' }: RestApiAuthorizerOptions = {}): IAuthorizer {
    const authorizer =
      this.#forRestApi.get(type) ??
      (type === 'TOKEN' ? this.#makeTokenAuthorizer() : this.#makeRequestAuthorizer());
    this.#forRestApi.set(type, authorizer);
    return authorizer;
  }

  /** Tells another function whom this authorizer believes, and which scopes it asks for. It grants nothing. */
  provideSettings(fn: LambdaFunction): void {
    fn.addEnvironment(Environment.authorizer, this.#settings);
  }

  #makeTokenAuthorizer(): IAuthorizer {
    return new TokenAuthorizer(this, 'RestToken', {
      handler: this.handler,
      identitySource: IdentitySource.header('Authorization'),
      resultsCacheTtl: this.#resultsCacheTtl,
    });
  }

  /** Where answers are cached, method and resource are part of the cache key: an answer is right for its route alone. */
  #makeRequestAuthorizer(): IAuthorizer {
    const route = [IdentitySource.context('httpMethod'), IdentitySource.context('resourcePath')];
    return new RequestAuthorizer(this, 'RestRequest', {
      handler: this.handler,
      identitySources: [IdentitySource.header('Authorization'), ...(this.#isCached ? route : [])],
      resultsCacheTtl: this.#resultsCacheTtl,
    });
  }

  get #isCached(): boolean {
    return this.#resultsCacheTtl.isUnresolved() || this.#resultsCacheTtl.toSeconds() > 0;
  }

  #findFaults(): string[] {
    if (!this.#isCached || this.#scopes.isEmpty || !this.#forRestApi.has('TOKEN')) return [];
    return [
      `a TOKEN authorizer with required scopes: got a resultsCacheTtl; allowed: Duration.seconds(0), because API Gateway ` +
        `would apply one route's answer to all; use forRestApi() of type REQUEST, or leave resultsCacheTtl out`,
    ];
  }

  /** Rendered at synthesis, so that scopes can be required after construction. */
  #renderSettings(settings: SettingsWithoutScopes): string {
    return Lazy.string({
      produce: () => Stack.of(this).toJsonString({ ...settings, routeScopes: this.#scopes.toSettings() }),
    });
  }
}
