import type { Stack } from 'aws-cdk-lib/core';
import { type MethodOptions, RestApi } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi,
  HttpMethod,
  HttpRoute,
  HttpRouteKey,
  type IHttpRouteAuthorizer,
  type IWebSocketRouteAuthorizer,
  WebSocketApi,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUrlIntegration, WebSocketMockIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import {
  JwtAuthorizer,
  type JwtAuthorizerProps,
  RevocationTable,
  TokenService,
  type TokenServiceProps,
  TrustedIssuer,
} from '../../lib/index.ts';

/** An issuer of others. */
export function trusted(issuer = 'https://login.example.com/'): TrustedIssuer {
  return TrustedIssuer.of({ issuer, audience: ['orders'], jwksUri: 'https://login.example.com/jwks' });
}

/** An authorizer that believes {@link trusted}. */
export function makeAuthorizer(
  stack: Stack,
  props: Partial<JwtAuthorizerProps> = {},
  id = 'Jwt',
): JwtAuthorizer {
  const revocations =
    props.revocations ??
    RevocationTable.fromTableAttributes(stack, `${id}Revocations`, { tableName: 'revocations' });
  return new JwtAuthorizer(stack, id, { trustedIssuers: [trusted()], ...props, revocations });
}

/** A token service of ours. */
export function makeTokenService(stack: Stack, props: Partial<TokenServiceProps> = {}): TokenService {
  const revocations = new RevocationTable(stack, 'Table');
  return new TokenService(stack, 'Tokens', { issuer: 'https://a.example', revocations, ...props });
}

/** Adds a route to an HTTP API, by its route key. */
export function addRoute(api: HttpApi, routeKey: string, authorizer: IHttpRouteAuthorizer) {
  const [method, path = '/'] = routeKey.split(' ');
  const known = Object.values(HttpMethod).find((name) => name === method) ?? HttpMethod.ANY;
  const integration = new HttpUrlIntegration('Url', 'https://backend.example.com');
  if (routeKey !== '$default') return api.addRoutes({ path, methods: [known], integration, authorizer });
  return [
    new HttpRoute(api, 'AnyOther', { httpApi: api, routeKey: HttpRouteKey.DEFAULT, integration, authorizer }),
  ];
}

/** An HTTP API with these routes. */
export function makeHttpApi(
  stack: Stack,
  routes: Readonly<Record<string, IHttpRouteAuthorizer>>,
  id = 'Http',
): HttpApi {
  const api = new HttpApi(stack, id);
  for (const [routeKey, authorizer] of Object.entries(routes)) addRoute(api, routeKey, authorizer);
  return api;
}

/** A REST API with these methods. */
export function makeRestApi(
  stack: Stack,
  methods: Readonly<Record<string, MethodOptions['authorizer']>>,
  id = 'Rest',
): RestApi {
  const api = new RestApi(stack, id);
  for (const [routeKey, authorizer] of Object.entries(methods)) addMethod(api, routeKey, authorizer);
  return api;
}

/** Adds a method to a REST API, by method and resource path. */
export function addMethod(api: RestApi, routeKey: string, authorizer: MethodOptions['authorizer']) {
  const [method = '', path = '/'] = routeKey.split(' ');
  return api.root.resourceForPath(path).addMethod(method, undefined, { ...(authorizer && { authorizer }) });
}

/** A WebSocket API. */
export function makeWebSocketApi(stack: Stack, authorizer: IWebSocketRouteAuthorizer, id = 'WebSocket') {
  const integration = new WebSocketMockIntegration('Mock');
  return new WebSocketApi(stack, id, { connectRouteOptions: { integration, authorizer } });
}
