import { isObject, type JsonObject } from './json.ts';
import { serve, type Answer, type Listening } from './loopback.ts';

/** An error as an AWS service answers it: HTTP status 400 with the error's name. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * An operation of a service, by its input.
 *
 * @throws {@link ServiceError}
 */
export type ServiceOperation = (input: JsonObject) => object | Promise<object>;

/** Starts an endpoint that speaks AWS's JSON protocol 1.1 (`X-Amz-Target: <service>.<operation>`). */
export function startJsonService(operations: Readonly<Record<string, ServiceOperation>>): Promise<Listening> {
  return serve(async (request, body) => {
    const [, name = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
    try {
      return json(200, await operationOf(name, operations)(parse(body)));
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      return json(400, { __type: error.code, message: error.message });
    }
  });
}

function operationOf(name: string, operations: Readonly<Record<string, ServiceOperation>>): ServiceOperation {
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (operation !== undefined) return operation;
  const played = Object.keys(operations).join(', ');
  throw new ServiceError(
    'UnknownOperationException',
    `"${name}" is not played on this machine; played: ${played}`,
  );
}

function parse(body: Buffer): JsonObject {
  try {
    const input: unknown = JSON.parse(body.toString());
    if (isObject(input)) return input;
  } catch {
    // Answered below, as anything else that is no JSON object.
  }
  throw new ServiceError('SerializationException', 'the body is no JSON object');
}

function json(status: number, body: object): Answer {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: JSON.stringify(body) };
}
