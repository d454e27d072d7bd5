import { startGateway, type Gateway } from '../../../local/gateway/index.ts';
import type { Resource } from '../../../local/types.ts';
import {
  FunctionDouble,
  functionArn,
  invocationUri,
  ref,
  resource,
  type Handler,
} from './function-double.ts';

const v2 = 'AWS::ApiGatewayV2';

/** An HTTP API as CDK renders one. */
export function httpApi(properties: Record<string, unknown> = {}): Resource[] {
  return [
    resource('Api', `${v2}::Api`, { Name: 'Api', ProtocolType: 'HTTP', ...properties }),
    resource('Default', `${v2}::Stage`, { ApiId: ref('Api'), AutoDeploy: true, StageName: '$default' }),
  ];
}

/** A route to a function. */
export function lambdaRoute(
  routeKey: string,
  options: { fn?: string; version?: string; route?: object; integration?: object } = {},
): Resource[] {
  const { fn = 'echo', version = '2.0' } = options;
  const id = routeKey.replaceAll(/\W/g, '_');
  return [
    resource(`${id}Integration`, `${v2}::Integration`, {
      ApiId: ref('Api'),
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: functionArn(fn),
      PayloadFormatVersion: version,
      ...options.integration,
    }),
    resource(`${id}Route`, `${v2}::Route`, {
      ApiId: ref('Api'),
      RouteKey: routeKey,
      Target: `integrations/${ref(`${id}Integration`)}`,
      AuthorizationType: 'NONE',
      ...options.route,
    }),
  ];
}

/** A Lambda authorizer of an HTTP API, and what a route needs to use it. */
export function httpAuthorizer(properties: Record<string, unknown> = {}): {
  resources: Resource[];
  route: object;
} {
  return {
    resources: [
      resource('Auth', `${v2}::Authorizer`, {
        ApiId: ref('Api'),
        AuthorizerPayloadFormatVersion: '2.0',
        AuthorizerResultTtlInSeconds: 0,
        AuthorizerType: 'REQUEST',
        AuthorizerUri: invocationUri('auth'),
        EnableSimpleResponses: true,
        IdentitySource: ['$request.header.Authorization'],
        Name: 'Auth',
        ...properties,
      }),
    ],
    route: { AuthorizationType: 'CUSTOM', AuthorizerId: ref('Auth') },
  };
}

/** A gateway that runs, and what a test needs of it. */
export interface Running {
  readonly gateway: Gateway;
  readonly url: string;
  readonly functions: FunctionDouble;
  readonly lines: string[];
}

/** Starts the gateway with plain functions in Lambda's place. */
export async function start(
  resources: readonly Resource[],
  handlers: Record<string, Handler>,
  now?: () => number,
): Promise<Running> {
  const functions = new FunctionDouble(handlers);
  const lines: string[] = [];
  const gateway = await startGateway({
    resources,
    invoker: functions,
    ports: new Map(),
    log: (source, line) => lines.push(`${source}: ${line}`),
    ...(now === undefined ? {} : { now }),
  });
  return { gateway, url: gateway.apis[0]?.url ?? '', functions, lines };
}
