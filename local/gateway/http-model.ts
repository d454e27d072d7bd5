import type { LambdaAuthorizer } from './lambda-authorizer.ts';
import type { JwtAuthorizer } from './jwt-model.ts';
import type { Segment } from './routes.ts';

/** An HTTP API as its template describes it. */
export interface HttpApi {
  readonly apiId: string;
  readonly logicalId: string;
  readonly name: string;
  readonly cors: CorsConfiguration | undefined;
  readonly stages: readonly Stage[];
  /** The most specific first; `$default` last. */
  readonly routes: readonly HttpRoute[];
}

/** A stage: `$default` is served at the root, any other below its name. */
export interface Stage {
  readonly name: string;
  readonly variables: Readonly<Record<string, string>> | undefined;
}

/** A route of an HTTP API. */
export interface HttpRoute {
  readonly logicalId: string;
  /** Such as `GET /pets/{id}` or `$default`. */
  readonly routeKey: string;
  /** `ANY` takes all. */
  readonly method: string;
  /** Undefined for `$default`, which takes any path. */
  readonly pattern: readonly Segment[] | undefined;
  readonly authorization: HttpAuthorization;
  /** Undefined when it is not played: the route then answers as a broken integration does. */
  readonly integration: HttpIntegration | undefined;
}

/** What a route asks of its callers; `refused` is what cannot be checked here, so nobody gets in. */
export type HttpAuthorization =
  | { readonly kind: 'none' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'lambda'; readonly authorizer: LambdaAuthorizer; readonly event: HttpAuthorizerEvent }
  | { readonly kind: 'jwt'; readonly authorizer: JwtAuthorizer; readonly scopes: readonly string[] };

/** How an HTTP API's Lambda authorizer is told of a request. */
export interface HttpAuthorizerEvent {
  readonly version: '1.0' | '2.0';
  /** Such as `$request.header.Authorization`. */
  readonly identitySource: readonly string[];
}

/** Where a route leads. */
export type HttpIntegration =
  | {
      readonly kind: 'lambda';
      readonly functionArn: string;
      readonly version: '1.0' | '2.0';
      readonly timeoutMs: number;
    }
  | {
      readonly kind: 'proxy';
      /** With `{name}` for path parameters. */
      readonly url: string;
      /** `ANY` keeps the caller's. */
      readonly method: string;
      readonly parameters: Readonly<Record<string, string>>;
      readonly timeoutMs: number;
    };

/** The CORS settings of an HTTP API. */
export interface CorsConfiguration {
  readonly allowOrigins: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly maxAgeSeconds: number | undefined;
  readonly allowCredentials: boolean;
}
