import type { Resource } from '../../../local/types.ts';
import type { Handler } from './function-double.ts';
import { httpApi, httpAuthorizer, lambdaRoute, type Running } from './http-fixture.ts';
import { lambdaIntegration, restApi, restAuthorizer, restMethod, restResource } from './rest-fixture.ts';
import { connect, webSocketApi, webSocketAuthorizer, webSocketRoute } from './websocket-fixture.ts';

/** What a client of any kind of API sees. */
export interface Seen {
  readonly status: number;
  readonly body: string;
}

/** A kind of Lambda authorizer, and how to drive one. */
export interface Kind {
  readonly name: string;
  /** An API with two routes (a WebSocket API: one) behind the authorizer. */
  resources(ttlSeconds: number): Resource[];
  /** Calls a route; without a token the identity source is missing. */
  call(running: Running, route: 'one' | 'two', token?: string): Promise<Seen>;
  /** The answer that allows the given ARN. */
  allow(event: Record<string, unknown>, arn?: string): Record<string, unknown>;
  /** The answer that denies. */
  readonly deny: Record<string, unknown>;
  readonly bodies: { readonly unauthorized: string; readonly denied: string; readonly broken: string };
}

/** A policy answer. */
export function policyAnswer(
  effect: string,
  resourceArn: unknown,
  more: object = {},
): Record<string, unknown> {
  const Statement = [{ Action: 'execute-api:Invoke', Effect: effect, Resource: resourceArn }];
  return { principalId: 'ann', policyDocument: { Version: '2012-10-17', Statement }, ...more };
}

/** The function behind every route. */
export const backend: Handler = () => ({ statusCode: 200, body: 'in' });

const headersOf = (token?: string): Record<string, string> =>
  token === undefined ? {} : { authorization: token };

async function fetched(url: string, token?: string): Promise<Seen> {
  const response = await fetch(url, { headers: headersOf(token) });
  return { status: response.status, body: await response.text() };
}

const httpBodies = {
  unauthorized: '{"message":"Unauthorized"}',
  denied: '{"message":"Forbidden"}',
  broken: '{"message":"Internal Server Error"}',
};

function httpKind(
  name: string,
  properties: Record<string, unknown>,
  answers: Pick<Kind, 'allow' | 'deny'>,
): Kind {
  return {
    name,
    resources: (ttlSeconds) => {
      const { resources, route } = httpAuthorizer({
        AuthorizerResultTtlInSeconds: ttlSeconds,
        ...properties,
      });
      return [
        ...httpApi(),
        ...resources,
        ...lambdaRoute('GET /one', { route }),
        ...lambdaRoute('GET /two', { route }),
      ];
    },
    call: (running, route, token) => fetched(`${running.url}/${route}`, token),
    ...answers,
    bodies: httpBodies,
  };
}

function restKind(name: string, type: 'TOKEN' | 'REQUEST'): Kind {
  return {
    name,
    resources: (ttlSeconds) => {
      const { resources, method } = restAuthorizer(type, { AuthorizerResultTtlInSeconds: ttlSeconds });
      const routes = ['one', 'two'].flatMap((path) => [
        restResource(path, path),
        restMethod('GET', path, { ...lambdaIntegration(), ...method }),
      ]);
      return [...restApi(), ...resources, ...routes];
    },
    call: (running, route, token) => fetched(`${running.url}/prod/${route}`, token),
    allow: (event, arn) => policyAnswer('Allow', arn ?? event['methodArn']),
    deny: policyAnswer('Deny', '*'),
    bodies: {
      unauthorized: '{"message":"Unauthorized"}',
      denied: '{"Message":"User is not authorized to access this resource with an explicit deny"}',
      broken: '{"message":null}',
    },
  };
}

const webSocketKind: Kind = {
  name: 'WebSocket',
  resources: () => {
    const { resources, route } = webSocketAuthorizer();
    return [...webSocketApi(), ...resources, ...webSocketRoute('$connect', 'echo', route)];
  },
  call: async (running, _route, token) => {
    const connected = await connect(`${running.url}/prod`, headersOf(token));
    if (!('socket' in connected)) return connected;
    connected.socket.terminate();
    return { status: 200, body: 'in' };
  },
  allow: (event, arn) => policyAnswer('Allow', arn ?? event['methodArn']),
  deny: policyAnswer('Deny', '*'),
  bodies: { ...httpBodies, broken: '{"message":"Internal server error"}' },
};

/** Every kind of Lambda authorizer. */
export const kinds: readonly Kind[] = [
  restKind('REST TOKEN', 'TOKEN'),
  restKind('REST REQUEST', 'REQUEST'),
  httpKind(
    'HTTP 1.0',
    { AuthorizerPayloadFormatVersion: '1.0', EnableSimpleResponses: false },
    {
      allow: (event, arn) => policyAnswer('Allow', arn ?? event['methodArn']),
      deny: policyAnswer('Deny', '*'),
    },
  ),
  httpKind(
    'HTTP 2.0 with policies',
    { EnableSimpleResponses: false },
    {
      allow: (event, arn) => policyAnswer('Allow', arn ?? event['routeArn']),
      deny: policyAnswer('Deny', '*'),
    },
  ),
  httpKind('HTTP 2.0 simple', {}, { allow: () => ({ isAuthorized: true }), deny: { isAuthorized: false } }),
  webSocketKind,
];
