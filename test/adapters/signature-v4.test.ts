import { createHash, createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Checksum, HttpRequest, SourceData } from '@smithy/types';
import * as fc from 'fast-check';
import { dynamoDbSettings } from '../../adapters/aws-http/settings.ts';
import { type AwsCredentials, signerV4 } from '../../adapters/aws-http/signature-v4.ts';
import { connectLightly } from '../../adapters/dynamodb/light-connection.ts';
import { connect, credentials } from './tables.ts';
import { recordingServer, type RecordingServer } from './recording-server.ts';

/** Of AWS's test suite (aws-sig-v4-test-suite), as is all that is signed below with `service`. */
const example: AwsCredentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
const host = 'example.amazonaws.com';
const now = Date.UTC(2015, 7, 30, 12, 36);

describe("signs what AWS's test suite signs:", () => {
  it.each([
    ['post-vanilla', {}, '', '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
    [
      'post-header-key-sort',
      { 'my-header1': 'value1' },
      '',
      'c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c',
    ],
    [
      'post-x-www-form-urlencoded',
      { 'content-type': 'application/x-www-form-urlencoded' },
      'Param1=value1',
      'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
    ],
  ])('%s', (_, headers, body, signature) => {
    const sign = signerV4({ credentials: example, region: 'us-east-1', service: 'service' });
    const names = ['host', ...Object.keys(headers), 'x-amz-date'].sort().join(';');
    expect(sign({ headers: { host, ...headers }, body, now }).authorization).toBe(
      `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${names}, Signature=${signature}`,
    );
  });
});

/** The hash that `SignatureV4` asks for. */
class Sha256 implements Checksum {
  readonly #hash;
  constructor(secret?: SourceData) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }
  update(data: SourceData): void {
    this.#hash.update(bytesOf(data));
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {}
}

function bytesOf(data: SourceData): string | Uint8Array {
  return data instanceof ArrayBuffer ? new Uint8Array(data) : (data as string | Uint8Array);
}

it("signs what the SDK's signer signs, over days, bodies, headers and credentials", async () => {
  const text = fc.string({ unit: 'binary' }).map((value) => value.toWellFormed());
  const header = fc.stringMatching(/^[!-~]( {0,3}[!-~]){0,20}$/);
  const arbitrary = fc.record({
    body: text,
    target: header,
    secretAccessKey: fc.stringMatching(/^[A-Za-z0-9+/]{1,40}$/),
    sessionToken: fc.option(fc.stringMatching(/^[A-Za-z0-9+/=]{1,60}$/), { nil: undefined }),
    at: fc.integer({ min: 0, max: 4e12 }),
  });
  await fc.assert(
    fc.asyncProperty(arbitrary, async ({ body, target, secretAccessKey, sessionToken, at }) => {
      const signed = {
        accessKeyId: 'AKID',
        secretAccessKey,
        ...(sessionToken !== undefined && { sessionToken }),
      };
      const headers = { host, 'x-amz-target': target };
      const theirs = new SignatureV4({
        credentials: signed,
        region: 'r',
        service: 's',
        sha256: Sha256,
        applyChecksum: false,
      });
      const request = {
        method: 'POST',
        protocol: 'https:',
        hostname: host,
        path: '/',
        query: {},
        headers,
        body,
      };
      const expected = await theirs.sign(request as HttpRequest, { signingDate: new Date(at) });
      const sign = signerV4({ credentials: signed, region: 'r', service: 's' });
      expect(sign({ headers, body, now: at })).toEqual(expected.headers);
    }),
    { numRuns: 500 },
  );
});

describe("the light connection's requests", () => {
  let server: RecordingServer;
  beforeAll(async () => {
    server = await recordingServer('{}');
  });
  afterAll(() => server.close());

  const input = { TableName: 'T', Key: { id: { S: 'käse "1"' } }, ConsistentRead: true };
  const options = { abortSignal: new AbortController().signal };

  it("are the SDK's, and its signature of the same headers at the same time is theirs", async () => {
    const settings = { endpoint: server.endpoint, region: 'us-east-1', credentials };
    await connectLightly(settings).getItem(input, options);
    const client = connect(server.endpoint);
    await client.getItem(input, options);
    client.destroy();
    const [light, sdk] = server.requests;
    expect(light?.body).toBe(sdk?.body);
    for (const name of ['host', 'content-type', 'content-length', 'x-amz-target'])
      expect([name, light?.headers[name]]).toEqual([name, sdk?.headers[name]]);
    const { authorization } = sdk?.headers ?? {};
    const names = /SignedHeaders=([^,]+)/.exec(String(authorization))?.[1]?.split(';') ?? [];
    const given = names.filter((name) => name !== 'x-amz-date' && name !== 'x-amz-security-token');
    const headers = Object.fromEntries(given.map((name) => [name, String(sdk?.headers[name])]));
    const resigned = signerV4({ credentials, region: 'us-east-1', service: 'dynamodb' })({
      headers,
      body: sdk?.body ?? '',
      now: timeOf(String(sdk?.headers['x-amz-date'])),
    });
    expect(resigned.authorization).toBe(authorization);
  });
});

/** `20150830T123600Z` in milliseconds. */
function timeOf(date: string): number {
  return Date.parse(date.replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/, '$1-$2-$3T$4:$5:$6Z'));
}

describe('dynamoDbSettings', () => {
  const env = { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 's' };

  it.each<[string, Record<string, string>, string]>([
    ['of a Region', {}, 'https://dynamodb.eu-west-1.amazonaws.com'],
    ['of a Region in China', { AWS_REGION: 'cn-north-1' }, 'https://dynamodb.cn-north-1.amazonaws.com.cn'],
    [
      'of a Region of the European cloud',
      { AWS_REGION: 'eusc-de-east-1' },
      'https://dynamodb.eusc-de-east-1.amazonaws.eu',
    ],
    ['of every service', { AWS_ENDPOINT_URL: 'http://all' }, 'http://all'],
    [
      'of DynamoDB',
      { AWS_ENDPOINT_URL: 'http://all', AWS_ENDPOINT_URL_DYNAMODB: 'http://own' },
      'http://own',
    ],
  ])('has the endpoint %s', (_, changes, endpoint) => {
    expect(dynamoDbSettings({ ...env, ...changes })).toMatchObject({ endpoint });
  });

  it('has a session token where there is one', () => {
    expect(dynamoDbSettings(env).credentials).toEqual({ accessKeyId: 'a', secretAccessKey: 's' });
    expect(dynamoDbSettings({ ...env, AWS_SESSION_TOKEN: 't' }).credentials).toMatchObject({
      sessionToken: 't',
    });
  });

  it.each(Object.keys(env))('names %s where it is missing', (name) => {
    expect(() => dynamoDbSettings({ ...env, [name]: '' })).toThrow(
      `environment variable ${name}: got nothing; allowed: what Lambda sets in every function`,
    );
  });
});
