import { numberOf, textOf } from '../json.ts';
import { physicalId } from '../physical-id.ts';
import type { Resource } from '../types.ts';
import { stringsOf, type ApiResources } from './api-resources.ts';
import { readStages } from './http-template.ts';
import type { WebSocketApi, WebSocketAuthorization, WebSocketRoute } from './websocket-model.ts';

/** A WebSocket API waits this long for a function by default, in milliseconds. */
const timeoutMs = 29_000;

/** Largest answer of a WebSocket API's authorizer, in bytes (API Gateway quotas). */
const answerLimit = 8192;

/** Reads a WebSocket API and all that belongs to it. */
export function readWebSocketApi(found: ApiResources): WebSocketApi {
  const { api, apiId } = found;
  const routes = found.ofType('AWS::ApiGatewayV2::Route');
  const connect = routes.find(({ properties }) => properties['RouteKey'] === '$connect');
  return {
    apiId,
    logicalId: api.logicalId,
    name: textOf(api.properties['Name']) ?? api.logicalId,
    stages: readStages(found, 'AWS::ApiGatewayV2::Stage'),
    selectionPath: readSelection(found),
    routes: new Map(
      routes.map((route) => [textOf(route.properties['RouteKey']) ?? '$default', readRoute(found, route)]),
    ),
    authorization: connect === undefined ? { kind: 'none' } : readAuthorization(found, connect),
  };
}

function readSelection(found: ApiResources): string[] {
  const expression = textOf(found.api.properties['RouteSelectionExpression']) ?? '';
  const path = /^\$\{?request\.body\.(?<path>[^{}]+)\}?$/.exec(expression)?.groups?.['path'];
  if (path === undefined)
    found.leaveOut(
      found.api,
      `the route selection expression "${expression}" is not played: all messages go to $default`,
    );
  return path?.split('.') ?? [];
}

function readRoute(found: ApiResources, route: Resource): WebSocketRoute {
  const id = textOf(route.properties['Target'])?.replace(/^integrations\//, '');
  const integration = found.byId('AWS::ApiGatewayV2::Integration', id);
  const played = integration?.properties['IntegrationType'] === 'AWS_PROXY';
  if (!played)
    found.leaveOut(
      integration ?? route,
      'only Lambda proxy integrations (AWS_PROXY) of a WebSocket API are played',
    );
  return {
    logicalId: route.logicalId,
    functionArn: played ? textOf(integration.properties['IntegrationUri']) : undefined,
    timeoutMs: numberOf(integration?.properties['TimeoutInMillis']) ?? timeoutMs,
    responds: route.properties['RouteResponseSelectionExpression'] !== undefined,
  };
}

function readAuthorization(found: ApiResources, connect: Resource): WebSocketAuthorization {
  const kind = textOf(connect.properties['AuthorizationType']) ?? 'NONE';
  if (kind === 'NONE') return { kind: 'none' };
  const authorizer = found.byId('AWS::ApiGatewayV2::Authorizer', connect.properties['AuthorizerId']);
  if (kind !== 'CUSTOM' || authorizer === undefined) {
    found.leaveOut(
      connect,
      `authorization type ${kind} cannot be checked here, so its connections are refused with 403`,
    );
    return { kind: 'refused' };
  }
  const { logicalId, properties } = authorizer;
  const rules = { simple: false, structuredContext: false, principalRequired: true, sizeLimit: answerLimit };
  const functionArn = textOf(properties['AuthorizerUri']) ?? '';
  return {
    kind: 'lambda',
    authorizer: { id: physicalId(logicalId), logicalId, functionArn, ttlSeconds: 0, timeoutMs, rules },
    identitySource: stringsOf(properties['IdentitySource']),
  };
}
