import { APIGatewayClient, FlushStageAuthorizersCacheCommand } from '@aws-sdk/client-api-gateway';
import { ApiGatewayV2Client, ResetAuthorizersCacheCommand } from '@aws-sdk/client-apigatewayv2';
import type { CachingStage } from '../../core/contract/settings.ts';
import type { AuthorizerCaches } from '../../core/ports.ts';
import { AwsRefusalError, callAws, type AwsCall } from '../aws-call.ts';

/** The control plane is slower than a table: this long for one flush, retries included, in milliseconds. */
const flushMs = 10_000;

const clientDefaults = { maxAttempts: 5, retryMode: 'standard' } as const;

/** The caches of authorizers' answers. IAM: `apigateway:DELETE` on `…/stages/<stage>/cache/authorizers`. */
export function authorizerCaches(): AuthorizerCaches {
  const rest = new APIGatewayClient(clientDefaults);
  const http = new ApiGatewayV2Client(clientDefaults);
  return {
    async flush(stage) {
      const { api, apiId, stageName } = stage;
      const call = callOn(stage);
      try {
        await callAws(call, (options) =>
          api === 'REST'
            ? rest.send(new FlushStageAuthorizersCacheCommand({ restApiId: apiId, stageName }), options)
            : http.send(new ResetAuthorizersCacheCommand({ ApiId: apiId, StageName: stageName }), options),
        );
      } catch (error) {
        // A stage that is gone keeps no answers.
        if (!(error instanceof AwsRefusalError) || error.code !== 'NotFoundException') throw error;
      }
    },
  };
}

function callOn({ api, apiId, stageName }: CachingStage): AwsCall {
  return {
    service: 'API Gateway',
    operation: api === 'REST' ? 'FlushStageAuthorizersCache' : 'ResetAuthorizersCache',
    resource: `stage ${apiId}/${stageName}`,
    budget: AbortSignal.timeout(flushMs),
  };
}
