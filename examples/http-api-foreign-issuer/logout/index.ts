/** Ends the token that it is called with: the provider's JWTs outlive a logout there. */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { revoker } from 'keyturn/revocations';

const revoke = revoker();

export async function handler({ headers }: APIGatewayProxyEventV2): Promise<{ readonly statusCode: number }> {
  const token = headers['authorization']?.replace(/^Bearer /i, '') ?? '';
  await revoke({ token, reason: 'logged out' });
  return { statusCode: 204 };
}
