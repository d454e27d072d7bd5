import { Stack } from 'aws-cdk-lib/core';
import { CfnGlobalTable, CfnTable, type ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { ConfigError, Tables } from '../core/contract/index.ts';

/** What is used of a table: any {@link ITable}, and CDK's classes with TypeScript's `exactOptionalPropertyTypes` too. */
export interface OwnTable extends Pick<ITable, 'node' | 'tableName' | 'tableArn'> {
  /** The customer managed key that encrypts it. @default - a key that is not the app's to grant */
  readonly encryptionKey?: IKey | undefined;
  /** ARN of its stream, so that kept answers are flushed. @default - they are kept for their time */
  readonly tableStreamArn?: string | undefined;
}

/**
 * Checks that a table can hold revocations. Of a table that another app made nothing can be seen.
 *
 * @throws {@link ConfigError} when it has another key, or no TTL: it would grow for ever
 */
export function checkOwnTable(table: OwnTable): void {
  const resource = table.node.defaultChild;
  if (!(resource instanceof CfnTable || resource instanceof CfnGlobalTable)) return;
  const { keySchema, timeToLiveSpecification } = resolved(resource);
  const { partitionKey, ttl } = Tables.revocation;
  const keys = (keySchema ?? []).map(({ attributeName }) => attributeName).join(', ');
  if (keys !== partitionKey) {
    refuse(table, `got the key ${keys}`, `${partitionKey} as partition key, a string, and no sort key`);
  }
  if (timeToLiveSpecification?.attributeName !== ttl || !timeToLiveSpecification.enabled) {
    const got = timeToLiveSpecification?.attributeName;
    refuse(table, got === undefined ? 'got no TTL' : `got a TTL on ${got}`, `timeToLiveAttribute: '${ttl}'`);
  }
}

/** What is read of a table's resource; both kinds of table have it. */
interface TableResource {
  readonly keySchema?: readonly { readonly attributeName: string }[];
  readonly timeToLiveSpecification?: { readonly attributeName?: string; readonly enabled?: boolean };
}

function resolved(resource: CfnTable | CfnGlobalTable): TableResource {
  const { keySchema, timeToLiveSpecification } = resource;
  return Stack.of(resource).resolve({ keySchema, timeToLiveSpecification });
}

function refuse(table: OwnTable, got: string, allowed: string): never {
  throw new ConfigError(
    `RevocationTable.fromTable: ${table.node.path}: ${got}; allowed: ${allowed}; make the table with it, or use new ` +
      `RevocationTable()`,
  );
}
