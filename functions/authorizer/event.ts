import type {
  APIGatewayRequestAuthorizerEvent,
  APIGatewayRequestAuthorizerEventV2,
  APIGatewayTokenAuthorizerEvent,
} from 'aws-lambda';
import type { AuthorizationRequest as DecidedRequest } from '../../core/verify/decide-request.ts';

/** Every event that API Gateway sends to a Lambda authorizer. HTTP API payload 1.0 and WebSocket have REST's shape. */
export type AuthorizerEvent =
  APIGatewayTokenAuthorizerEvent | APIGatewayRequestAuthorizerEvent | APIGatewayRequestAuthorizerEventV2;

/** What of an event a decision and its answer go by. */
export interface AuthorizationRequest extends DecidedRequest {
  /** The method ARN that a policy answer is for; absent where the answer is a simple one. */
  readonly methodArn?: string;
}

/** Reads an authorizer event of any kind. */
export function readEvent(event: AuthorizerEvent): AuthorizationRequest {
  if ('version' in event && event.version === '2.0') return readPayload2(event);
  if (event.type === 'TOKEN') return readToken(event);
  return readRequest(event as APIGatewayRequestAuthorizerEvent);
}

function readPayload2(event: APIGatewayRequestAuthorizerEventV2): AuthorizationRequest {
  const { requestContext, headers, rawPath, routeKey } = event;
  const certificate = requestContext.authentication?.clientCert?.clientCertPem;
  return {
    authorization: valuesOf('authorization', headers),
    tickets: [],
    sender: {
      method: requestContext.http.method,
      url: urlOf(headers, requestContext.domainName, rawPath),
      proofs: valuesOf('dpop', headers),
      ...(certificate !== undefined && { certificate }),
    },
    route: { routeKey },
  };
}

/** A TOKEN event holds one header and no URL, so that no proof of possession can be checked. */
function readToken({ authorizationToken, methodArn }: APIGatewayTokenAuthorizerEvent): AuthorizationRequest {
  const [, , method = '', ...path] = methodArn.split('/');
  const route = { method, path: `/${path.join('/')}` };
  const sender = { method, url: '', proofs: [] };
  return { authorization: [authorizationToken], tickets: [], sender, route, methodArn };
}

/** REST REQUEST, HTTP API payload 1.0 and WebSocket `$connect`. */
function readRequest(event: APIGatewayRequestAuthorizerEvent): AuthorizationRequest {
  const { requestContext, headers, multiValueHeaders, methodArn } = event;
  const { domainName = '', routeKey, identity } = requestContext;
  const method = event.httpMethod ?? 'GET';
  const certificate = identity?.clientCert?.clientCertPem;
  return {
    authorization: valuesOf('authorization', headers, multiValueHeaders),
    tickets: routeKey === '$connect' ? (event.multiValueQueryStringParameters?.ticket ?? []) : [],
    sender: {
      method,
      url: urlOf(headers, domainName, pathOf(requestContext)),
      proofs: valuesOf('dpop', headers, multiValueHeaders),
      ...(certificate !== undefined && { certificate }),
    },
    route: { routeKey: routeKey ?? keyOf(method, event.resource) },
    methodArn,
  };
}

/** The default route of an HTTP API has no method. */
function keyOf(method: string, resource: string): string {
  return resource === '$default' ? resource : `${method} ${resource}`;
}

/** As the client sees it, with the stage. A WebSocket handshake has no path of its own. */
function pathOf({ path, stage }: { readonly path?: string; readonly stage: string }): string {
  return path ?? `/${stage}`;
}

type Headers = Readonly<Record<string, string | undefined>> | null | undefined;
type MultiValueHeaders = Readonly<Record<string, readonly string[] | undefined>> | null | undefined;

/**
 * Every value of a header. Names keep their case in REST APIs, and two spellings of one name are two headers; there
 * `headers` keeps the last of several values and `multiValueHeaders` has them all.
 */
function valuesOf(name: string, headers: Headers, multiValueHeaders?: MultiValueHeaders): readonly string[] {
  const isNamed = ([key]: readonly [string, unknown]) => key.toLowerCase() === name;
  const all = Object.entries(multiValueHeaders ?? {}).filter(isNamed);
  if (all.length > 0) return all.flatMap(([, values]) => values ?? []);
  const single = Object.entries(headers ?? {}).filter(isNamed);
  return single.flatMap(([, value]) => (value === undefined ? [] : [value]));
}

/**
 * All is https but where a stack is played on a laptop. `X-Forwarded-Proto` says so, and says no more: what else a client
 * might write there must not become the host that a DPoP proof is compared with.
 */
function urlOf(headers: Headers, domainName: string, path: string): string {
  const isPlain = valuesOf('x-forwarded-proto', headers).join() === 'http';
  return `${isPlain ? 'http' : 'https'}://${domainName}${path}`;
}
