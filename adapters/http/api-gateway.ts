import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from 'aws-lambda';
import type { HttpAnswer } from '../../core/oauth/answers.ts';
import { OAuthError } from '../../core/oauth/errors.ts';

/** A request, whatever kind of API it came through. */
export interface HttpRequest {
  readonly method: string;
  /** Of an HTTP API with the stage in front, unless it is `$default`; of a REST API without. */
  readonly path: string;
  /** API Gateway's key of the route: `POST /oauth2/token`, `ANY /{proxy+}`, `$default`. */
  readonly routeKey: string;
  /** By lower-case name; several of one name are joined by commas (RFC 9110 §5.3). */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly query: URLSearchParams;
  /** Empty where there is none. */
  readonly body: string;
  /** What a Lambda authorizer said of the caller, scalars as text. Empty where the route has no authorizer. */
  readonly authorizer: Readonly<Record<string, string | undefined>>;
}

/** Events of payload format 2.0 (HTTP APIs) and 1.0 (HTTP and REST APIs). */
export type ProxyEvent = APIGatewayProxyEventV2 | APIGatewayProxyEvent;

/** A proxy answer that both payload formats take. */
export interface ProxyResult {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

/**
 * Reads a Lambda proxy event.
 *
 * @throws OAuthError `invalid_request` where the body is not UTF-8 text
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function readRequest(event: ProxyEvent): HttpRequest {
  return { ...('rawPath' in event ? readV2(event) : readV1(event)), body: readBody(event) };
}

/** The proxy answer for an HTTP answer. */
export function toProxyResult({ status, headers, body }: HttpAnswer): ProxyResult {
  return { statusCode: status, headers: { ...headers }, body };
}

function readV2(event: APIGatewayProxyEventV2): Omit<HttpRequest, 'body'> {
  return {
    method: event.requestContext.http.method,
    path: event.rawPath,
    routeKey: event.routeKey,
    headers: joined(Object.entries(event.headers)),
    query: new URLSearchParams(event.rawQueryString),
    authorizer: scalars(lambdaContext(event.requestContext)),
  };
}

/** What a Lambda authorizer handed over; the event's own type has no place for it. */
function lambdaContext(context: object): unknown {
  const authorizer: unknown = 'authorizer' in context ? context.authorizer : undefined;
  return isObject(authorizer) && 'lambda' in authorizer ? authorizer.lambda : undefined;
}

/** `headers` and `queryStringParameters` hold the last of several; the multi-value ones hold all. */
function readV1(event: APIGatewayProxyEvent): Omit<HttpRequest, 'body'> {
  const { httpMethod, resource, multiValueHeaders, multiValueQueryStringParameters } = event;
  return {
    method: httpMethod,
    path: event.path,
    routeKey: `${httpMethod} ${resource}`,
    headers: joined(pairs(multiValueHeaders)),
    query: new URLSearchParams(pairs(multiValueQueryStringParameters)),
    authorizer: scalars(event.requestContext.authorizer),
  };
}

type Pair = [name: string, value: string];

/** API Gateway sends null for "none". */
function pairs(values: Readonly<Record<string, string[] | undefined>> | null): Pair[] {
  return Object.entries(values ?? {}).flatMap(([name, all]) =>
    (all ?? []).map((value): Pair => [name, value]),
  );
}

/** Two spellings of one name are one header. */
function joined(
  headers: readonly (readonly [string, string | undefined])[],
): Readonly<Record<string, string>> {
  const byName = new Map<string, string>();
  for (const [spelling, value] of headers) {
    const name = spelling.toLowerCase();
    const before = byName.get(name);
    if (value !== undefined) byName.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(byName);
}

function scalars(context: unknown): Readonly<Record<string, string>> {
  if (!isObject(context)) return {};
  return Object.fromEntries(
    Object.entries(context).flatMap(([name, value]: [string, unknown]) =>
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
        ? [[name, String(value)]]
        : [],
    ),
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function readBody({ body, isBase64Encoded }: ProxyEvent): string {
  if (!isBase64Encoded) return body ?? '';
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      Buffer.from(body ?? '', 'base64'),
    );
  } catch {
    throw new OAuthError('invalid_request', 'the body must be UTF-8 text');
  }
}
