import { WebSocket } from 'ws';
import type { Resource } from '../../../local/types.ts';
import { invocationUri, ref, resource } from './function-double.ts';

const v2 = 'AWS::ApiGatewayV2';

/** A WebSocket API with a `prod` stage, as CDK renders one. */
export function webSocketApi(): Resource[] {
  return [
    resource('Api', `${v2}::Api`, {
      Name: 'Api',
      ProtocolType: 'WEBSOCKET',
      RouteSelectionExpression: '$request.body.action',
    }),
    resource('Prod', `${v2}::Stage`, { ApiId: ref('Api'), AutoDeploy: true, StageName: 'prod' }),
  ];
}

/** A route to a function. */
export function webSocketRoute(routeKey: string, fn: string, more: object = {}): Resource[] {
  const id = routeKey.replaceAll(/\W/g, '');
  return [
    resource(`${id}Integration`, `${v2}::Integration`, {
      ApiId: ref('Api'),
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: invocationUri(fn),
    }),
    resource(`${id}Route`, `${v2}::Route`, {
      ApiId: ref('Api'),
      AuthorizationType: 'NONE',
      RouteKey: routeKey,
      Target: `integrations/${ref(`${id}Integration`)}`,
      ...more,
    }),
  ];
}

/** The authorizer of `$connect`, and what the route needs to use it. */
export function webSocketAuthorizer(): { resources: Resource[]; route: object } {
  return {
    resources: [
      resource('Auth', `${v2}::Authorizer`, {
        ApiId: ref('Api'),
        AuthorizerType: 'REQUEST',
        AuthorizerUri: invocationUri('auth'),
        IdentitySource: ['route.request.header.Authorization'],
        Name: 'Auth',
      }),
    ],
    route: { AuthorizationType: 'CUSTOM', AuthorizerId: ref('Auth') },
  };
}

/** Outcome of a handshake. */
export type Connected = { readonly socket: WebSocket } | { readonly status: number; readonly body: string };

/** Connects a client, or reads why it was refused. */
export function connect(
  url: string,
  headers: Record<string, string> = {},
  protocols: string[] = [],
): Promise<Connected> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, protocols, { headers });
    socket.on('open', () => resolve({ socket }));
    socket.on('error', reject);
    socket.on('unexpected-response', (_request, response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
      );
    });
  });
}

/** The next message of a client. */
export function nextMessage(socket: WebSocket): Promise<string> {
  return new Promise((resolve) => {
    socket.once('message', (data: Buffer) => resolve(data.toString()));
  });
}

/** Waits until something is so. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 2000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('waited 2 s in vain');
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  }
}
