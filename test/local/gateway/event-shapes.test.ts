import { afterEach, describe, expect, it } from '@jest/globals';
import {
  APIGatewayProxyEventSchema,
  APIGatewayProxyEventV2Schema,
  APIGatewayProxyWebsocketEventSchema,
  APIGatewayRequestAuthorizerEventSchema,
  APIGatewayRequestAuthorizerEventV2Schema,
  APIGatewayTokenAuthorizerEventSchema,
} from '@aws-lambda-powertools/parser/schemas';
import type { Resource } from '../../../local/types.ts';
import { httpApi, httpAuthorizer, lambdaRoute, start, type Running } from './http-fixture.ts';
import { lambdaIntegration, restApi, restAuthorizer, restMethod, restResource } from './rest-fixture.ts';
import { connect, until, webSocketApi, webSocketAuthorizer, webSocketRoute } from './websocket-fixture.ts';
import { policyAnswer } from './authorizer-kinds.ts';

let running: Running | undefined;
afterEach(async () => {
  await running?.gateway.close();
  running = undefined;
});

interface Shape {
  safeParse(event: unknown): { readonly error?: { readonly issues: unknown } | undefined };
}

/** A kind of API, and the shape of what its authorizer and its function are sent. */
interface Kind {
  readonly name: string;
  readonly resources: Resource[];
  /** What stands before a route's path. */
  readonly base: string;
  readonly authorizer: Shape;
  readonly backend: Shape;
  readonly answer: unknown;
}

const allow = policyAnswer('Allow', '*');

function httpKind(name: string, version: string, shapes: Pick<Kind, 'authorizer' | 'backend'>): Kind {
  const simple = version === '2.0' ? {} : { EnableSimpleResponses: false };
  const { resources, route } = httpAuthorizer({ AuthorizerPayloadFormatVersion: version, ...simple });
  const routes = ['ANY /orders/{id}', 'ANY /'].flatMap((key) => lambdaRoute(key, { version, route }));
  const answer = version === '2.0' ? { isAuthorized: true, context: { a: [1] } } : allow;
  return { name, resources: [...httpApi(), ...resources, ...routes], base: '', ...shapes, answer };
}

function restKind(type: 'TOKEN' | 'REQUEST', authorizer: Shape): Kind {
  const { resources, method } = restAuthorizer(type);
  const integration = { ...lambdaIntegration(), ...method };
  const routes = [
    restResource('orders', 'orders'),
    restResource('order', '{id}', 'orders'),
    restMethod('ANY', 'order', integration),
    restMethod('ANY', undefined, integration),
  ];
  return {
    name: `REST ${type}`,
    resources: [...restApi(), ...resources, ...routes],
    base: '/prod',
    authorizer,
    backend: APIGatewayProxyEventSchema,
    answer: allow,
  };
}

/** Powertools knows no authorizer event of version 1.0: it is a REST API's with three members more. */
const httpV1Authorizer: Shape = {
  safeParse: (event) => {
    const { version, identitySource, authorizationToken } = Object(event);
    expect({ version, identitySource, authorizationToken }).toEqual({
      version: '1.0',
      identitySource: 'Bearer x',
      authorizationToken: 'Bearer x',
    });
    const query = { queryStringParameters: {}, multiValueQueryStringParameters: {} };
    const { queryStringParameters: given } = Object(event);
    return APIGatewayRequestAuthorizerEventSchema.safeParse({
      ...Object(event),
      ...(given === null && query),
    });
  },
};

const kinds: readonly Kind[] = [
  httpKind('HTTP 2.0', '2.0', {
    authorizer: APIGatewayRequestAuthorizerEventV2Schema,
    backend: APIGatewayProxyEventV2Schema,
  }),
  httpKind('HTTP 1.0', '1.0', { authorizer: httpV1Authorizer, backend: APIGatewayProxyEventSchema }),
  restKind('TOKEN', APIGatewayTokenAuthorizerEventSchema),
  restKind('REQUEST', APIGatewayRequestAuthorizerEventSchema),
];

const requests: readonly [string, string, RequestInit][] = [
  ['a bare request', '/', {}],
  ['a query and path parameters', '/orders/7?a=1&a=2&b=%20', {}],
  [
    'a body',
    '/orders/7',
    { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } },
  ],
  ['a binary body', '/orders/7', { method: 'PUT', body: new Uint8Array([0, 255]) }],
  ['cookies', '/', { headers: { cookie: 'a=1; b=2' } }],
];

describe.each(kinds)('$name', (kind) => {
  it.each(requests)('sends events of the known shapes for %s', async (_what, path, init) => {
    running = await start(kind.resources, { auth: () => kind.answer, echo: () => ({ statusCode: 200 }) });
    const headers = { ...Object(init.headers), authorization: 'Bearer x' };
    const { status } = await fetch(`${running.url}${kind.base}${path}`, { ...init, headers });
    expect(status).toBe(200);
    const [asked] = running.functions.eventsOf('auth');
    const [called] = running.functions.eventsOf('echo');
    expect(kind.authorizer.safeParse(asked).error?.issues).toBeUndefined();
    expect(kind.backend.safeParse(called).error?.issues).toBeUndefined();
  });
});

/** Powertools' schema is of the authorizer's event; the others have neither type nor ARN. */
const connected = APIGatewayProxyWebsocketEventSchema.omit({ type: true, methodArn: true }).partial({
  queryStringParameters: true,
  multiValueQueryStringParameters: true,
});

it.each(['', '?a=1&a=2'])(
  'a WebSocket API sends events of the known shapes for the query "%s"',
  async (query) => {
    const { resources, route } = webSocketAuthorizer();
    const routes = [
      ...webSocketRoute('$connect', 'opened', route),
      ...webSocketRoute('$default', 'said'),
      ...webSocketRoute('$disconnect', 'closed'),
    ];
    const ok = () => ({ statusCode: 200 });
    running = await start([...webSocketApi(), ...resources, ...routes], {
      auth: () => allow,
      opened: ok,
      said: ok,
      closed: ok,
    });
    const client = await connect(`${running.url}/prod${query}`, { authorization: 'Bearer x' });
    if (!('socket' in client)) throw new Error(`refused with ${client.status}`);
    client.socket.send('{"action":"none"}');
    const { functions } = running;
    await until(() => functions.eventsOf('said').length > 0);
    client.socket.close();
    await until(() => functions.eventsOf('closed').length > 0);
    const shapes: readonly [string, Shape][] = [
      ['auth', APIGatewayProxyWebsocketEventSchema.partial({ isBase64Encoded: true })],
      ['opened', connected],
      ['said', connected.partial({ multiValueHeaders: true })],
      ['closed', connected],
    ];
    for (const [name, shape] of shapes) {
      const [event] = functions.eventsOf(name);
      expect([name, shape.safeParse(event).error?.issues]).toEqual([name, undefined]);
    }
  },
);
