/** A revocable authorizer as one writes it with jose and the AWS SDK. */
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { type AuthorizerAnswer, type AuthorizerRequest, bearerOf, variable } from './request.ts';

const client = new DynamoDBClient({});
const keys = createLocalJWKSet(JSON.parse(variable('BENCH_JWKS')) as JSONWebKeySet);
const expected = { issuer: variable('BENCH_ISSUER'), audience: variable('BENCH_AUDIENCE'), typ: 'at+jwt' };

export async function handler(event: AuthorizerRequest): Promise<AuthorizerAnswer> {
  const { payload } = await jwtVerify(bearerOf(event), keys, expected);
  const { Item } = await client.send(
    new GetItemCommand({
      TableName: variable('BENCH_TABLE'),
      Key: { id: { S: `token:${payload.jti}` } },
      ConsistentRead: true,
    }),
  );
  return { isAuthorized: Item === undefined };
}
