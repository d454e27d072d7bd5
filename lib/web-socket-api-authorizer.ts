import {
  CfnAuthorizer,
  type WebSocketRouteAuthorizerBindOptions,
  type WebSocketRouteAuthorizerConfig,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { type AuthorizerHandler, authorizerName } from './authorizer-handler.ts';

/** Identity source of the token at `$connect`. */
export const webSocketToken = 'route.request.header.Authorization';

/** Binds one authorizer function to the `$connect` routes of any number of WebSocket APIs, which keep no answers. */
export class WebSocketApiAuthorizers {
  readonly #handler: AuthorizerHandler;
  readonly #byApi = new Map<string, WebSocketLambdaAuthorizer>();

  constructor(handler: AuthorizerHandler) {
    this.#handler = handler;
  }

  bind(
    options: WebSocketRouteAuthorizerBindOptions,
    sources: readonly string[],
  ): WebSocketRouteAuthorizerConfig {
    const { handler, role } = this.#handler;
    const { apiId } = options.route.webSocketApi;
    const name = authorizerName(handler);
    const authorizer =
      this.#byApi.get(apiId) ??
      new WebSocketLambdaAuthorizer(name, handler, { identitySource: [...sources] });
    this.#byApi.set(apiId, authorizer);
    const bound = authorizer.bind(options);
    if (role) assume(role, options.scope.node.findChild(name));
    return bound;
  }
}

/** CDK's WebSocketLambdaAuthorizer takes no role. */
function assume(role: IRole, authorizer: IConstruct): void {
  const resource = authorizer.node.defaultChild;
  if (resource instanceof CfnAuthorizer) resource.authorizerCredentialsArn = role.roleArn;
}
