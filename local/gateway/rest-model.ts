import type { Stage } from './http-model.ts';
import type { JwtAuthorizer } from './jwt-model.ts';
import type { LambdaAuthorizer } from './lambda-authorizer.ts';
import type { RequestModels } from './rest-validation.ts';
import type { Segment } from './routes.ts';
import type { ResponseType } from './rest-response-types.ts';

/** A REST API as its template describes it. */
export interface RestApi {
  readonly apiId: string;
  readonly logicalId: string;
  readonly name: string;
  readonly stages: readonly Stage[];
  /** Those that have methods, the most specific first. */
  readonly resources: readonly RestResource[];
  readonly binaryMediaTypes: readonly string[];
  readonly responses: ReadonlyMap<string, GatewayResponse>;
}

/** A resource of a REST API's tree. */
export interface RestResource {
  readonly id: string;
  /** Such as `/pets/{id}`. */
  readonly path: string;
  readonly pattern: readonly Segment[];
  readonly methods: readonly RestMethod[];
}

/** A method of a resource. */
export interface RestMethod {
  readonly logicalId: string;
  /** `ANY` takes all that have no method of their own. */
  readonly httpMethod: string;
  readonly authorization: RestAuthorization;
  /** What a body is validated by; empty where it is not. */
  readonly requestModels: RequestModels;
  /** Undefined when it is not played: the method then answers 500. */
  readonly integration: RestIntegration | undefined;
}

/** What a method asks of its callers; `refused` is what cannot be checked here, so nobody gets in. */
export type RestAuthorization =
  | { readonly kind: 'none' }
  | { readonly kind: 'refused'; readonly response: ResponseType }
  | {
      readonly kind: 'token';
      readonly authorizer: LambdaAuthorizer;
      /** Such as `method.request.header.Authorization`. */
      readonly identitySource: string;
      readonly validation: RegExp | undefined;
    }
  | {
      readonly kind: 'request';
      readonly authorizer: LambdaAuthorizer;
      readonly identitySource: readonly string[];
    }
  | { readonly kind: 'jwt'; readonly authorizer: JwtAuthorizer; readonly scopes: readonly string[] };

/** Where a method leads. */
export type RestIntegration =
  | { readonly kind: 'lambda'; readonly functionArn: string; readonly timeoutMs: number }
  | {
      readonly kind: 'mock';
      readonly requestTemplate: string;
      readonly responses: readonly IntegrationResponse[];
    }
  | {
      readonly kind: 'http';
      /** Whether request and response pass as they are (HTTP_PROXY) or by mappings alone (HTTP). */
      readonly proxy: boolean;
      readonly url: string;
      /** `ANY` keeps the caller's. */
      readonly method: string;
      readonly parameters: Readonly<Record<string, string>>;
      readonly responses: readonly IntegrationResponse[];
      readonly timeoutMs: number;
      /** Whether a response is passed on while it arrives (`ResponseTransferMode: STREAM`, of a proxy alone). */
      readonly streams: boolean;
    };

/** How a backend's response becomes the method's. */
export interface IntegrationResponse {
  readonly status: number;
  /** The statuses that it takes; undefined makes it the default one. */
  readonly selection: RegExp | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  /** By media type. */
  readonly templates: Readonly<Record<string, string>>;
}

/** A response that the gateway itself gives, as the template customizes it. */
export interface GatewayResponse {
  readonly status: number | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  /** By media type. */
  readonly templates: Readonly<Record<string, string>>;
}
