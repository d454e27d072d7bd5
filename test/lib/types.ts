/** Compiled by `npm run typecheck`: each authorizer is assignable where CDK wants one, and what an API kind lacks is an error. */
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { IAuthorizer, MethodOptions, RestApi } from 'aws-cdk-lib/aws-apigateway';
import type {
  AddRoutesOptions,
  HttpApi,
  HttpApiProps,
  IHttpRouteAuthorizer,
  IWebSocketRouteAuthorizer,
  WebSocketRouteOptions,
} from 'aws-cdk-lib/aws-apigatewayv2';
import type { IUserPool, IUserPoolClient } from 'aws-cdk-lib/aws-cognito';
import {
  type IJwtAuthorizer,
  type IRevocationTable,
  type ITokenService,
  JwtAuthorizer,
} from '../../lib/index.ts';
import { RevocationTable, type TokenService, TrustedIssuer } from '../../lib/index.ts';

/** Never called. */
export function goesWhereCdkExpectsIt(authorizer: JwtAuthorizer, imported: IJwtAuthorizer) {
  const { withoutRevocation } = authorizer;
  const http: readonly IHttpRouteAuthorizer[] = [
    authorizer.forHttpApi(),
    authorizer.forHttpApi({ scopes: ['a'] }),
    authorizer.forHttpApi({ scopes: { any: ['a'], all: ['b'] }, identitySources: [] }),
    imported.forHttpApi(),
    withoutRevocation.forHttpApi({
      issuer: 'https://a.example',
      scopes: ['a'],
      uncheckedClaims: ['token_use'],
    }),
  ];
  const rest: readonly IAuthorizer[] = [
    authorizer.forRestApi(),
    authorizer.forRestApi({ type: 'TOKEN' }),
    authorizer.forRestApi({ identitySources: ['method.request.header.Authorization'] }),
    imported.forRestApi(),
    withoutRevocation.forRestApi({ scopes: ['a'] }),
  ];
  const webSocket: readonly IWebSocketRouteAuthorizer[] = [
    authorizer.forWebSocketApi({ scopes: ['a'] }),
    imported.forWebSocketApi(),
  ];
  const route: Pick<AddRoutesOptions, 'authorizer'> = { authorizer: authorizer.forHttpApi() };
  const api: HttpApiProps = { defaultAuthorizer: authorizer.forHttpApi() };
  const method: MethodOptions = { authorizer: authorizer.forRestApi() };
  const connect: Pick<WebSocketRouteOptions, 'authorizer'> = { authorizer: authorizer.forWebSocketApi() };
  const itself: IJwtAuthorizer = authorizer;
  return [http, rest, webSocket, route, api, method, connect, itself];
}

/** Never called. */
export function lacksWhatTheApiKindLacks(
  authorizer: JwtAuthorizer,
  imported: IJwtAuthorizer,
  httpApi: HttpApi,
) {
  // @ts-expect-error An HTTP API has no gateway responses.
  authorizer.addGatewayResponses(httpApi);
  // @ts-expect-error A TOKEN authorizer goes by one header.
  authorizer.forRestApi({ type: 'TOKEN', identitySources: [] });
  // @ts-expect-error Scopes are in the settings of the function, which is elsewhere.
  imported.forHttpApi({ scopes: ['a'] });
  // @ts-expect-error So they are with requireScopes.
  imported.requireScopes('GET /a', ['a']);
  // @ts-expect-error AWS cannot ask for all of several scopes.
  authorizer.withoutRevocation.forHttpApi({ scopes: { all: ['a'] } });
  // @ts-expect-error Another kind of API.
  const rest: MethodOptions = { authorizer: authorizer.forHttpApi() };
  return rest;
}

/** Never called. */
export function takesBothOursAndImported(
  tables: readonly [RevocationTable, IRevocationTable],
  services: readonly [TokenService, ITokenService],
  cognito: readonly [IUserPool, IUserPoolClient],
  authorizer: IJwtAuthorizer,
  { restApi, table }: { readonly restApi: RestApi; readonly table: Table },
) {
  const [userPool, client] = cognito;
  const revocations: readonly IRevocationTable[] = tables;
  const tokenServices: readonly ITokenService[] = services;
  const issuer = TrustedIssuer.cognito(userPool, { clients: [client, 'id'] });
  authorizer.addGatewayResponses(restApi);
  RevocationTable.fromTable(restApi, 'Revocations', table);
  // @ts-expect-error An audience is never left out.
  const open = TrustedIssuer.auth0({ domain: userPool.userPoolId });
  return [revocations, tokenServices, issuer, open];
}
