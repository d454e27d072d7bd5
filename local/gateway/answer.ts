import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { headerValue, withoutHeaders, type HeaderPair } from './headers.ts';

/** What the gateway answers a client. */
export interface Answer {
  readonly status: number;
  readonly headers: readonly HeaderPair[];
  /** A stream is passed on as it arrives. */
  readonly body: Buffer | string | Readable;
}

/** A JSON answer. */
export function jsonAnswer(status: number, value: unknown, headers: readonly HeaderPair[] = []): Answer {
  return { status, headers: [['content-type', 'application/json'], ...headers], body: JSON.stringify(value) };
}

/** The `{"message": …}` answer that API Gateway gives for everything it decides itself. */
export function messageAnswer(status: number, message: string, headers: readonly HeaderPair[] = []): Answer {
  return jsonAnswer(status, { message }, headers);
}

/** The answer with one more header, unless the answer has it already. */
export function withHeader(answer: Answer, name: string, value: string): Answer {
  if (headerValue(answer.headers, name) !== undefined) return answer;
  return { ...answer, headers: [...answer.headers, [name, value]] };
}

/** Writes an answer. A client that went away in the meantime is not an error. */
export async function writeAnswer(response: ServerResponse, answer: Answer): Promise<void> {
  if (answer.body instanceof Readable) {
    response.writeHead(answer.status, answer.headers.flat());
    await pipeline(answer.body, response).catch(() => response.destroy());
    return;
  }
  const body = Buffer.from(answer.body);
  response.writeHead(
    answer.status,
    [
      ...withoutHeaders(answer.headers, ['content-length', 'transfer-encoding']),
      ...lengthOf(answer.status, body),
    ].flat(),
  );
  response.end(body);
}

/** A 204 or 304 has neither a body nor a length (RFC 9110, section 8.6). */
function lengthOf(status: number, body: Buffer): HeaderPair[] {
  return status === 204 || status === 304 ? [] : [['content-length', String(body.length)]];
}
