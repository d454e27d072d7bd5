import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../data-directory.ts';
import { LocalError } from '../errors.ts';
import { arrayOf, canonicalJson, isObject, objectOf, type JsonObject } from '../json.ts';
import { callEngine, EngineError } from './client.ts';
import type { TableDefinition } from './table-definition.ts';

const api = 'DynamoDB_20120810';

/** dynalite wants a capacity with a new index, and limits nothing by it. */
const capacity = { ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } };

/** The engine that tables are made in. */
export interface TableHost {
  readonly endpoint: string;
  readonly engine: Engine;
}

/**
 * Makes a table when it is missing; adds the indexes, the stream and the time-to-live setting that an existing one
 * lacks.
 *
 * @throws {@link LocalError} `TABLE_MISMATCH` when the stored table has another key schema; it stays as it is.
 */
export async function ensureTable(table: TableDefinition, host: TableHost): Promise<void> {
  const stored = await describe(table.tableName, host);
  if (stored === undefined) {
    await callEngine(host.endpoint, `${api}.CreateTable`, table.create);
    await becomeActive(table.tableName, host);
  } else {
    refuseOtherKeys(table, stored);
    await addMissing(table, stored, host);
  }
  if (host.engine === 'dynoxide') await ensureTimeToLive(table, host);
}

async function describe(tableName: string, host: TableHost): Promise<JsonObject | undefined> {
  try {
    return objectOf(
      (await callEngine(host.endpoint, `${api}.DescribeTable`, { TableName: tableName })).Table,
    );
  } catch (error) {
    if (error instanceof EngineError && error.code === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

/** Waits until the engine takes calls of a table: a table that is being made or changed refuses them, as at AWS. */
async function becomeActive(tableName: string, host: TableHost): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    const table = await describe(tableName, host);
    const indexes = table === undefined ? [] : indexesOf(table);
    if (table?.TableStatus === 'ACTIVE' && indexes.every(({ IndexStatus: status }) => status === 'ACTIVE'))
      return;
    await sleep(20);
  }
  throw new LocalError(
    'ENGINE_FAILED',
    `The DynamoDB engine did not make the table ${tableName} active within 10 s; start again.`,
  );
}

function refuseOtherKeys(table: TableDefinition, stored: JsonObject): void {
  const wanted = keysOf(table.create);
  const got = keysOf(stored);
  if (wanted === got) return;
  throw new LocalError(
    'TABLE_MISMATCH',
    `The stored table ${table.tableName} (${table.logicalId}) has the key schema ${got}, and the template wants ${wanted}. ` +
      'Nothing was changed: name another data folder, delete this one, or give the table another name.',
  );
}

/** The key schema with the attributes' types, in words: `id (S, HASH)`. */
function keysOf(table: JsonObject): string {
  const types = new Map(
    arrayOf(table.AttributeDefinitions)
      .filter(isObject)
      .map((attribute) => [attribute.AttributeName, attribute.AttributeType]),
  );
  return arrayOf(table.KeySchema)
    .filter(isObject)
    .map(
      (key) =>
        `${String(key.AttributeName)} (${String(types.get(key.AttributeName))}, ${String(key.KeyType)})`,
    )
    .sort()
    .join(', ');
}

async function addMissing(table: TableDefinition, stored: JsonObject, host: TableHost): Promise<void> {
  const update = async (change: JsonObject): Promise<void> => {
    await callEngine(host.endpoint, `${api}.UpdateTable`, { TableName: table.tableName, ...change });
    await becomeActive(table.tableName, host);
  };
  const names = new Set(indexesOf(stored).map((index) => index.IndexName));
  for (const index of indexesOf(table.create).filter(({ IndexName: name }) => !names.has(name))) {
    await update({
      AttributeDefinitions: table.create.AttributeDefinitions,
      GlobalSecondaryIndexUpdates: [
        { Create: { ...index, ...(host.engine === 'dynalite' ? capacity : {}) } },
      ],
    });
  }
  const { StreamSpecification: stream } = table.create;
  if (stream !== undefined && canonicalJson(stored.StreamSpecification) !== canonicalJson(stream)) {
    if (objectOf(stored.StreamSpecification).StreamEnabled === true) {
      await update({ StreamSpecification: { StreamEnabled: false } });
    }
    await update({ StreamSpecification: stream });
  }
}

function indexesOf(table: JsonObject): readonly JsonObject[] {
  return arrayOf(table.GlobalSecondaryIndexes).filter(isObject);
}

async function ensureTimeToLive(table: TableDefinition, host: TableHost): Promise<void> {
  if (table.timeToLiveAttribute === undefined) return;
  const { TimeToLiveDescription: stored } = await callEngine(host.endpoint, `${api}.DescribeTimeToLive`, {
    TableName: table.tableName,
  });
  if (objectOf(stored).TimeToLiveStatus === 'ENABLED') return;
  await callEngine(host.endpoint, `${api}.UpdateTimeToLive`, {
    TableName: table.tableName,
    TimeToLiveSpecification: { Enabled: true, AttributeName: table.timeToLiveAttribute },
  });
}
