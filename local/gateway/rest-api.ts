import type { Answer } from './answer.ts';
import { forwardedHeaders, type ClientRequest } from './client-request.ts';
import { findStage } from './http-call.ts';
import { headerValue } from './headers.ts';
import { shortId, uuid } from './identifiers.ts';
import { authorizeRest, type RestAuthorizationTools } from './rest-authorization.ts';
import { findMethod, type RestCall, type RestRequest } from './rest-call.ts';
import { runIntegration } from './rest-integrations.ts';
import type { RestApi } from './rest-model.ts';
import { gatewayResponse, withRequestIds } from './rest-responses.ts';
import { isValidBody } from './rest-validation.ts';
import type { Service } from './server.ts';

/** Serves a REST API. */
export function restService(api: RestApi, tools: RestAuthorizationTools): Service {
  return {
    answer: async (request) => {
      const received = receive(api, request);
      return withRequestIds(await routed(received, tools), received);
    },
  };
}

function receive(api: RestApi, request: ClientRequest): RestRequest {
  const at = findStage(api.stages, request.path);
  return {
    api,
    request,
    headers: forwardedHeaders(request),
    requestId: uuid(),
    extendedRequestId: shortId(),
    stage: at?.stage,
    path: at?.path ?? request.path,
  };
}

async function routed(received: RestRequest, tools: RestAuthorizationTools): Promise<Answer> {
  const { excess } = received.request;
  if (excess === 'headers')
    return gatewayResponse(received, {
      type: 'REQUEST_TOO_LARGE',
      status: 431,
      message: 'Request Header Fields Too Large',
    });
  if (excess === 'body') return gatewayResponse(received, { type: 'REQUEST_TOO_LARGE' });
  if (received.stage === undefined) return unknownStage;
  const call = findMethod(received);
  return call === undefined
    ? gatewayResponse(received, { type: 'MISSING_AUTHENTICATION_TOKEN' })
    : called(call, tools);
}

/** There is no API to customize this one. */
const unknownStage: Answer = {
  status: 403,
  headers: [
    ['x-amzn-ErrorType', 'ForbiddenException'],
    ['content-type', 'application/json'],
  ],
  body: '{"message":"Forbidden"}',
};

async function called(call: RestCall, tools: RestAuthorizationTools): Promise<Answer> {
  const outcome = await authorizeRest(call, tools);
  if ('refusal' in outcome) return gatewayResponse(call, outcome.refusal);
  const { authorizer } = outcome;
  const { integration, requestModels } = call.method;
  const contentType = headerValue(call.request.headers, 'content-type');
  if (!isValidBody(requestModels, contentType, call.request.body))
    return gatewayResponse(call, { type: 'BAD_REQUEST_BODY' });
  if (integration === undefined) return gatewayResponse(call, { type: 'API_CONFIGURATION_ERROR' });
  const answer = await runIntegration(integration, { call, authorizer }, tools);
  if ('body' in answer) return answer;
  return gatewayResponse(call, authorizer === undefined ? answer : { ...answer, authorizer });
}
