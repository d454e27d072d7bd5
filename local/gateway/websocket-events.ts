import type { JsonObject } from '../json.ts';
import { compact, unlessEmpty } from './api-resources.ts';
import { sourceIp, type ClientRequest } from './client-request.ts';
import { allValues, lastValues, unifiedNames } from './headers.ts';
import { executeApiArn, logTime, shortId } from './identifiers.ts';
import { parseQuery } from './query.ts';
import type { ConnectionInfo } from './websocket-connections.ts';

/** What an event is about, besides its connection. */
export interface Occurrence {
  readonly apiId: string;
  readonly routeKey: string;
  readonly eventType: 'CONNECT' | 'MESSAGE' | 'DISCONNECT';
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Members of `requestContext` that this kind of event alone has. */
  readonly more?: JsonObject;
}

/** The ARN that a policy must allow for a client to connect. */
export function connectArn(apiId: string, stage: string): string {
  return executeApiArn(apiId, stage, '$connect');
}

/**
 * `requestContext` of a WebSocket event.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
 */
export function webSocketContext(
  info: ConnectionInfo,
  { apiId, routeKey, eventType, at, more }: Occurrence,
): JsonObject {
  const requestId = shortId();
  return compact({
    routeKey,
    authorizer: info.authorizer,
    eventType,
    ...more,
    extendedRequestId: requestId,
    requestTime: logTime(at),
    messageDirection: 'IN',
    stage: info.stage.name,
    connectedAt: info.connectedAt,
    requestTimeEpoch: at,
    identity: compact({ userAgent: info.userAgent, sourceIp }),
    requestId,
    domainName: info.domainName,
    connectionId: info.connectionId,
    apiId,
  });
}

/** The event of a handshake, for `$connect`'s function. */
export function connectEvent(
  info: ConnectionInfo,
  request: ClientRequest,
  requestContext: JsonObject,
): JsonObject {
  const headers = unifiedNames(info.headers);
  const query = parseQuery(request.rawQuery);
  return compact({
    headers: lastValues(headers),
    multiValueHeaders: allValues(headers),
    queryStringParameters: unlessEmpty(lastValues(query)),
    multiValueQueryStringParameters: unlessEmpty(allValues(query)),
    stageVariables: info.stage.variables,
    requestContext,
    isBase64Encoded: false,
  });
}

/** What the authorizer of `$connect` is sent. */
export function connectAuthorizerEvent(
  info: ConnectionInfo,
  request: ClientRequest,
  requestContext: JsonObject,
): JsonObject {
  const { isBase64Encoded: _unused, ...event } = connectEvent(info, request, requestContext);
  const methodArn = connectArn(String(requestContext['apiId']), info.stage.name);
  return {
    type: 'REQUEST',
    methodArn,
    queryStringParameters: {},
    multiValueQueryStringParameters: {},
    stageVariables: {},
    ...event,
  };
}

/** The event of a message. */
export function messageEvent(
  info: ConnectionInfo,
  requestContext: JsonObject,
  data: { readonly body: string; readonly isBase64Encoded: boolean },
): JsonObject {
  return compact({ requestContext, stageVariables: info.stage.variables, ...data });
}

/** The event of a connection's end. */
export function disconnectEvent(info: ConnectionInfo, requestContext: JsonObject): JsonObject {
  const headers = { Host: info.domainName, 'x-api-key': '', 'X-Forwarded-For': '', 'x-restapi': '' };
  const multiValueHeaders = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value]]),
  );
  return compact({
    headers,
    multiValueHeaders,
    stageVariables: info.stage.variables,
    requestContext,
    isBase64Encoded: false,
  });
}
