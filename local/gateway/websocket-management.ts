import { jsonAnswer, messageAnswer, type Answer } from './answer.ts';
import { sourceIp, type ClientRequest } from './client-request.ts';
import { findStage } from './http-call.ts';
import { decodePath } from './query.ts';
import type { Connection } from './websocket-connections.ts';
import type { WebSocketApi } from './websocket-model.ts';

/** Largest message, in bytes (API Gateway quotas). */
export const messageLimit = 128 * 1024;

/**
 * Answers the management API, `/<stage>/@connections/<id>`; anything else on the port is no WebSocket handshake and
 * is refused.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
 */
export function manageConnections(
  api: WebSocketApi,
  connections: ReadonlyMap<string, Connection>,
  request: ClientRequest,
): Answer {
  const at = findStage(api.stages, request.path);
  const encoded = /^\/@connections\/(?<id>[^/]+)$/.exec(at?.path ?? '')?.groups?.['id'];
  if (at === undefined || encoded === undefined) return messageAnswer(403, 'Forbidden');
  const connection = connections.get(decodePath(encoded) ?? encoded);
  if (connection?.info.stage.name !== at.stage.name) return errorAnswer(410, 'GoneException');
  return operate(connection, request);
}

function operate(connection: Connection, { method, body, excess }: ClientRequest): Answer {
  if (method === 'GET') return describe(connection);
  if (method === 'DELETE') {
    connection.close(1000, 'Connection Closed Normally');
    return { status: 204, headers: [], body: '' };
  }
  if (method !== 'POST') return messageAnswer(403, 'Forbidden');
  if (excess !== undefined || body.length > messageLimit) return errorAnswer(413, 'PayloadTooLargeException');
  connection.send(body.toString('utf8'));
  return { status: 200, headers: [], body: '' };
}

function describe({ info, lastActiveAt }: Connection): Answer {
  return jsonAnswer(200, {
    connectedAt: new Date(info.connectedAt).toISOString(),
    identity: { sourceIp, userAgent: info.userAgent ?? null },
    lastActiveAt: new Date(lastActiveAt).toISOString(),
  });
}

function errorAnswer(status: number, errorType: string): Answer {
  return jsonAnswer(status, { message: errorType }, [['x-amzn-ErrorType', errorType]]);
}
