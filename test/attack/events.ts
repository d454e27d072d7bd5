/** The five events that API Gateway sends to a Lambda authorizer. */

export const shapes = ['REST TOKEN', 'REST REQUEST', 'HTTP 1.0', 'HTTP 2.0', 'WebSocket'] as const;
export type Shape = (typeof shapes)[number];

/** What the client sends. */
export interface Presented {
  /** Every Authorization header. */
  readonly authorization: readonly string[];
  readonly proofs?: readonly string[];
  /** PEM of the TLS client certificate. */
  readonly certificate?: string;
  /** Every `ticket` of the query string. */
  readonly tickets?: readonly string[];
  /** Default `GET /orders/{id}`, asked for as `/orders/17`. */
  readonly route?: Route;
}

export interface Route {
  readonly method: string;
  readonly resource: string;
  readonly path: string;
}

const api = 'arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/prod';
export const wholeStage = `${api}/*`;
const domainName = 'api.example';
const orders: Route = { method: 'GET', resource: '/orders/{id}', path: '/orders/17' };

/** The method and the URL that a DPoP proof must name (RFC 9449 §4.2). */
export function targetOf(
  shape: Shape,
  { method, path }: Route = orders,
): { readonly method: string; readonly url: string } {
  if (shape === 'WebSocket') return { method: 'GET', url: `https://${domainName}/prod` };
  return { method, url: `https://${domainName}${shape === 'HTTP 2.0' ? '' : '/prod'}${path}` };
}

/** The event of one shape; `undefined` where that shape cannot carry what is presented. */
export function eventOf(shape: Shape, presented: Presented): Record<string, unknown> | undefined {
  const { authorization, proofs = [], certificate, route } = presented;
  if (shape === 'WebSocket' && route !== undefined) return undefined;
  if (shape !== 'REST TOKEN') return requestEvent(shape, presented);
  const [authorizationToken] = authorization;
  if (authorization.length > 1 || proofs.length > 0 || certificate !== undefined) return undefined;
  const { method, path } = route ?? orders;
  return { type: 'TOKEN', methodArn: `${api}/${method}${path}`, authorizationToken };
}

function requestEvent(shape: Shape, presented: Presented): Record<string, unknown> {
  const { authorization, proofs = [], certificate, route = orders, tickets } = presented;
  const named = (name: string, values: readonly string[]) => values.map((value) => [name, value] as const);
  const headers = [
    ...[...named('Host', [domainName]), ...named('X-Forwarded-Proto', ['https'])],
    ...[...named('Authorization', authorization), ...named('DPoP', proofs)],
  ];
  const clientCert = certificate === undefined ? undefined : { clientCert: { clientCertPem: certificate } };
  if (shape === 'HTTP 2.0') return payload2(route, headers, clientCert ?? null, tickets);
  const isSocket = shape === 'WebSocket';
  return {
    ...{ type: 'REQUEST', ...(shape === 'HTTP 1.0' && { version: '1.0' }) },
    methodArn: isSocket ? `${api}/$connect` : `${api}/${route.method}${route.path}`,
    ...(isSocket ? {} : { resource: route.resource, path: route.path, httpMethod: route.method }),
    headers: Object.fromEntries(headers),
    multiValueHeaders: multiValue(headers),
    queryStringParameters: tickets === undefined ? null : { ticket: tickets.at(-1) },
    multiValueQueryStringParameters: tickets === undefined ? null : { ticket: tickets },
    stageVariables: null,
    requestContext: {
      ...{ domainName, stage: 'prod', identity: { sourceIp: '192.0.2.1', ...clientCert } },
      ...(isSocket
        ? { routeKey: '$connect', eventType: 'CONNECT', connectionId: 'c=' }
        : { path: `/prod${route.path}`, resourcePath: route.resource, httpMethod: route.method }),
    },
  };
}

function payload2(
  { method, resource, path }: Route,
  headers: readonly (readonly [string, string])[],
  authentication: object | null,
  tickets: readonly string[] = [],
): Record<string, unknown> {
  const routeKey = `${method} ${resource}`;
  const joined = Object.entries(multiValue(headers)).map(([name, values]) => [
    name.toLowerCase(),
    values.join(','),
  ]);
  return {
    ...{ version: '2.0', type: 'REQUEST', routeArn: `${api}/${method}${path}`, identitySource: [], routeKey },
    ...{
      rawPath: path,
      rawQueryString: tickets.map((ticket) => `ticket=${ticket}`).join('&'),
      cookies: [],
      headers: Object.fromEntries(joined),
    },
    requestContext: { domainName, stage: '$default', authentication, routeKey, http: { method, path } },
  };
}

function multiValue(headers: readonly (readonly [string, string])[]): Record<string, string[]> {
  const all: Record<string, string[]> = {};
  for (const [name, value] of headers) (all[name] ??= []).push(value);
  return all;
}
