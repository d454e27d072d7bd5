import { messageAnswer, withHeader, type Answer } from './answer.ts';
import { callFunction } from './call-function.ts';
import type { ClientRequest } from './client-request.ts';
import { preflightAnswer, withCors } from './cors.ts';
import { authorizeHttp, type HttpAuthorizationTools } from './http-authorization.ts';
import { findRoute, findStage, httpCall, type HttpCall } from './http-call.ts';
import { eventV2, type HttpAuthorizerContext } from './http-events.ts';
import { eventV1 } from './http-events-v1.ts';
import type { HttpApi, HttpIntegration } from './http-model.ts';
import { proxyHttp } from './http-proxy.ts';
import { shortId } from './identifiers.ts';
import { answerOfPayload } from './lambda-response.ts';
import { decodePath } from './query.ts';
import type { Service } from './server.ts';

/** What an HTTP API needs of the gateway. */
export type HttpTools = HttpAuthorizationTools;

/** Serves an HTTP API. */
export function httpService(api: HttpApi, tools: HttpTools): Service {
  return {
    answer: async (request) => {
      const requestId = shortId();
      const answer =
        (api.cors && preflightAnswer(api.cors, request)) ??
        (await routed(api, tools, { request, requestId }));
      const shared =
        api.cors === undefined || isPreflight(request) ? answer : withCors(api.cors, request, answer);
      return withHeader(shared, 'apigw-requestid', requestId);
    },
  };
}

function isPreflight(request: ClientRequest): boolean {
  return (
    request.method === 'OPTIONS' &&
    request.headers.some(([name]) => name.toLowerCase() === 'access-control-request-method')
  );
}

interface Received {
  readonly request: ClientRequest;
  readonly requestId: string;
}

async function routed(api: HttpApi, tools: HttpTools, { request, requestId }: Received): Promise<Answer> {
  if (request.excess === 'headers') return messageAnswer(431, 'Request Header Fields Too Large');
  if (request.excess === 'body') return messageAnswer(413, 'Request Entity Too Large');
  const path = decodePath(request.path);
  if (path === undefined) return messageAnswer(400, 'Bad Request');
  const at = findStage(api.stages, path);
  const found = at && findRoute(api.routes, request.method, at.path);
  if (at === undefined || found === undefined) return messageAnswer(404, 'Not Found');
  return called(httpCall({ api, stage: at.stage, request, path, requestId, ...found }), tools);
}

async function called(call: HttpCall, tools: HttpTools): Promise<Answer> {
  const authorized = await authorizeHttp(call, tools);
  if ('answer' in authorized) return authorized.answer;
  const { integration } = call.route;
  if (integration === undefined) return messageAnswer(500, 'Internal Server Error');
  if (integration.kind === 'proxy') return proxyHttp(call, integration, authorized.context);
  return invoked({ call, integration, context: authorized.context }, tools);
}

interface Invocation {
  readonly call: HttpCall;
  readonly integration: Extract<HttpIntegration, { kind: 'lambda' }>;
  readonly context: HttpAuthorizerContext | undefined;
}

async function invoked({ call, integration, context }: Invocation, tools: HttpTools): Promise<Answer> {
  const { functionArn, timeoutMs, version } = integration;
  const event = version === '2.0' ? eventV2(call, context) : eventV1(call, context);
  const outcome = await callFunction(tools.invoker, { functionArn, timeoutMs, event });
  if (!outcome.ok) {
    const late = outcome.cause === 'gateway-timeout' || outcome.cause === 'throttled';
    return late ? messageAnswer(503, 'Service Unavailable') : messageAnswer(500, 'Internal Server Error');
  }
  const answer = answerOfPayload(outcome.payload, {
    defaultContentType: 'text/plain;charset=UTF-8',
    inferred: version === '2.0',
    decodesBase64: true,
  });
  if (answer !== undefined) return answer;
  tools.log(call.route.logicalId, 'the function answered nothing that is a proxy response: 500');
  return messageAnswer(500, 'Internal Server Error');
}
