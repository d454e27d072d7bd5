import type { JsonObject } from '../json.ts';
import type { Answer } from './answer.ts';
import { askBackend } from './backend.ts';
import { callFunction } from './call-function.ts';
import { headerValue, type HeaderPair, withoutHeaders } from './headers.ts';
import { answerOfPayload } from './lambda-response.ts';
import { matchesMedia } from './media.ts';
import { restView, type RestCall } from './rest-call.ts';
import { proxyEvent } from './rest-events.ts';
import { mappingValue } from './rest-mapping.ts';
import { mappedResponse, mockAnswer } from './rest-mapped-response.ts';
import type { RestIntegration } from './rest-model.ts';
import { withRemappedHeaders, type Refusal } from './rest-responses.ts';
import type { AuthorizerTools } from './lambda-authorizer.ts';

/** A call on its way to its integration. */
export interface Forwarded {
  readonly call: RestCall;
  /** `requestContext.authorizer`. */
  readonly authorizer: JsonObject | undefined;
}

/** Runs an integration: its answer, or why the gateway must answer itself. */
export async function runIntegration(
  integration: RestIntegration,
  forwarded: Forwarded,
  tools: AuthorizerTools,
): Promise<Answer | Refusal> {
  if (integration.kind === 'lambda') return runLambda(integration, forwarded, tools);
  if (integration.kind === 'http') return runHttp(integration, forwarded);
  return (
    mockAnswer(integration, restView(forwarded.call, forwarded.authorizer)) ?? {
      type: 'API_CONFIGURATION_ERROR',
    }
  );
}

type Integration<K> = Extract<RestIntegration, { kind: K }>;

const responseMembers = ['statusCode', 'headers', 'multiValueHeaders', 'body', 'isBase64Encoded'];

async function runLambda(
  { functionArn, timeoutMs }: Integration<'lambda'>,
  { call, authorizer }: Forwarded,
  tools: AuthorizerTools,
): Promise<Answer | Refusal> {
  const outcome = await callFunction(tools.invoker, {
    functionArn,
    timeoutMs,
    event: proxyEvent(call, authorizer),
  });
  if (!outcome.ok && outcome.cause === 'gateway-timeout') return { type: 'INTEGRATION_TIMEOUT' };
  if (!outcome.ok && outcome.cause === 'throttled') return { type: 'API_CONFIGURATION_ERROR' };
  if (!outcome.ok) return { type: 'DEFAULT_5XX' };
  const answer = answerOfPayload(outcome.payload, {
    defaultContentType: 'application/json',
    inferred: false,
    members: responseMembers,
    decodesBase64: acceptsBinary(call),
  });
  if (answer !== undefined) return withRemappedHeaders(answer);
  tools.log(call.method.logicalId, 'the function answered nothing that is a proxy response: 502');
  return { type: 'DEFAULT_5XX' };
}

/** Only the first media type of `Accept` counts. */
function acceptsBinary({ request, api }: RestCall): boolean {
  const [first = ''] = (headerValue(request.headers, 'accept') ?? '').split(',');
  const [type = ''] = first.split(';');
  return matchesMedia(type.trim().toLowerCase(), api.binaryMediaTypes);
}

async function runHttp(
  integration: Integration<'http'>,
  { call, authorizer }: Forwarded,
): Promise<Answer | Refusal> {
  const view = restView(call, authorizer);
  const mapped = (place: string): HeaderPair[] =>
    Object.entries(integration.parameters)
      .filter(([key]) => key.startsWith(`integration.request.${place}.`))
      .map(([key, expression]) => [
        key.slice(`integration.request.${place}.`.length),
        mappingValue(expression, view) ?? '',
      ]);
  const answer = await askBackend({
    url: targetUrl(integration, { path: mapped('path'), query: mapped('querystring') }, call),
    method: integration.method === 'ANY' ? call.request.method : integration.method,
    headers: backendHeaders(integration.proxy ? call.headers : [], mapped('header')),
    body: call.request.body,
    timeoutMs: integration.timeoutMs,
    streams: integration.streams,
  });
  if (answer === 'timeout') return { type: 'INTEGRATION_TIMEOUT' };
  if (answer === 'unreachable') return { type: 'INTEGRATION_FAILURE' };
  if (integration.proxy) return withRemappedHeaders(answer);
  return mappedResponse(integration.responses, answer, view) ?? { type: 'API_CONFIGURATION_ERROR' };
}

/** A mapped header takes the place of the caller's. */
function backendHeaders(own: readonly HeaderPair[], mapped: readonly HeaderPair[]): readonly HeaderPair[] {
  const names = mapped.map(([name]) => name);
  return [...withoutHeaders(own, names), ...mapped];
}

interface MappedTarget {
  readonly path: readonly HeaderPair[];
  readonly query: readonly HeaderPair[];
}

/** `{name}` in the URL is the mapped path parameter; a proxy keeps the caller's query. */
function targetUrl(
  { url, proxy }: Integration<'http'>,
  { path, query }: MappedTarget,
  call: RestCall,
): string {
  const filled = url.replaceAll(/\{(?<name>[^{}+]+)\+?\}/g, (_whole, name: string) => {
    const value = path.find(([key]) => key === name)?.[1] ?? '';
    return value.split('/').map(encodeURIComponent).join('/');
  });
  const added = query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  const search = [...(proxy && call.request.rawQuery !== '' ? [call.request.rawQuery] : []), ...added].join(
    '&',
  );
  if (search === '') return filled;
  return `${filled}${filled.includes('?') ? '&' : '?'}${search}`;
}
