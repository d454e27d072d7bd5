import { setTimeout as sleep } from 'node:timers/promises';
import { marshall } from '@aws-sdk/util-dynamodb';
import { Tables } from '../../core/contract/tables.ts';
import type { RevocationReader, RevocationWriter } from '../../core/ports.ts';
import type { RevocationKind, RevocationRecord } from '../../core/revocation/record.ts';
import { callAws, startBudget } from '../aws-call.ts';
import type { ItemCalls } from './item-calls.ts';
import { readItem, type Item, type ItemPlace } from './items.ts';
import { callOn, getItem, isAbsent, putItemIf, type Condition, type ItemInBudget } from './put.ts';

/** Keys that one BatchGetItem takes. */
const maxIds = 100;

const kinds: readonly RevocationKind[] = ['token', 'subject', 'client', 'session', 'key', 'issuer'];

/** Reads records with one BatchGetItem. IAM: `dynamodb:BatchGetItem`. */
export function revocationReader(client: ItemCalls, tableName: string): RevocationReader {
  const place = placeOf(tableName);
  return {
    async read(ids) {
      const distinct = [...new Set(ids)];
      if (distinct.length > maxIds)
        throw new RangeError(`got ${distinct.length} ids; allowed: ${maxIds} at a time`);
      const records = await readAll(client, place, distinct);
      return new Map(records.map((record) => [record.id, record]));
    },
  };
}

/** DynamoDB may leave keys unprocessed under load; they are asked for again while the budget lasts. */
async function readAll(
  client: ItemCalls,
  place: ItemPlace,
  ids: readonly string[],
): Promise<readonly RevocationRecord[]> {
  const budget = startBudget();
  const records: RevocationRecord[] = [];
  let keys: Item[] = ids.map((id) => ({ [place.partitionKey]: { S: id } }));
  for (let pauseMs = 10; keys.length > 0; pauseMs *= 2) {
    const answer = await readBatch(client, { ...place, budget }, keys);
    records.push(...answer.items.map((item) => toRecord(place, item)));
    keys = answer.unprocessed;
    if (keys.length > 0) await sleep(pauseMs, undefined, { signal: budget }).catch(endOfBudget);
  }
  return records;
}

/** The pause ends with the budget; the call after it then fails. */
function endOfBudget(): void {}

async function readBatch(
  client: ItemCalls,
  place: ItemInBudget,
  keys: Item[],
): Promise<{ readonly items: readonly Item[]; readonly unprocessed: Item[] }> {
  const { tableName } = place;
  const input = { RequestItems: { [tableName]: { Keys: keys, ConsistentRead: true } } };
  const answer = await callAws(callOn(place, 'BatchGetItem'), (options) =>
    client.batchGetItem(input, options),
  );
  return {
    items: answer.Responses?.[tableName] ?? [],
    unprocessed: answer.UnprocessedKeys?.[tableName]?.Keys ?? [],
  };
}

/** Writes records; an existing one is only ever widened. IAM: `dynamodb:PutItem`, `dynamodb:GetItem`. */
export function revocationWriter(client: ItemCalls, tableName: string): RevocationWriter {
  return {
    async write(record) {
      const place = { ...placeOf(tableName), budget: startBudget() };
      let isWritten = await putRecord(client, { ...place, record }, isAbsent(place));
      while (!isWritten) {
        const item = await getItem(client, place, record.id);
        const stored = item && toRecord(place, item);
        const wider = stored ? widen(stored, record) : record;
        if (wider === stored) return;
        const condition = stored ? isUnchanged(stored) : isAbsent(place);
        isWritten = await putRecord(client, { ...place, record: wider }, condition);
      }
    },
  };
}

function putRecord(
  client: ItemCalls,
  { record, ...place }: ItemInBudget & { readonly record: RevocationRecord },
  condition: Condition,
): Promise<boolean> {
  return putItemIf(client, { ...place, item: marshall(record, { removeUndefinedValues: true }) }, condition);
}

/**
 * The record that refuses whatever either refuses, as long as either does: the later of both times. An absent
 * `revokedBefore` refuses whatever the `iat`, so it counts as the latest. Who revoked, when and why is said by
 * the record with the later `revokedBefore`, the stored one where they are equal.
 *
 * @returns `stored` itself where it already refuses as much
 */
export function widen(stored: RevocationRecord, record: RevocationRecord): RevocationRecord {
  const isLater = (record.revokedBefore ?? Infinity) > (stored.revokedBefore ?? Infinity);
  if (!isLater && record.expiresAt <= stored.expiresAt) return stored;
  return { ...(isLater ? record : stored), expiresAt: Math.max(stored.expiresAt, record.expiresAt) };
}

/** Both times are still those that were read. */
export function isUnchanged(stored: RevocationRecord): Condition {
  const names = { '#expiresAt': Tables.revocation.ttl, '#revokedBefore': 'revokedBefore' };
  const expiresAt = { ':expiresAt': { N: String(stored.expiresAt) } };
  if (stored.revokedBefore === undefined) {
    return {
      expression: '#expiresAt = :expiresAt AND attribute_not_exists(#revokedBefore)',
      names,
      values: expiresAt,
    };
  }
  return {
    expression: '#expiresAt = :expiresAt AND #revokedBefore = :revokedBefore',
    names,
    values: { ...expiresAt, ':revokedBefore': { N: String(stored.revokedBefore) } },
  };
}

/** Reads an item of the table. */
export function toRecord(place: ItemPlace, item: Item): RevocationRecord {
  const { string, number, oneOf, optional } = readItem(place, item);
  return {
    id: string('id'),
    kind: oneOf('kind', kinds),
    issuer: string('issuer'),
    value: string('value'),
    ...optional('revokedBefore', number),
    revokedAt: number('revokedAt'),
    expiresAt: number('expiresAt'),
    ...optional('reason', string),
    ...optional('actor', string),
  };
}

function placeOf(tableName: string): ItemPlace {
  return { tableName, partitionKey: Tables.revocation.partitionKey };
}
