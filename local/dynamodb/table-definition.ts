import type { Engine } from '../data-directory.ts';
import { arrayOf, isObject, objectOf, textOf, type JsonObject } from '../json.ts';
import type { Resource } from '../types.ts';

/** A table of the template as the DynamoDB API wants it. */
export interface TableDefinition {
  readonly logicalId: string;
  readonly tableName: string;
  /** The input of CreateTable. */
  readonly create: JsonObject;
  /** The attribute that holds the time to live, when one is switched on. */
  readonly timeToLiveAttribute: string | undefined;
}

/**
 * Translates `AWS::DynamoDB::Table` or `AWS::DynamoDB::GlobalTable`. Capacity is left out: it is on demand here.
 *
 * @param tableName what `Ref` of the table gives.
 */
export function tableDefinition(resource: Resource, tableName: string, engine: Engine): TableDefinition {
  const { properties } = resource;
  const ttl = objectOf(properties.TimeToLiveSpecification);
  const indexes = (name: string): JsonObject => {
    const list = arrayOf(properties[name]).filter(isObject).map(indexDefinition);
    return list.length === 0 ? {} : { [name]: list };
  };
  const create = {
    TableName: tableName,
    AttributeDefinitions: properties.AttributeDefinitions,
    KeySchema: properties.KeySchema,
    BillingMode: 'PAY_PER_REQUEST',
    ...indexes('GlobalSecondaryIndexes'),
    ...indexes('LocalSecondaryIndexes'),
    ...(engine === 'dynoxide' ? streamOf(properties) : {}),
  };
  return {
    logicalId: resource.logicalId,
    tableName,
    create,
    timeToLiveAttribute: String(ttl.Enabled) === 'true' ? textOf(ttl.AttributeName) : undefined,
  };
}

function indexDefinition(index: JsonObject): JsonObject {
  return { IndexName: index.IndexName, KeySchema: index.KeySchema, Projection: index.Projection };
}

function streamOf(properties: JsonObject): JsonObject {
  const viewType = textOf(objectOf(properties.StreamSpecification).StreamViewType);
  return viewType === undefined
    ? {}
    : { StreamSpecification: { StreamEnabled: true, StreamViewType: viewType } };
}
