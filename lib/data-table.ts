import { RemovalPolicy } from 'aws-cdk-lib/core';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';

/** How one of Keyturn's tables is made. */
export interface DataTableOptions {
  /** Name of the partition key, a string. */
  readonly partitionKey: string;
  /** Name of the sort key, a string. @default - none */
  readonly sortKey?: string;
  /** Attribute with the epoch second from which DynamoDB may delete an item. @default - items stay */
  readonly ttl?: string;
  /** What becomes of the table with the stack; anything but DESTROY also protects it from deletion. @default RETAIN */
  readonly removalPolicy?: RemovalPolicy;
}

/** Makes a table: on demand, restorable to any second of the last 35 days, encrypted with the account's AWS managed key. */
export function makeTable(scope: Construct, id: string, options: DataTableOptions): Table {
  const removalPolicy = options.removalPolicy ?? RemovalPolicy.RETAIN;
  return new Table(scope, id, {
    partitionKey: { name: options.partitionKey, type: AttributeType.STRING },
    ...(options.sortKey !== undefined && { sortKey: { name: options.sortKey, type: AttributeType.STRING } }),
    billingMode: BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    encryption: TableEncryption.AWS_MANAGED,
    deletionProtection: removalPolicy !== RemovalPolicy.DESTROY,
    removalPolicy,
    ...(options.ttl !== undefined && { timeToLiveAttribute: options.ttl }),
  });
}
