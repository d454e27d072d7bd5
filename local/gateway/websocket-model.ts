import type { Stage } from './http-model.ts';
import type { LambdaAuthorizer } from './lambda-authorizer.ts';

/** A WebSocket API as its template describes it. */
export interface WebSocketApi {
  readonly apiId: string;
  readonly logicalId: string;
  readonly name: string;
  readonly stages: readonly Stage[];
  /** Where a message's route key stands in its body: `['action']` for `$request.body.action`. */
  readonly selectionPath: readonly string[];
  /** By route key: `$connect`, `$disconnect`, `$default` and the API's own. */
  readonly routes: ReadonlyMap<string, WebSocketRoute>;
  readonly authorization: WebSocketAuthorization;
}

/** A route of a WebSocket API. */
export interface WebSocketRoute {
  readonly logicalId: string;
  /** Undefined when its integration is not played. */
  readonly functionArn: string | undefined;
  readonly timeoutMs: number;
  /** Whether the body that the function returns is sent to the client. */
  readonly responds: boolean;
}

/** What `$connect` asks of clients; `refused` is what cannot be checked here, so nobody gets in. */
export type WebSocketAuthorization =
  | { readonly kind: 'none' }
  | { readonly kind: 'refused' }
  | {
      readonly kind: 'lambda';
      readonly authorizer: LambdaAuthorizer;
      /** Such as `route.request.header.Authorization`. */
      readonly identitySource: readonly string[];
    };
