import { isObject, type JsonObject } from '../json.ts';
import { headerValues, type HeaderPair } from './headers.ts';

/** What identity sources and mapping expressions can be about. */
export interface RequestView {
  readonly headers: readonly HeaderPair[];
  /** Decoded. */
  readonly query: readonly HeaderPair[];
  /** `requestContext`, and what `$context` calls by other names. */
  readonly context: JsonObject;
  readonly stageVariables: Readonly<Record<string, string>> | undefined;
  readonly pathParameters?: Readonly<Record<string, string>>;
}

const requestPart =
  /^(?:\$request|method\.request|route\.request)\.(?<part>header|querystring|multivalueheader|multivaluequerystring|path)\.(?<name>.+)$/;
const contextPart = /^\$?context\.(?<name>.+)$/;
const stagePart = /^\$?stageVariables\.(?<name>.+)$/;

/**
 * The values of identity sources, or undefined when one is missing or empty: the authorizer is then not called.
 *
 * @param sources such as `$request.header.X`, `method.request.querystring.x`, `$context.routeKey`
 */
export function identityValues(sources: readonly string[], view: RequestView): string[] | undefined {
  const values = sources.map((source) => expressionValue(source, view));
  return values.every((value) => value !== undefined && value !== '') ? values.map(String) : undefined;
}

/** The value of one selection expression, or undefined when the request has none or it is not understood. */
export function expressionValue(expression: string, view: RequestView): string | undefined {
  const { part, name } = requestPart.exec(expression)?.groups ?? {};
  if (part !== undefined && name !== undefined) return requestValue(part, name, view);
  const context = contextPart.exec(expression)?.groups?.['name'];
  if (context !== undefined) return textAt(view.context, context);
  const variable = stagePart.exec(expression)?.groups?.['name'];
  return variable === undefined ? undefined : view.stageVariables?.[variable];
}

function requestValue(part: string, name: string, view: RequestView): string | undefined {
  if (part === 'path') return view.pathParameters?.[name];
  const values = part.endsWith('header')
    ? headerValues(view.headers, name)
    : view.query.filter(([key]) => key === name).map(([, value]) => value);
  return values.length === 0 ? undefined : values.join(',');
}

/** The scalar at a dotted path such as `identity.sourceIp`, as text. */
export function textAt(object: JsonObject, path: string): string | undefined {
  const value = path
    .split('.')
    .reduce<unknown>(
      (inner, key) => (isObject(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined),
      object,
    );
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined;
}
