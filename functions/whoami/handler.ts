import type {
  APIGatewayProxyEventV2WithLambdaAuthorizer,
  APIGatewayProxyStructuredResultV2,
} from 'aws-lambda';

/** What the authorizer hands to a backend. */
interface Caller {
  readonly sub: string;
  readonly clientId: string;
  readonly scope: string;
  readonly jti: string;
  readonly issuer: string;
}

/** The sample protected route: who the authorizer says is calling. */
export async function handler(
  event: APIGatewayProxyEventV2WithLambdaAuthorizer<Caller>,
): Promise<APIGatewayProxyStructuredResultV2> {
  const { sub, clientId, scope, jti, issuer } = event.requestContext.authorizer.lambda;
  const scopes = scope.split(' ').filter((value) => value !== '');
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify({ subject: sub, clientId, scopes, jti, issuer }),
  };
}
