/** The floor: one unsigned HTTP read and one `crypto.verify`, and not one check more. */
import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { type AuthorizerAnswer, type AuthorizerRequest, bearerOf, variable } from './request.ts';

const { keys } = JSON.parse(variable('BENCH_JWKS')) as { keys: (JsonWebKey & { alg: string })[] };
const alg = keys[0]?.alg ?? '';
const key = createPublicKey({ key: keys[0] ?? {}, format: 'jwk' });
const agent = new Agent({ keepAlive: true });
const endpoint = variable('AWS_ENDPOINT_URL_DYNAMODB');
const table = variable('BENCH_TABLE');

function holds(signed: string, signature: Buffer): boolean {
  if (alg === 'EdDSA') return verify(null, Buffer.from(signed), key, signature);
  return verify(
    'sha256',
    Buffer.from(signed),
    alg === 'ES256' ? { key, dsaEncoding: 'ieee-p1363' } : key,
    signature,
  );
}

export async function handler(event: AuthorizerRequest): Promise<AuthorizerAnswer> {
  const [header = '', payload = '', signature = ''] = bearerOf(event).split('.');
  if (!holds(`${header}.${payload}`, Buffer.from(signature, 'base64url'))) return { isAuthorized: false };
  const { jti } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { jti: string };
  return { isAuthorized: !('Item' in (await read(`token:${jti}`))) };
}

function read(id: string): Promise<object> {
  const body = JSON.stringify({ TableName: table, Key: { id: { S: id } }, ConsistentRead: true });
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(body),
    'x-amz-target': 'DynamoDB_20120810.GetItem',
    'x-amz-date': '20260101T000000Z',
    authorization:
      'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
  };
  return new Promise((resolve, reject) => {
    const sent = request(endpoint, { method: 'POST', agent, headers }, (response) => {
      text(response).then((answer) => resolve(JSON.parse(answer) as object), reject);
    });
    sent.on('error', reject).end(body);
  });
}
