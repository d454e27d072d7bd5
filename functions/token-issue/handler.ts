import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { readRequest, toProxyResult } from '../../adapters/http/api-gateway.ts';
import type { DirectIssueRequest } from '../../core/contract/messages.ts';
import { Metrics } from '../../core/contract/metrics.ts';
import type { TokenAnswer } from '../../core/issue/issue.ts';
import { errorAnswer, type HttpAnswer, jsonAnswer } from '../../core/oauth/answers.ts';
import { issueDirectly } from '../../core/oauth/direct-issue.ts';
import { tokenEndpoint } from '../../core/oauth/token-endpoint.ts';
import { RefreshReuseError } from '../../core/refresh/use.ts';
import { compose } from './compose.ts';

const { telemetry, forRequest } = compose();

/**
 * Issues tokens: as the token endpoint (RFC 6749 §3.2), and on a direct invoke, where IAM has decided who may
 * ask. A direct invoke that is refused fails with the error's name and description.
 */
export async function handler(
  event: APIGatewayProxyEventV2 | DirectIssueRequest,
): Promise<APIGatewayProxyStructuredResultV2 | TokenAnswer> {
  if ('action' in event) return counted(await issueDirectly(event, forRequest()));
  return toProxyResult(await answerHttp(event));
}

async function answerHttp(event: APIGatewayProxyEventV2): Promise<HttpAnswer> {
  try {
    return jsonAnswer(200, counted(await tokenEndpoint(readRequest(event), forRequest())));
  } catch (error) {
    if (error instanceof RefreshReuseError)
      telemetry.count(Metrics.refreshTokensReused, {}, { sid: error.sid });
    return errorAnswer(error);
  }
}

function counted(answer: TokenAnswer): TokenAnswer {
  telemetry.count(Metrics.tokensIssued, {});
  return answer;
}
