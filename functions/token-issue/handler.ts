import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { readRequest, toProxyResult } from '../../adapters/http/api-gateway.ts';
import type { DirectIssueRequest } from '../../core/contract/messages.ts';
import { Metrics } from '../../core/contract/metrics.ts';
import { errorAnswer, type HttpAnswer, jsonAnswer } from '../../core/oauth/answers.ts';
import { OAuthError } from '../../core/oauth/errors.ts';
import { issueToClient, type TokenAnswer, tokenEndpoint } from '../../core/oauth/token-endpoint.ts';
import { compose } from './compose.ts';

const { telemetry, forRequest } = compose();

/**
 * Issues access tokens: as the token endpoint (RFC 6749 §3.2), and on a direct invoke, where IAM has decided who may
 * ask. A direct invoke that is refused fails with the error's name and description.
 */
export async function handler(
  event: APIGatewayProxyEventV2 | DirectIssueRequest,
): Promise<APIGatewayProxyStructuredResultV2 | TokenAnswer> {
  return 'action' in event ? counted(await issueDirectly(event)) : toProxyResult(await answerHttp(event));
}

async function answerHttp(event: APIGatewayProxyEventV2): Promise<HttpAnswer> {
  try {
    return jsonAnswer(200, counted(await tokenEndpoint(readRequest(event), forRequest())));
  } catch (error) {
    return errorAnswer(error);
  }
}

async function issueDirectly({ clientId, scope }: DirectIssueRequest): Promise<TokenAnswer> {
  const context = forRequest();
  const client = await context.clients.get(clientId);
  if (client === undefined || client.disabled === true) {
    throw new OAuthError('invalid_client', 'no enabled client of this client id');
  }
  return issueToClient(client, scope, context);
}

function counted(answer: TokenAnswer): TokenAnswer {
  telemetry.count(Metrics.tokensIssued, {});
  return answer;
}
