import { arrayOf, objectOf, textOf, type JsonObject } from '../json.ts';

/** An item that a request may write, by its table and primary key. */
export interface WrittenItem {
  readonly table: string;
  readonly key: JsonObject;
}

/** Names of the attributes of a table's primary key; undefined for a table that has no stream. */
export type KeyNames = (table: string) => readonly string[] | undefined;

type Reader = (input: JsonObject, keyNames: KeyNames) => readonly WrittenItem[];

const byItem: Reader = (input, keyNames) => itemOf(input.TableName, input.Item, keyNames);
const byKey: Reader = (input, keyNames) => itemOf(input.TableName, input.Key, keyNames);

/** PartiQL is not among them: its statements name no key. */
const readers: Readonly<Record<string, Reader>> = {
  PutItem: byItem,
  UpdateItem: byKey,
  DeleteItem: byKey,
  BatchWriteItem: (input, keyNames) =>
    Object.entries(objectOf(input.RequestItems)).flatMap(([table, requests]) =>
      arrayOf(requests).flatMap((request) => {
        const { PutRequest: put, DeleteRequest: remove } = objectOf(request);
        return itemOf(table, objectOf(put).Item ?? objectOf(remove).Key, keyNames);
      }),
    ),
  TransactWriteItems: (input, keyNames) =>
    arrayOf(input.TransactItems).flatMap((entry) => {
      const { Put: put, Update: update, Delete: remove } = objectOf(entry);
      const { TableName: table, Item: item, Key: key } = objectOf(put ?? update ?? remove);
      return itemOf(table, item ?? key, keyNames);
    }),
};

/** The items of streamed tables that a request of the DynamoDB API may write. */
export function writtenItems(
  operation: string,
  input: JsonObject,
  keyNames: KeyNames,
): readonly WrittenItem[] {
  return readers[operation]?.(input, keyNames) ?? [];
}

/** Whether an operation of the DynamoDB API writes items. */
export function isWrite(operation: string): boolean {
  return Object.hasOwn(readers, operation);
}

function itemOf(tableName: unknown, attributes: unknown, keyNames: KeyNames): readonly WrittenItem[] {
  const table = (textOf(tableName) ?? '').replace(/^.*:table\//, '');
  const names = keyNames(table);
  if (names === undefined) return [];
  const given = objectOf(attributes);
  return [{ table, key: Object.fromEntries(names.map((name) => [name, given[name]])) }];
}
