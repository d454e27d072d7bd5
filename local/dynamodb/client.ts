import { request } from 'node:http';
import { objectOf, textOf, type JsonObject } from '../json.ts';

/** An error that the engine answered, by its AWS name. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code: string;
  readonly status: number;

  constructor(code: string, status: number, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** The engines check the form of a signature, not its value. */
const authorization =
  'AWS4-HMAC-SHA256 Credential=local/20200101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=local';

/**
 * Calls one operation of the DynamoDB API.
 *
 * @param target for example `DynamoDB_20120810.ListTables`.
 * @throws {@link EngineError} what the engine answered; a system error when it is not there.
 */
export async function callEngine(endpoint: string, target: string, input: unknown): Promise<JsonObject> {
  const { status, text } = await post(endpoint, target, JSON.stringify(input));
  const answer = objectOf(JSON.parse(text));
  if (status === 200) return answer;
  const type = textOf(answer.__type) ?? 'InternalFailure';
  throw new EngineError(
    type.slice(type.lastIndexOf('#') + 1),
    status,
    textOf(answer.message) ?? textOf(answer.Message) ?? text,
  );
}

function post(endpoint: string, target: string, body: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization,
      'content-type': 'application/x-amz-json-1.0',
      'content-length': Buffer.byteLength(body),
      'x-amz-target': target,
      'x-amz-date': '20200101T000000Z',
    };
    const call = request(endpoint, { method: 'POST', headers, timeout: 30_000 }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
      );
    });
    call.on('timeout', () => call.destroy(new Error('the engine did not answer within 30 s')));
    call.on('error', reject);
    call.end(body);
  });
}
