import { marshall } from '@aws-sdk/util-dynamodb';
import { signingAlgorithms } from '../../core/contract/settings.ts';
import { publicKeySetAttributes, Tables } from '../../core/contract/tables.ts';
import type {
  KeySet,
  KeyState,
  KeyWindows,
  SealedKeySet,
  SigningKey,
  WindowRecord,
} from '../../core/keys/key-set.ts';
import type { KeySetStore, PublicKeySetReader } from '../../core/ports.ts';
import { callAws, startBudget } from '../aws-call.ts';
import type { ItemCalls } from './item-calls.ts';
import { readItem, type Item, type ItemPlace, type ItemReader } from './items.ts';
import { callOn, getItem, isAbsent, putItemIf, type Condition } from './put.ts';

const states: readonly KeyState[] = ['pending', 'active', 'retiring', 'retired', 'compromised'];

/** Asks for exactly the attributes that the IAM condition on a reader's role lets through. */
const publicProjection = {
  ProjectionExpression: publicKeySetAttributes.map((name) => `#${name}`).join(', '),
  ExpressionAttributeNames: Object.fromEntries(publicKeySetAttributes.map((name) => [`#${name}`, name])),
};

/** Reads public keys, never the sealed ones. IAM: `dynamodb:GetItem` on the public attributes. */
export function publicKeySetReader(client: ItemCalls, tableName: string): PublicKeySetReader {
  const place = placeOf(tableName);
  return {
    async readPublic(issuer) {
      const input = {
        TableName: tableName,
        Key: { [place.partitionKey]: { S: issuer } },
        ConsistentRead: true,
        ...publicProjection,
      };
      const call = callOn({ ...place, budget: startBudget() }, 'GetItem');
      const answer = await callAws(call, (options) => client.getItem(input, options));
      return answer.Item && toKeySet(readItem(place, answer.Item));
    },
  };
}

/** Reads and changes key sets. IAM: `dynamodb:GetItem`, `dynamodb:PutItem`. */
export function keySetStore(client: ItemCalls, tableName: string): KeySetStore {
  const place = placeOf(tableName);
  return {
    ...publicKeySetReader(client, tableName),

    async read(issuer) {
      const item = await getItem(client, { ...place, budget: startBudget() }, issuer);
      return item && toSealedKeySet(place, item);
    },

    replace(next) {
      const item = marshall(next, { removeUndefinedValues: true });
      return putItemIf(client, { ...place, item, budget: startBudget() }, follows(place, next.version));
    },
  };
}

/** The stored version is the one before; before the first there is none. */
function follows(place: ItemPlace, version: number): Condition {
  if (version === 1) return isAbsent(place);
  return {
    expression: '#version = :previous',
    names: { '#version': Tables.keySet.version },
    values: { ':previous': { N: String(version - 1) } },
  };
}

function toKeySet(item: ItemReader): KeySet {
  return {
    issuer: item.string(Tables.keySet.partitionKey),
    version: item.number(Tables.keySet.version),
    keys: item.list(Tables.keySet.keys).map(toSigningKey),
    ...item.optional(Tables.keySet.windows, (name) => toWindowRecord(item.entry(name))),
  };
}

function toWindowRecord({ entry, number, optional }: ItemReader): WindowRecord {
  return {
    current: toWindows(entry('current')),
    ...optional('older', (name) => toWindows(entry(name))),
    ...optional('olderUntil', number),
  };
}

function toWindows({ number }: ItemReader): KeyWindows {
  return {
    jwksCacheSeconds: number('jwksCacheSeconds'),
    clockSkewSeconds: number('clockSkewSeconds'),
    propagationSeconds: number('propagationSeconds'),
    signerHoldSeconds: number('signerHoldSeconds'),
  };
}

function toSealedKeySet(place: ItemPlace, stored: Item): SealedKeySet {
  const item = readItem(place, stored);
  return { ...toKeySet(item), sealed: item.bytes(Tables.keySet.sealed) };
}

function toSigningKey({ string, number, boolean, map, oneOf, optional }: ItemReader): SigningKey {
  return {
    kid: string('kid'),
    algorithm: oneOf('algorithm', signingAlgorithms),
    state: oneOf('state', states),
    publicJwk: map('publicJwk'),
    publishedAt: number('publishedAt'),
    original: boolean('original'),
    maxTokenLifetimeSeconds: number('maxTokenLifetimeSeconds'),
    ...optional('activatedAt', number),
    ...optional('deactivatedAt', number),
    ...optional('removedAt', number),
  };
}

function placeOf(tableName: string): ItemPlace {
  return { tableName, partitionKey: Tables.keySet.partitionKey };
}
