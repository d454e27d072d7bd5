import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { readRequest, toProxyResult } from '../../adapters/http/api-gateway.ts';
import { adminRouteOf, answerAdmin } from '../../core/admin/routes.ts';
import type { DirectAdminAnswer, DirectAdminRequest } from '../../core/contract/messages.ts';
import { errorAnswer, type HttpAnswer } from '../../core/oauth/answers.ts';
import { OAuthError } from '../../core/oauth/errors.ts';
import { compose } from './compose.ts';

const { forRequest } = compose();

/**
 * The admin API: over HTTP, where API Gateway lets only callers with the route's scope through, and on a direct invoke,
 * where IAM has decided who may ask.
 */
export async function handler(
  event: APIGatewayProxyEventV2 | DirectAdminRequest,
): Promise<APIGatewayProxyStructuredResultV2 | DirectAdminAnswer> {
  return 'action' in event ? answerDirectly(event) : toProxyResult(await answerHttp(event));
}

async function answerDirectly({ route, actor, query, body }: DirectAdminRequest): Promise<DirectAdminAnswer> {
  const request = {
    actor,
    query: new URLSearchParams(query),
    body: body === undefined ? '' : JSON.stringify(body),
  };
  const answer = await answerAdmin(route, request, forRequest());
  return { status: answer.status, body: JSON.parse(answer.body) as object };
}

async function answerHttp(event: APIGatewayProxyEventV2): Promise<HttpAnswer> {
  try {
    const { authorizer, routeKey, query, body } = readRequest(event);
    const route = adminRouteOf(routeKey);
    if (route === undefined) throw new Error(`the admin API has no route ${routeKey}`);
    if (authorizer.sub === undefined)
      throw new Error('the route has no authorizer: nobody to record as actor');
    const context = forRequest();
    if (authorizer['issuer'] !== context.ownIssuer) throw foreignCaller();
    const caller = { actor: authorizer.sub, scopes: authorizer['scope']?.split(' ') ?? [] };
    return await answerAdmin(route, { ...caller, query, body }, context);
  } catch (error) {
    return errorAnswer(error);
  }
}

/** Whoever is believed about its own users is not believed about who may administer ours. */
function foreignCaller(): OAuthError {
  return new OAuthError('insufficient_scope', 'the token is of another issuer; allowed: one of this stack');
}
