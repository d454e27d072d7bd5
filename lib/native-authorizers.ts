import type { IAuthorizer } from 'aws-cdk-lib/aws-apigateway';
import type {
  HttpRouteAuthorizerBindOptions,
  HttpRouteAuthorizerConfig,
  IHttpRouteAuthorizer,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { Names } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ConfigError, type TrustedIssuerSettings } from '../core/contract/index.ts';
import { checkCommon, checkHttp, type NativeAuthorizerOptions } from './native-limits.ts';
import { NativeRestAuthorizer } from './native-rest-authorizer.ts';
import { RestApiAuthorizer } from './rest-api-authorizer.ts';

/** Which tokens AWS's own JWT authorizer of HTTP APIs, which believes one issuer, lets pass. */
export interface NativeHttpApiOptions extends NativeAuthorizerOptions {
  /** Exact `iss` of the issuer to believe. @default - the authorizer's only one */
  readonly issuer?: string;
}

/**
 * AWS's own JWT authorizers for the issuers of a {@link JwtAuthorizer}: nothing is invoked, and nothing is revocable. A
 * token passes until its `exp`, whatever the revocation table says. `typ`, the longest lifetime, `jti` and sender
 * constraints are not checked either. For cheap routes that a revoked token may still read.
 */
export class UnrevocableAuthorizers {
  readonly #scope: Construct;
  readonly #issuers: readonly TrustedIssuerSettings[];
  readonly #http = new Map<string, HttpJwtAuthorizer>();
  readonly #rest = new Map<string, NativeRestAuthorizer>();
  #count = 0;

  /** @param issuers with `algorithms` as the issuer signs now */
  constructor(scope: Construct, issuers: readonly TrustedIssuerSettings[]) {
    this.#scope = scope;
    this.#issuers = issuers;
  }

  /**
   * AWS's JWT authorizer for routes of HTTP APIs: one issuer, RSA keys only.
   *
   * @throws {@link ConfigError} when the issuer stays open, or asks for what AWS cannot check
   */
  forHttpApi(options: NativeHttpApiOptions = {}): IHttpRouteAuthorizer {
    const issuer = this.#choose(options.issuer);
    checkCommon('withoutRevocation.forHttpApi', issuer, options);
    checkHttp('withoutRevocation.forHttpApi', issuer);
    const { scopes } = options;
    return {
      bind: (route) => ({
        ...this.#bindHttp(route, issuer),
        ...(scopes && { authorizationScopes: [...scopes] }),
      }),
    };
  }

  /**
   * AWS's JWT authorizer for methods of a REST API: all issuers of this authorizer.
   *
   * @throws {@link ConfigError} when an issuer asks for what AWS cannot check
   */
  forRestApi(options: NativeAuthorizerOptions = {}): IAuthorizer {
    for (const issuer of this.#issuers) checkCommon('withoutRevocation.forRestApi', issuer, options);
    const { scopes = [] } = options;
    this.#count += 1;
    return new RestApiAuthorizer(this.#scope, `Native${this.#count}`, (restApi) => {
      const key = `${restApi.restApiId} ${scopes.join(' ')}`;
      const id = `${Names.uniqueResourceName(this.#scope, { maxLength: 56 })}Native${this.#rest.size || ''}`;
      const authorizer =
        this.#rest.get(key) ?? new NativeRestAuthorizer(restApi, id, { issuers: this.#issuers, scopes });
      this.#rest.set(key, authorizer);
      return authorizer;
    });
  }

  /** CDK's {@link HttpJwtAuthorizer} makes one authorizer for good, so there is one for each API and issuer. */
  #bindHttp(
    options: HttpRouteAuthorizerBindOptions,
    issuer: TrustedIssuerSettings,
  ): HttpRouteAuthorizerConfig {
    const index = this.#issuers.indexOf(issuer);
    const key = `${options.route.httpApi.apiId} ${index}`;
    const name = `${Names.uniqueResourceName(this.#scope, { maxLength: 56 })}Native${index || ''}`;
    const authorizer =
      this.#http.get(key) ??
      new HttpJwtAuthorizer(name, issuer.issuer, { jwtAudience: [...issuer.audience] });
    this.#http.set(key, authorizer);
    return authorizer.bind(options);
  }

  #choose(wanted: string | undefined): TrustedIssuerSettings {
    const candidates =
      wanted === undefined ? this.#issuers : this.#issuers.filter(({ issuer }) => issuer === wanted);
    const [issuer, ...more] = candidates;
    if (issuer !== undefined && more.length === 0) return issuer;
    throw new ConfigError(
      `withoutRevocation.forHttpApi: issuer: got ${wanted ?? 'none'}; allowed: one of ` +
        `${this.#issuers.map((known) => known.issuer).join(', ')}, because AWS's JWT authorizer of HTTP APIs trusts one issuer; ` +
        `name it, or use forHttpApi(), which trusts all of them`,
    );
  }
}
