import { type Duration, Names } from 'aws-cdk-lib/core';
import type {
  HttpRouteAuthorizerBindOptions,
  HttpRouteAuthorizerConfig,
  IHttpRouteAuthorizer,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaAuthorizer, HttpLambdaResponseType } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';

/** What an HTTP API calls, and how long it keeps the answer. */
export interface HttpApiAuthorizerProps {
  readonly handler: LambdaFunction;
  readonly resultsCacheTtl: Duration;
}

/**
 * Binds one authorizer function to the routes of any number of HTTP APIs: CDK's own {@link HttpLambdaAuthorizer} serves
 * one API alone, so this one keeps one for each.
 */
export class HttpApiAuthorizer implements IHttpRouteAuthorizer {
  readonly #props: HttpApiAuthorizerProps;
  readonly #byApi = new Map<string, HttpLambdaAuthorizer>();

  constructor(props: HttpApiAuthorizerProps) {
    this.#props = props;
  }

  bind(options: HttpRouteAuthorizerBindOptions): HttpRouteAuthorizerConfig {
    const { apiId } = options.route.httpApi;
    const authorizer = this.#byApi.get(apiId) ?? makeAuthorizer(this.#props);
    this.#byApi.set(apiId, authorizer);
    return authorizer.bind(options);
  }
}

/**
 * API Gateway applies a cached answer to every route unless the route key is part of the cache key, and routes differ in
 * their scopes: so it is, whenever answers are cached.
 */
function makeAuthorizer({ handler, resultsCacheTtl }: HttpApiAuthorizerProps): HttpLambdaAuthorizer {
  const cached = resultsCacheTtl.isUnresolved() || resultsCacheTtl.toSeconds() > 0;
  return new HttpLambdaAuthorizer(Names.uniqueResourceName(handler, { maxLength: 64 }), handler, {
    responseTypes: [HttpLambdaResponseType.SIMPLE],
    identitySource: ['$request.header.Authorization', ...(cached ? ['$context.routeKey'] : [])],
    resultsCacheTtl,
  });
}
