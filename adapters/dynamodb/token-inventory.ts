import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { issuedTokenShards, Tables } from '../../core/contract/tables.ts';
import type { IssuedToken } from '../../core/issue/client.ts';
import type { TokenInventory, TokenQuery } from '../../core/ports.ts';
import { callAws, startBudget } from '../aws-call.ts';
import type { DynamoDbConnection } from './connection.ts';
import { issuedTokenStore, shardKey, toIssuedToken } from './issued-tokens.ts';
import type { Item } from './items.ts';
import { callOn } from './put.ts';

const { partitionKey, ttl, indexes } = Tables.issuedToken;

/** Calls that one page may take; a page is short where they were not enough. */
const maxCalls = 20;

/** Entries that one call reads where not all of them may be wanted. */
const filteredLimit = 1000;

/** One partition of an index. */
interface Partition {
  readonly index: (typeof indexes)[keyof typeof indexes];
  readonly key: string;
}

/** How far a list has come: its partitions are read one after another. */
interface Place {
  readonly partition: number;
  /** The entry that was last. */
  readonly last?: { readonly jti: string; readonly expiresAt: number };
}

/**
 * Looks into the record of what was issued. Subjects and clients have indexes; a session, a key, a scope and "all" are
 * looked for among all unexpired tokens. IAM: `dynamodb:GetItem`, and `dynamodb:Query` on the indexes.
 */
export function tokenInventory(client: DynamoDbConnection, tableName: string): TokenInventory {
  return {
    get: (jti) => issuedTokenStore(client, tableName).get(jti),

    async find(query, { limit, after }) {
      const partitions = partitionsOf(query);
      const items: IssuedToken[] = [];
      let place: Place | undefined = after === undefined ? { partition: 0 } : toPlace(after);
      for (let calls = 0; calls < maxCalls && place !== undefined && items.length < limit; calls += 1) {
        const partition = partitions[place.partition];
        if (partition === undefined) return { items };
        const read = await readPartition(client, {
          tableName,
          partition,
          place,
          query,
          limit: limit - items.length,
        });
        items.push(...read.tokens);
        const isLast: boolean = read.last === undefined && place.partition + 1 === partitions.length;
        place = isLast
          ? undefined
          : read.last === undefined
            ? { partition: place.partition + 1 }
            : { partition: place.partition, last: read.last };
      }
      return { items, ...(place !== undefined && { next: JSON.stringify(place) }) };
    },
  };
}

/** A subject that is a client's name has that client's tokens too. */
function partitionsOf({ by }: TokenQuery): readonly Partition[] {
  const shards = (index: Partition['index'], count: number, value?: string): readonly Partition[] =>
    Array.from({ length: count }, (_, shard) => ({ index, key: shardKey(shard, value) }));
  if (by?.name === 'clientId') return shards(indexes.client, issuedTokenShards.client, by.value);
  if (by?.name === 'subject') {
    return [
      { index: indexes.subject, key: by.value },
      ...shards(indexes.client, issuedTokenShards.client, by.value),
    ];
  }
  return shards(indexes.expiry, issuedTokenShards.expiry);
}

interface PartitionRead {
  readonly tableName: string;
  readonly partition: Partition;
  readonly place: Place;
  readonly query: TokenQuery;
  readonly limit: number;
}

/** `exp` of our own tokens is a whole second. */
async function readPartition(
  client: DynamoDbConnection,
  { tableName, partition, place, query, limit }: PartitionRead,
): Promise<{ readonly tokens: readonly IssuedToken[]; readonly last: Place['last'] }> {
  const { index, key } = partition;
  const isFiltered = query.scope !== undefined || (query.by !== undefined && index !== indexes.client);
  const command = new QueryCommand({
    TableName: tableName,
    IndexName: index.name,
    KeyConditionExpression: '#key = :key AND #exp BETWEEN :from AND :to',
    ExpressionAttributeNames: { '#key': index.partitionKey, '#exp': ttl },
    ExpressionAttributeValues: marshall({
      ':key': key,
      ':from': Math.floor(query.expiresAfter) + 1,
      ':to': Math.floor(query.expiresBefore ?? 1e11),
    }),
    Limit: isFiltered ? filteredLimit : limit,
    ...(place.last && {
      ExclusiveStartKey: marshall({ ...place.last, [index.partitionKey]: key }),
    }),
  });
  const call = callOn({ tableName, budget: startBudget() }, 'Query');
  const answer = await callAws(call, (options) => client.send(command, options));
  const all = (answer.Items ?? []).map((item) => toIssuedToken({ tableName, partitionKey }, item));
  const wanted = all.filter((token) => isWanted(token, query));
  const tokens = wanted.slice(0, limit);
  const cut = wanted.length > limit ? tokens.at(-1) : undefined;
  return { tokens, last: cut ? lastOf(cut) : lastEvaluated(answer.LastEvaluatedKey) };
}

function isWanted(token: IssuedToken, { by, scope }: TokenQuery): boolean {
  if (by !== undefined && token[by.name] !== by.value) return false;
  return scope === undefined || token.scope.split(' ').includes(scope);
}

function lastOf({ jti, expiresAt }: IssuedToken): Place['last'] {
  return { jti, expiresAt };
}

function lastEvaluated(key: Item | undefined): Place['last'] {
  return key === undefined ? undefined : { jti: key['jti']?.S ?? '', expiresAt: Number(key[ttl]?.N) };
}

/** A place that another query gave, or nobody, is an end. */
function toPlace(text: string): Place | undefined {
  const place: unknown = parse(text);
  if (typeof place !== 'object' || place === null || !('partition' in place)) return undefined;
  const { partition } = place;
  if (typeof partition !== 'number' || !Number.isInteger(partition) || partition < 0) return undefined;
  if (!('last' in place)) return { partition };
  const { last } = place;
  if (typeof last !== 'object' || last === null || !('jti' in last) || !('expiresAt' in last))
    return undefined;
  const { jti, expiresAt } = last;
  if (typeof jti !== 'string' || typeof expiresAt !== 'number') return undefined;
  return { partition, last: { jti, expiresAt } };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
