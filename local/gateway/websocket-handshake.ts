import { isObject, textOf, type JsonObject } from '../json.ts';
import { messageAnswer, type Answer } from './answer.ts';
import { callFunction } from './call-function.ts';
import { domainName, forwardedHeaders, type ClientRequest } from './client-request.ts';
import { headerValue } from './headers.ts';
import { findStage } from './http-call.ts';
import { shortId } from './identifiers.ts';
import { identityValues } from './identity-source.ts';
import { askAuthorizer, type AuthorizerTools } from './lambda-authorizer.ts';
import { answerOfPayload } from './lambda-response.ts';
import { parseQuery } from './query.ts';
import type { ConnectionInfo } from './websocket-connections.ts';
import { connectArn, connectAuthorizerEvent, connectEvent, webSocketContext } from './websocket-events.ts';
import type { WebSocketApi, WebSocketAuthorization } from './websocket-model.ts';

/** What a handshake came to: a connection, with the subprotocol that `$connect` chose, or a refusal. */
export type Handshake =
  { readonly info: ConnectionInfo; readonly protocol: string | undefined } | { readonly refusal: Answer };

interface Client {
  readonly api: WebSocketApi;
  readonly request: ClientRequest;
  readonly info: ConnectionInfo;
}

/** Decides a handshake: the stage, then the authorizer, then the function of `$connect`. */
export async function shakeHands(
  api: WebSocketApi,
  request: ClientRequest,
  tools: AuthorizerTools,
): Promise<Handshake> {
  const at = findStage(api.stages, request.path);
  if (at === undefined || at.path !== '/') return { refusal: messageAnswer(403, 'Forbidden') };
  const info: ConnectionInfo = {
    connectionId: shortId(),
    stage: at.stage,
    domainName: domainName(request),
    userAgent: headerValue(request.headers, 'user-agent'),
    headers: forwardedHeaders(request),
    connectedAt: request.receivedAt,
    authorizer: undefined,
  };
  const authorized = await authorize({ api, request, info }, tools);
  if ('status' in authorized) return { refusal: authorized };
  return connect({ api, request, info: { ...info, authorizer: authorized.authorizer } }, tools);
}

function contextOf({ api, request, info }: Client): JsonObject {
  return webSocketContext(info, {
    apiId: api.apiId,
    routeKey: '$connect',
    eventType: 'CONNECT',
    at: request.receivedAt,
  });
}

async function authorize(
  client: Client,
  tools: AuthorizerTools,
): Promise<Answer | { readonly authorizer: JsonObject | undefined }> {
  const { authorization } = client.api;
  if (authorization.kind === 'none') return { authorizer: undefined };
  if (authorization.kind === 'refused') return messageAnswer(403, 'Forbidden');
  return askLambda(client, authorization, tools);
}

async function askLambda(
  client: Client,
  { authorizer, identitySource }: Extract<WebSocketAuthorization, { kind: 'lambda' }>,
  tools: AuthorizerTools,
): Promise<Answer | { readonly authorizer: JsonObject | undefined }> {
  const { api, request, info } = client;
  const context = contextOf(client);
  const query = parseQuery(request.rawQuery);
  const view = { headers: info.headers, query, context, stageVariables: info.stage.variables };
  const identity = identityValues(identitySource, view);
  if (identity === undefined) return messageAnswer(401, 'Unauthorized');
  const verdict = await askAuthorizer(tools, {
    authorizer,
    apiId: api.apiId,
    stage: info.stage.name,
    identity,
    methodArn: connectArn(api.apiId, info.stage.name),
    event: connectAuthorizerEvent(info, request, context),
  });
  if (verdict.kind === 'unauthorized') return messageAnswer(401, 'Unauthorized');
  if (verdict.kind === 'denied') return messageAnswer(403, 'Forbidden');
  if (verdict.kind === 'misconfigured') return messageAnswer(500, 'Internal server error');
  return {
    authorizer: { ...verdict.context, principalId: verdict.principalId, integrationLatency: verdict.latency },
  };
}

/** A client is connected once `$connect`'s function, if there is one, answered with a 2xx status. */
async function connect(client: Client, tools: AuthorizerTools): Promise<Handshake> {
  const { api, request, info } = client;
  const route = api.routes.get('$connect');
  if (route === undefined) return { info, protocol: undefined };
  if (route.functionArn === undefined) return { refusal: messageAnswer(500, 'Internal server error') };
  const event = connectEvent(info, request, contextOf(client));
  const outcome = await callFunction(tools.invoker, {
    functionArn: route.functionArn,
    timeoutMs: route.timeoutMs,
    event,
  });
  if (!outcome.ok && outcome.cause === 'gateway-timeout')
    return { refusal: messageAnswer(504, 'Endpoint request timed out') };
  const answer =
    outcome.ok && isObject(outcome.payload) ? answerOfPayload(outcome.payload, rules) : undefined;
  if (answer === undefined) return { refusal: messageAnswer(502, 'Internal server error') };
  if (answer.status > 299) return { refusal: answer };
  return { info, protocol: textOf(headerValue(answer.headers, 'sec-websocket-protocol')) };
}

const rules = { defaultContentType: 'application/json', inferred: false, decodesBase64: true };
