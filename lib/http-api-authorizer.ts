import type { HttpRouteAuthorizerBindOptions, HttpRouteAuthorizerConfig } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaAuthorizer, HttpLambdaResponseType } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { type AuthorizerHandler, authorizerName } from './authorizer-handler.ts';
import { httpApiCacheKey, identitySources } from './result-cache.ts';

/**
 * Binds one authorizer function to the routes of any number of HTTP APIs: CDK's own {@link HttpLambdaAuthorizer} serves
 * one API alone, so this keeps one for each API and set of identity sources. Payload 2.0, simple answers.
 */
export class HttpApiAuthorizers {
  readonly #handler: AuthorizerHandler;
  readonly #byApi = new Map<string, Map<string, HttpLambdaAuthorizer>>();

  constructor(handler: AuthorizerHandler) {
    this.#handler = handler;
  }

  /** @throws {@link ConfigError} when answers would be kept by less than token and route */
  sources(given: readonly string[] | undefined): readonly string[] {
    return identitySources(httpApiCacheKey, this.#handler.resultsCacheTtl, given);
  }

  bind(options: HttpRouteAuthorizerBindOptions, sources: readonly string[]): HttpRouteAuthorizerConfig {
    const { apiId } = options.route.httpApi;
    const ofApi = this.#byApi.get(apiId) ?? new Map<string, HttpLambdaAuthorizer>();
    this.#byApi.set(apiId, ofApi);
    const key = sources.join();
    const authorizer = ofApi.get(key) ?? this.#make(sources, ofApi.size);
    ofApi.set(key, authorizer);
    return authorizer.bind(options);
  }

  #make(sources: readonly string[], index: number): HttpLambdaAuthorizer {
    const { handler, role, resultsCacheTtl } = this.#handler;
    return new HttpLambdaAuthorizer(authorizerName(handler, index === 0 ? '' : `${index}`), handler, {
      responseTypes: [HttpLambdaResponseType.SIMPLE],
      identitySource: [...sources],
      resultsCacheTtl,
      ...(role && { role }),
    });
  }
}
