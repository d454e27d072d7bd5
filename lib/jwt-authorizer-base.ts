import type { IAuthorizer } from 'aws-cdk-lib/aws-apigateway';
import type { IHttpRouteAuthorizer, IWebSocketRouteAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct, type IConstruct } from 'constructs';
import { Attachments } from './attachments.ts';
import type { AuthorizerHandler } from './authorizer-handler.ts';
import type { CachingApi } from './cache-flush.ts';
import { metricOf, metricRefused, type RefusedMetricOptions } from './metrics.ts';
import { addGatewayResponses, type AnyRestApi, type GatewayResponsesOptions } from './gateway-responses.ts';
import { HttpApiAuthorizers } from './http-api-authorizer.ts';
import { RestApiAuthorizer, RestApiAuthorizers } from './rest-api-authorizer.ts';
import { WebSocketApiAuthorizers, webSocketToken } from './web-socket-api-authorizer.ts';

/** How a Lambda authorizer is called. */
export interface ApiAuthorizerOptions {
  /**
   * What API Gateway must find in a request before it calls the authorizer, as this kind of API spells it; else it answers
   * 401 by itself. Where answers are kept, they are kept by these. `[]` calls the authorizer for every request, so that
   * requests without a token are counted too.
   *
   * @default - the Authorization header, and the route where answers are kept
   */
  readonly identitySources?: readonly string[];
}

/** Which of a REST API's two kinds of Lambda authorizer. */
export type RestApiAuthorizerOptions =
  /** Is told the route, and so decides each route by its scopes even where answers are kept. The default. */
  | ({ readonly type?: 'REQUEST' } & ApiAuthorizerOptions)
  /** Is told the `Authorization` header and the method ARN. */
  | { readonly type: 'TOKEN' };

/** A Lambda authorizer that checks revocation: made here, or elsewhere and looked up by its attributes. */
export interface IJwtAuthorizer extends IConstruct {
  /**
   * The authorizer for routes of HTTP APIs: payload 2.0, simple answers. An HTTP API's refusals are
   * `{"message":"Unauthorized"}` and `{"message":"Forbidden"}`: it has no gateway responses, so neither a reason nor
   * `WWW-Authenticate`.
   *
   * @throws {@link ConfigError} when answers would be kept by less than token and route
   */
  forHttpApi(options?: ApiAuthorizerOptions): IHttpRouteAuthorizer;
  /**
   * The authorizer for methods of one REST API.
   *
   * @throws {@link ConfigError} when answers would be kept by less than token and route
   */
  forRestApi(options?: RestApiAuthorizerOptions): IAuthorizer;
  /**
   * The authorizer for the `$connect` route of WebSocket APIs, the only one that API Gateway asks it for. A connection
   * that is open stays so when its token is revoked, for two hours at most. A browser cannot set the header on a
   * WebSocket.
   */
  forWebSocketApi(options?: ApiAuthorizerOptions): IWebSocketRouteAuthorizer;
  /**
   * Makes a REST API's refusals say what RFC 6750 asks for: 401 and 403 with `WWW-Authenticate`, a JSON body with the
   * OAuth error and, where the authorizer denied, its reason; 500 with a JSON body where it could not decide. API Gateway
   * gives a request without token the same 401 as one with a bad token. HTTP and WebSocket APIs have no such responses.
   *
   * @throws {@link ConfigError} when `allowOrigin` is no origin, or the API has these responses already
   */
  addGatewayResponses(restApi: AnyRestApi, options?: GatewayResponsesOptions): void;
  /** Refused tokens of all authorizers of the account and Region; the sum over 5 minutes unless told otherwise. */
  metricRefused(options?: RefusedMetricOptions): Metric;
  /** Requests that could not be decided, and so failed closed as a 5xx; the sum over 5 minutes unless told otherwise. */
  metricUndecided(options?: MetricOptions): Metric;
}

/** What an authorizer that is made and one that is looked up have in common. */
export abstract class JwtAuthorizerBase extends Construct implements IJwtAuthorizer {
  protected readonly attachments = new Attachments();
  /** The function, and how API Gateway calls it. */
  protected abstract readonly called: AuthorizerHandler;
  /** Hears of every API whose routes are given this authorizer and that keeps its answers. */
  protected onApi(_api: CachingApi, _construct: IConstruct): void {}
  /** Whether a bad token is answered with a Deny (403) rather than 401. */
  protected abstract readonly isDenying: boolean;
  #http: HttpApiAuthorizers | undefined;
  #rest: RestApiAuthorizers | undefined;
  #webSocket: WebSocketApiAuthorizers | undefined;
  #restCount = 0;

  forHttpApi(options: ApiAuthorizerOptions = {}): IHttpRouteAuthorizer {
    const authorizers = (this.#http ??= new HttpApiAuthorizers(this.called));
    const sources = authorizers.sources(options.identitySources);
    return {
      bind: (bound) => {
        this.attachments.addHttpRoute(bound.route);
        const { httpApi } = bound.route;
        this.onApi({ api: 'HTTP', apiId: httpApi.apiId }, httpApi);
        return authorizers.bind(bound, sources);
      },
    };
  }

  forRestApi(options: RestApiAuthorizerOptions = {}): IAuthorizer {
    const { type = 'REQUEST' } = options;
    const authorizers = (this.#rest ??= new RestApiAuthorizers(this.called));
    const given = 'identitySources' in options ? options.identitySources : undefined;
    const kind = { type, sources: authorizers.sources(type, given) };
    this.#restCount += 1;
    const authorizer = new RestApiAuthorizer(this, `RestApi${this.#restCount}`, (restApi) => {
      this.onApi({ api: 'REST', apiId: restApi.restApiId }, restApi);
      return authorizers.find(restApi, kind);
    });
    this.attachments.addRestAuthorizer(type, authorizer.authorizerId);
    return authorizer;
  }

  forWebSocketApi({
    identitySources = [webSocketToken],
  }: ApiAuthorizerOptions = {}): IWebSocketRouteAuthorizer {
    const authorizers = (this.#webSocket ??= new WebSocketApiAuthorizers(this.called));
    return {
      bind: (bound) => {
        this.attachments.addWebSocketRoute(bound.route);
        return authorizers.bind(bound, identitySources);
      },
    };
  }

  addGatewayResponses(restApi: AnyRestApi, options: GatewayResponsesOptions = {}): void {
    addGatewayResponses(restApi, options, this.isDenying);
  }

  metricRefused(options?: RefusedMetricOptions): Metric {
    return metricRefused(this, options);
  }

  metricUndecided(options?: MetricOptions): Metric {
    return metricOf(this, 'undecided', options);
  }
}
