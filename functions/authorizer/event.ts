import type {
  APIGatewayRequestAuthorizerEvent,
  APIGatewayRequestAuthorizerEventV2,
  APIGatewayTokenAuthorizerEvent,
} from 'aws-lambda';

/** Every event that API Gateway sends to a Lambda authorizer. HTTP API payload 1.0 and WebSocket have REST's shape. */
export type AuthorizerEvent =
  | APIGatewayTokenAuthorizerEvent
  | APIGatewayRequestAuthorizerEvent
  | APIGatewayRequestAuthorizerEventV2;

/** What of an event a decision goes by. */
export interface AuthorizationRequest {
  /** Every Authorization header. */
  readonly authorization: readonly string[];
  readonly route: RequestedRoute;
  /** The method ARN that a policy answer is for; absent where the answer is a simple one. */
  readonly methodArn?: string;
}

/** The route by its key (`GET /orders/{id}`), or where the event holds no key, by method and path. */
export type RequestedRoute =
  | { readonly routeKey: string }
  | { readonly method: string; readonly path: string };

/** Reads an authorizer event of any kind. */
export function readEvent(event: AuthorizerEvent): AuthorizationRequest {
  if ('version' in event && event.version === '2.0') {
    return { authorization: headerValues(event.headers), route: { routeKey: event.routeKey } };
  }
  if (event.type === 'TOKEN') {
    const { authorizationToken, methodArn } = event;
    return { authorization: [authorizationToken], route: routeOfArn(methodArn), methodArn };
  }
  const request = event as APIGatewayRequestAuthorizerEvent;
  const { methodArn } = request;
  return { authorization: multiHeaderValues(request), route: routeOfRequest(request), methodArn };
}

type Headers = Readonly<Record<string, string | undefined>> | null | undefined;

/** Header names keep their case in REST APIs; two spellings of one name are two headers. */
function headerValues(headers: Headers): readonly string[] {
  return Object.entries(headers ?? {}).flatMap(([name, value]) =>
    name.toLowerCase() === 'authorization' && value !== undefined ? [value] : [],
  );
}

/** `headers` keeps the last of several; `multiValueHeaders` has them all, where the API kind sends it. */
function multiHeaderValues({ headers, multiValueHeaders }: APIGatewayRequestAuthorizerEvent): readonly string[] {
  const all = Object.entries(multiValueHeaders ?? {}).flatMap(([name, values]) =>
    name.toLowerCase() === 'authorization' ? (values ?? []) : [],
  );
  return all.length > 0 ? all : headerValues(headers);
}

function routeOfRequest(event: APIGatewayRequestAuthorizerEvent): RequestedRoute {
  const { routeKey } = event.requestContext;
  if (routeKey !== undefined) return { routeKey };
  return { routeKey: `${event.httpMethod} ${event.resource}` };
}

/** `arn:aws:execute-api:<region>:<account>:<api>/<stage>/<method>/<path>` */
function routeOfArn(methodArn: string): RequestedRoute {
  const [, , method = '', ...path] = methodArn.split('/');
  return { method, path: `/${path.join('/')}` };
}
