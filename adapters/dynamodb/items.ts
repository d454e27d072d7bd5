import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';

/** An item as DynamoDB keeps it. */
export type Item = Record<string, AttributeValue>;

/** Where an item is, for the message of {@link BrokenItemError}. */
export interface ItemPlace {
  readonly tableName: string;
  /** Name of the partition key. */
  readonly partitionKey: string;
}

/**
 * A stored item is not what we write: something else wrote it, or a newer version. The message names table, key
 * and attribute, never the content.
 */
export class BrokenItemError extends Error {
  override readonly name = 'BrokenItemError';

  constructor(place: ItemPlace & { readonly key: string }, attribute: string, allowed: string) {
    super(
      `table ${place.tableName}, item ${place.partitionKey} = ${JSON.stringify(place.key)}: ` +
        `attribute ${attribute} is not ${allowed}; correct or delete the item`,
    );
  }
}

/** The plain attributes of one item, each checked as it is taken. Every method throws {@link BrokenItemError}. */
export interface ItemReader {
  readonly string: (name: string) => string;
  readonly number: (name: string) => number;
  readonly strings: (name: string) => readonly string[];
  readonly boolean: (name: string) => boolean;
  /** A list whose entries are maps. */
  readonly list: (name: string) => readonly ItemReader[];
  /** A map, as it is. */
  readonly map: (name: string) => Readonly<Record<string, unknown>>;
  /** A map whose attributes are checked as they are taken. */
  readonly entry: (name: string) => ItemReader;
  /** A map of byte strings. */
  readonly bytes: (name: string) => Readonly<Record<string, Uint8Array>>;
  /** The attribute under its own name, or nothing where the item has none. */
  readonly optional: <N extends string, T>(name: N, take: (name: string) => T) => { readonly [K in N]?: T };
  /** The string if it is one of these. */
  readonly oneOf: <T extends string>(name: string, allowed: readonly T[]) => T;
}

/** Reads one item of a table. */
export function readItem(place: ItemPlace, item: Item): ItemReader {
  const key = item[place.partitionKey]?.S;
  const at = { ...place, key: key ?? '(no string)' };
  if (key === undefined) throw new BrokenItemError(at, place.partitionKey, 'a string');
  return reader(at, decode(at, item), '');
}

/** A number out of JavaScript's range makes `unmarshall` throw, and quote it. */
function decode(at: ItemPlace & { readonly key: string }, item: Item): Readonly<Record<string, unknown>> {
  try {
    return unmarshall(item);
  } catch {
    throw new BrokenItemError(at, Object.keys(item).join(' or '), 'a value that can be read');
  }
}

function reader(
  at: ItemPlace & { readonly key: string },
  fields: Readonly<Record<string, unknown>>,
  prefix: string,
): ItemReader {
  const fail = (name: string, allowed: string): never => {
    throw new BrokenItemError(at, prefix + name, allowed);
  };
  const take =
    <T>(is: (value: unknown) => value is T, allowed: string) =>
    (name: string): T => {
      const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
      return is(value) ? value : fail(name, allowed);
    };
  const string = take(isString, 'a string');
  const map = take(isMap, 'a map');
  const maps = take(isListOf(isMap), 'a list of maps');
  return {
    string,
    number: take(isNumber, 'a number'),
    strings: take(isListOf(isString), 'a list of strings'),
    boolean: take((value) => typeof value === 'boolean', 'a boolean'),
    list: (name) => maps(name).map((entry, index) => reader(at, entry, `${prefix}${name}[${index}].`)),
    map,
    entry: (name) => reader(at, map(name), `${prefix}${name}.`),
    bytes: take(isMapOfBytes, 'a map of byte strings'),
    optional: (name, read) => optional(name, Object.hasOwn(fields, name), read),
    oneOf: (name, allowed) =>
      allowed.find((value) => value === fields[name]) ?? fail(name, `one of ${allowed.join(', ')}`),
  };
}

function optional<N extends string, T>(
  name: N,
  exists: boolean,
  read: (name: string) => T,
): { readonly [K in N]?: T };
function optional(name: string, exists: boolean, read: (name: string) => unknown): object {
  return exists ? { [name]: read(name) } : {};
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function isListOf<T>(is: (value: unknown) => value is T) {
  return (value: unknown): value is readonly T[] => Array.isArray(value) && value.every(is);
}

function isMapOfBytes(value: unknown): value is Readonly<Record<string, Uint8Array>> {
  return isMap(value) && Object.values(value).every((entry) => entry instanceof Uint8Array);
}
