import { isObject } from '../json.ts';
import { serve, type Answer, type Listening } from '../loopback.ts';
import { KmsError, operations, type Keys } from './operations.ts';

/** Starts an endpoint that speaks the KMS JSON protocol (`X-Amz-Target: TrentService.<operation>`). */
export function startKms(keys: Keys): Promise<Listening> {
  return serve(async (request, body) => {
    const [, name = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
    try {
      return json(200, call(name, body, keys));
    } catch (error) {
      if (!(error instanceof KmsError)) throw error;
      return json(400, { __type: error.code, message: error.message });
    }
  });
}

function call(name: string, body: Buffer, keys: Keys): object {
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (operation === undefined) {
    const played = Object.keys(operations).join(', ');
    throw new KmsError(
      'UnknownOperationException',
      `"${name}" is not played on this machine; played: ${played}`,
    );
  }
  return operation(parse(body), keys);
}

function parse(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    const input: unknown = JSON.parse(body.toString());
    if (isObject(input)) return input;
  } catch {
    // Answered below, as anything else that is no JSON object.
  }
  throw new KmsError('SerializationException', 'the body is no JSON object');
}

function json(status: number, body: object): Answer {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: JSON.stringify(body) };
}
