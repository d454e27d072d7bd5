import { isObject, type JsonObject } from '../json.ts';
import type { FunctionInvoker } from '../types.ts';
import { callFunction } from './call-function.ts';
import { shortId } from './identifiers.ts';
import type { Connection } from './websocket-connections.ts';
import { disconnectEvent, messageEvent, webSocketContext } from './websocket-events.ts';
import type { WebSocketApi, WebSocketRoute } from './websocket-model.ts';

/** What handling a message needs. */
export interface MessageTools {
  readonly invoker: FunctionInvoker;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A message as it came over the wire. */
export interface Message {
  readonly data: Buffer;
  readonly isBinary: boolean;
}

/** Hands a message to the function of its route. */
export async function handleMessage(
  api: WebSocketApi,
  connection: Connection,
  message: Message,
  tools: MessageTools,
): Promise<void> {
  connection.touch();
  const routeKey = routeKeyOf(api, message);
  const more = { messageId: shortId() };
  const context = webSocketContext(connection.info, {
    apiId: api.apiId,
    routeKey,
    eventType: 'MESSAGE',
    at: tools.now(),
    more,
  });
  const route = api.routes.get(routeKey);
  if (route === undefined) return sendError(connection, context, 'Forbidden');
  const { isBinary, data } = message;
  const event = messageEvent(connection.info, context, {
    body: data.toString(isBinary ? 'base64' : 'utf8'),
    isBase64Encoded: isBinary,
  });
  await deliver(connection, { route, context, event }, tools);
}

/** Tells the function of `$disconnect`, if there is one, that a connection ended. */
export async function handleDisconnect(
  api: WebSocketApi,
  { info }: Connection,
  end: { readonly code: number; readonly reason: string },
  tools: MessageTools,
): Promise<void> {
  const route = api.routes.get('$disconnect');
  if (route?.functionArn === undefined) return;
  const more = { disconnectStatusCode: end.code, disconnectReason: end.reason };
  const context = webSocketContext(info, {
    apiId: api.apiId,
    routeKey: '$disconnect',
    eventType: 'DISCONNECT',
    at: tools.now(),
    more,
  });
  const { functionArn, timeoutMs } = route;
  await callFunction(tools.invoker, { functionArn, timeoutMs, event: disconnectEvent(info, context) });
}

interface Delivery {
  readonly route: WebSocketRoute;
  readonly context: JsonObject;
  readonly event: JsonObject;
}

async function deliver(
  connection: Connection,
  { route, context, event }: Delivery,
  { invoker }: MessageTools,
): Promise<void> {
  const { functionArn, timeoutMs, responds } = route;
  const outcome =
    functionArn === undefined ? undefined : await callFunction(invoker, { functionArn, timeoutMs, event });
  if (outcome === undefined || !outcome.ok) {
    const late = outcome?.cause === 'gateway-timeout';
    return sendError(connection, context, late ? 'Endpoint request timed out' : 'Internal server error');
  }
  const body = isObject(outcome.payload) ? outcome.payload['body'] : undefined;
  if (responds && typeof body === 'string' && body !== '') connection.send(body);
}

function sendError(connection: Connection, context: JsonObject, message: string): void {
  const { connectionId, requestId } = context;
  connection.send(JSON.stringify({ message, connectionId, requestId }));
}

/** A key of the API's own that the body names, else `$default`; nobody calls `$connect` by a message. */
function routeKeyOf({ selectionPath, routes }: WebSocketApi, { data, isBinary }: Message): string {
  const key =
    isBinary || selectionPath.length === 0 ? undefined : valueAt(parse(data.toString('utf8')), selectionPath);
  return typeof key === 'string' && !key.startsWith('$') && routes.has(key) ? key : '$default';
}

function valueAt(body: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (isObject(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined),
    body,
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
