import { messageAnswer, type Answer } from './answer.ts';
import { textAt, expressionValue, type RequestView } from './identity-source.ts';
import { askBackend } from './backend.ts';
import { withoutHeaders, type HeaderPair } from './headers.ts';
import type { HttpCall } from './http-call.ts';
import type { HttpAuthorizerContext } from './http-events.ts';
import { requestView } from './http-request-view.ts';
import type { HttpIntegration } from './http-model.ts';

type Proxy = Extract<HttpIntegration, { kind: 'proxy' }>;

interface Mapped {
  readonly headers: readonly HeaderPair[];
  readonly query: string;
  readonly path: string | undefined;
}

/** Hands a call to the backend of an HTTP_PROXY integration; an HTTP API streams no answer. */
export async function proxyHttp(
  call: HttpCall,
  integration: Proxy,
  authorizer: HttpAuthorizerContext | undefined,
): Promise<Answer> {
  const mapped = mapParameters(integration.parameters, requestView(call, authorizer), call);
  const answer = await askBackend({
    url: targetUrl(integration.url, call, mapped),
    method: integration.method === 'ANY' ? call.request.method : integration.method,
    headers: mapped.headers,
    body: call.request.body,
    timeoutMs: integration.timeoutMs,
    streams: false,
  });
  return typeof answer === 'string' ? messageAnswer(503, 'Service Unavailable') : answer;
}

/** `{name}` in the URL is the path parameter of that name; a mapped path replaces the URL's. */
function targetUrl(template: string, call: HttpCall, { query, path }: Mapped): string {
  const filled = template.replaceAll(/\{(?<name>[^{}+]+)\+?\}/g, (_whole, name: string) =>
    encodePath(call.pathParameters[name] ?? ''),
  );
  if (!URL.canParse(filled)) return filled;
  const url = new URL(filled);
  if (path !== undefined) url.pathname = path;
  url.search = [url.search.slice(1), query].filter((part) => part !== '').join('&');
  return url.href;
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

/**
 * Applies request parameter mappings (`overwrite:header.x`, `append:querystring.y`, `remove:header.z`,
 * `overwrite:path`).
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-parameter-mapping.html
 */
function mapParameters(
  parameters: Readonly<Record<string, string>>,
  view: RequestView,
  call: HttpCall,
): Mapped {
  let mapped: Mapped = { headers: call.headers, query: call.request.rawQuery, path: undefined };
  for (const [key, expression] of Object.entries(parameters)) {
    const {
      verb = '',
      place = '',
      name = '',
    } = /^(?<verb>append|overwrite|remove):(?<place>header|querystring|path)\.?(?<name>.*)$/.exec(key)
      ?.groups ?? {};
    mapped = applyMapping(mapped, { verb, place, name, value: mappedValue(expression, view) });
  }
  return mapped;
}

interface Mapping {
  readonly verb: string;
  readonly place: string;
  readonly name: string;
  readonly value: string;
}

function applyMapping(mapped: Mapped, { verb, place, name, value }: Mapping): Mapped {
  if (place === 'path') return { ...mapped, path: value };
  if (place === 'header') {
    const kept = verb === 'append' ? mapped.headers : withoutHeaders(mapped.headers, [name]);
    return { ...mapped, headers: verb === 'remove' ? kept : [...kept, [name, value]] };
  }
  if (place !== 'querystring') return mapped;
  const kept =
    verb === 'append'
      ? mapped.query.split('&')
      : mapped.query.split('&').filter((part) => part.split('=')[0] !== encodeURIComponent(name));
  const added = verb === 'remove' ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(value)}`];
  return { ...mapped, query: [...kept, ...added].filter((part) => part !== '').join('&') };
}

/** A whole expression, or static text with `${expression}` parts. */
function mappedValue(expression: string, view: RequestView): string {
  if (expression.includes('${'))
    return expression.replaceAll(
      /\$\{(?<inner>[^}]+)\}/g,
      (_whole, inner: string) => partValue(`$${inner}`, view) ?? '',
    );
  return expression.startsWith('$') ? (partValue(expression, view) ?? '') : expression;
}

function partValue(expression: string, view: RequestView): string | undefined {
  if (expression === '$request.path') return textAt(view.context, 'path');
  return expressionValue(expression, view);
}
