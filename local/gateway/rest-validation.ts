import { arrayOf, booleanOf, canonicalJson, isObject, objectOf, textOf, type JsonObject } from '../json.ts';
import { physicalId } from '../physical-id.ts';
import type { Resource } from '../types.ts';
import { textsOf, type ApiResources } from './api-resources.ts';

/** Schemas of a method's request body, by content type; `$default` stands for those that are not named. */
export type RequestModels = ReadonlyMap<string, JsonObject>;

/** Keywords of JSON Schema that are checked, and those that check nothing. */
const checked = ['type', 'enum', 'required', 'properties', 'items'];
const silent = ['$schema', 'title', 'description'];

/** What a method asks of the body, where its validator looks at it. What is not checked here is left out. */
export function readRequestModels(found: ApiResources, method: Resource): RequestModels {
  const id = method.properties['RequestValidatorId'];
  const validator = found.byId('AWS::ApiGateway::RequestValidator', id)?.properties ?? {};
  if (booleanOf(validator['ValidateRequestParameters']) === true)
    found.leaveOut(method, 'request parameters are not validated here');
  if (booleanOf(validator['ValidateRequestBody']) !== true) return new Map();
  const models = Object.entries(textsOf(method.properties['RequestModels']));
  return new Map(models.map(([contentType, name]) => [contentType, schemaOf(found, name)]));
}

function schemaOf(found: ApiResources, name: string): JsonObject {
  const model = found
    .ofType('AWS::ApiGateway::Model')
    .find(({ logicalId, properties }) => [physicalId(logicalId), properties['Name']].includes(name));
  const schema = objectOf(model?.properties['Schema']);
  const unknown = [...new Set(keywordsOf(schema))].filter((word) => ![...checked, ...silent].includes(word));
  if (model !== undefined && unknown.length > 0)
    found.leaveOut(model, `these keywords of its schema are not checked here: ${unknown.join(', ')}`);
  return schema;
}

function keywordsOf(schema: JsonObject): string[] {
  const inner = [...Object.values(objectOf(schema['properties'])), schema['items']].filter(isObject);
  return [...Object.keys(schema), ...inner.flatMap(keywordsOf)];
}

/**
 * Whether a body is what the model of its content type asks for. A content type that no model names is not validated.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
 */
export function isValidBody(models: RequestModels, contentType: string | undefined, body: Buffer): boolean {
  const [type = ''] = (contentType ?? 'application/json').split(';');
  const schema = models.get(type.trim().toLowerCase()) ?? models.get('$default');
  if (schema === undefined) return true;
  try {
    return matches(schema, JSON.parse(body.toString()));
  } catch {
    return false;
  }
}

function matches(schema: JsonObject, value: unknown): boolean {
  const { type, enum: allowed, required, properties, items } = schema;
  const types = [type].flat().flatMap((one) => textOf(one) ?? []);
  if (types.length > 0 && !types.some((one) => isOfType(one, value))) return false;
  if (Array.isArray(allowed) && !allowed.some((one) => canonicalJson(one) === canonicalJson(value)))
    return false;
  if (Array.isArray(value)) return !isObject(items) || value.every((item) => matches(items, item));
  if (!isObject(value)) return true;
  return (
    arrayOf(required).every((name) => Object.hasOwn(value, String(name))) &&
    Object.entries(objectOf(properties)).every(
      ([name, inner]) => !Object.hasOwn(value, name) || matches(objectOf(inner), value[name]),
    )
  );
}

function isOfType(type: string, value: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  return type === 'object' ? isObject(value) : typeof value === type;
}
