import type { Answer } from './answer.ts';
import { headerValue, withoutHeaders, type HeaderPair } from './headers.ts';
import { chooseTemplate, fillTemplate, mappedHeaders, type MappingView } from './rest-mapping.ts';
import type { IntegrationResponse, RestIntegration } from './rest-model.ts';

/**
 * What a MOCK integration answers: the response for the `statusCode` that its request template gives. Undefined
 * when it gives none, or no response takes it.
 */
export function mockAnswer(
  mock: Extract<RestIntegration, { kind: 'mock' }>,
  view: MappingView,
): Answer | undefined {
  const code = /["']?statusCode["']?\s*:\s*(?<code>\d{3})/.exec(mock.requestTemplate)?.groups?.['code'];
  const response = code === undefined ? undefined : selectResponse(mock.responses, code);
  return response && build(response, view, '');
}

/**
 * A backend's answer as the responses of an HTTP integration map it, or undefined when none takes its status. The
 * body passes as it is unless a template without `$input` says otherwise.
 */
export function mappedResponse(
  responses: readonly IntegrationResponse[],
  answer: Answer,
  view: MappingView,
): Answer | undefined {
  const response = selectResponse(responses, String(answer.status));
  if (response === undefined) return undefined;
  const type = headerValue(answer.headers, 'content-type');
  const built = build(response, { ...view, responseHeaders: answer.headers }, answer.body);
  return type === undefined || headerValue(built.headers, 'content-type') !== undefined
    ? built
    : { ...built, headers: [...built.headers, ['content-type', type]] };
}

/** The first whose selection pattern takes the whole status, else the default one. */
function selectResponse(
  responses: readonly IntegrationResponse[],
  status: string,
): IntegrationResponse | undefined {
  return (
    responses.find(({ selection }) => selection?.test(status)) ??
    responses.find(({ selection }) => selection === undefined)
  );
}

function build(response: IntegrationResponse, view: MappingView, body: Answer['body']): Answer {
  const [type, template] = chooseTemplate(response.templates) ?? [undefined, ''];
  const mapped = mappedHeaders(response.parameters, 'method.response.header.', view);
  const overrides = originOverride(template, view);
  const headers: HeaderPair[] = [
    ...withoutHeaders(
      mapped,
      overrides.map(([name]) => name),
    ),
    ...overrides,
  ];
  const untyped = type === undefined || headerValue(headers, 'content-type') !== undefined;
  return {
    status: response.status,
    headers: untyped ? headers : [['content-type', type], ...headers],
    body: body === '' && isPlain(template) ? fillTemplate(template, view) : body,
  };
}

/** Templates that compute (`#set`, `$input`) are not played. */
function isPlain(template: string): boolean {
  return !/#(?:set|if|foreach)|\$input/.test(template);
}

/**
 * The one computing template that is played: CORS preflight with several origins, where the caller's origin is
 * allowed when one of `$origin.matches("…")` holds.
 */
function originOverride(template: string, view: MappingView): HeaderPair[] {
  if (!/responseOverride\.header\.Access-Control-Allow-Origin\s*=\s*\$origin/i.test(template)) return [];
  const origin = headerValue(view.headers, 'origin');
  const patterns = [...template.matchAll(/\$origin\.matches\(["'](?<pattern>[^"']+)["']\)/g)].map(
    (match) => match.groups?.['pattern'] ?? '',
  );
  if (origin === undefined || !patterns.some((pattern) => new RegExp(`^(?:${pattern})$`).test(origin)))
    return [];
  return [['Access-Control-Allow-Origin', origin]];
}
