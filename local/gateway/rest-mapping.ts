import { validateHeaderName, validateHeaderValue } from 'node:http';
import { headerValue, type HeaderPair } from './headers.ts';
import { expressionValue, textAt, type RequestView } from './identity-source.ts';

/** What mappings of a REST API can be about: the request, and a backend's response headers where there is one. */
export interface MappingView extends RequestView {
  readonly responseHeaders?: readonly HeaderPair[];
}

/**
 * The value of a mapping: `'static'` in quotes, `method.request.header.x`, `context.x`, `stageVariables.x`,
 * `integration.response.header.x`. Undefined when there is none.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-parameter-mapping.html
 */
export function mappingValue(expression: string, view: MappingView): string | undefined {
  const text = /^'(?<text>[^]*)'$/.exec(expression)?.groups?.['text'];
  if (text !== undefined) return text;
  const header = /^integration\.response\.header\.(?<name>.+)$/.exec(expression)?.groups?.['name'];
  return header === undefined
    ? expressionValue(expression, view)
    : headerValue(view.responseHeaders ?? [], header);
}

/**
 * The headers of mappings such as `gatewayresponse.header.X: "'text'"`; those without a value, or with one that no
 * header can have, are left out.
 *
 * @param prefix what the keys begin with, such as `gatewayresponse.header.`
 */
export function mappedHeaders(
  parameters: Readonly<Record<string, string>>,
  prefix: string,
  view: MappingView,
): HeaderPair[] {
  return Object.entries(parameters)
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, expression]) => [key.slice(prefix.length), mappingValue(expression, view)] as const)
    .filter((pair): pair is HeaderPair => pair[1] !== undefined && isHeader(pair[0], pair[1]));
}

const variable = /\$(?:\{(?<braced>[^{}]+)\}|(?<plain>[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*))/g;

/** A template with its `$context.…` and `$stageVariables.…` filled in; those without a value become empty. */
export function fillTemplate(template: string, view: MappingView): string {
  return template.replaceAll(variable, (whole, braced?: string, plain?: string) => {
    const [root, ...path] = (braced ?? plain ?? '').split('.');
    if (root === 'context') return textAt(view.context, path.join('.')) ?? '';
    return root === 'stageVariables' ? (view.stageVariables?.[path.join('.')] ?? '') : whole;
  });
}

/** The template for JSON where there is one, else the first, with its media type. */
export function chooseTemplate(
  templates: Readonly<Record<string, string>>,
): readonly [type: string, template: string] | undefined {
  const json = templates['application/json'];
  return json === undefined ? Object.entries(templates)[0] : ['application/json', json];
}

function isHeader(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}
