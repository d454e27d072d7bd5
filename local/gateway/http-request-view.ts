import type { HttpCall } from './http-call.ts';
import { requestContextV2, type HttpAuthorizerContext } from './http-events.ts';
import type { RequestView } from './identity-source.ts';
import { parseQuery } from './query.ts';

/** A call as identity sources and parameter mappings see it. */
export function requestView(call: HttpCall, authorizer?: HttpAuthorizerContext): RequestView {
  const { request } = call;
  const context = requestContextV2(call, undefined);
  return {
    headers: call.headers,
    query: parseQuery(request.rawQuery),
    context: {
      ...context,
      authorizer: authorizerVariables(authorizer),
      httpMethod: request.method,
      path: call.path,
      protocol: request.protocol,
      requestTime: context['time'],
      requestTimeEpoch: context['timeEpoch'],
      identity: context['http'],
    },
    stageVariables: call.stage.variables,
    pathParameters: call.pathParameters,
  };
}

/** `$context.authorizer.x` is a member of a Lambda authorizer's context, `$context.authorizer.claims.x` a JWT's claim. */
function authorizerVariables(authorizer: HttpAuthorizerContext | undefined) {
  if (authorizer === undefined) return {};
  if ('jwt' in authorizer) return authorizer.jwt;
  return authorizer.principalId === undefined
    ? { ...authorizer.lambda }
    : { ...authorizer.lambda, principalId: authorizer.principalId };
}
