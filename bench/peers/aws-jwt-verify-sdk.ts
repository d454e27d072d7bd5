/** A revocable authorizer as one writes it with aws-jwt-verify and the AWS SDK. */
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { JwtVerifier } from 'aws-jwt-verify';
import type { Jwks } from 'aws-jwt-verify/jwk';
import { type AuthorizerAnswer, type AuthorizerRequest, bearerOf, variable } from './request.ts';

const client = new DynamoDBClient({});
const issuer = variable('BENCH_ISSUER');
const verifier = JwtVerifier.create({
  issuer,
  audience: variable('BENCH_AUDIENCE'),
  jwksUri: `${issuer}/.well-known/jwks.json`,
});
verifier.cacheJwks(JSON.parse(variable('BENCH_JWKS')) as Jwks);

export async function handler(event: AuthorizerRequest): Promise<AuthorizerAnswer> {
  const payload = await verifier.verify(bearerOf(event));
  const { Item } = await client.send(
    new GetItemCommand({
      TableName: variable('BENCH_TABLE'),
      Key: { id: { S: `token:${payload.jti}` } },
      ConsistentRead: true,
    }),
  );
  return { isAuthorized: Item === undefined };
}
