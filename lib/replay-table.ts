import type { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { Environment, Tables } from '../core/contract/index.ts';
import { makeTable } from './data-table.ts';
import { allow } from './permissions.ts';

/** How a {@link ReplayTable} is made. */
export interface ReplayTableProps {
  /** What becomes of the table with the stack. @default RemovalPolicy.RETAIN */
  readonly removalPolicy?: RemovalPolicy;
}

/** A DynamoDB table of what may be used once: DPoP proofs, client assertions. TTL deletes what is too old to be used anyway. */
export class ReplayTable extends Construct {
  readonly tableName: string;
  readonly tableArn: string;

  constructor(scope: Construct, id: string, props: ReplayTableProps = {}) {
    super(scope, id);
    const table = makeTable(this, 'Table', { ...Tables.replay, ...props });
    this.tableName = table.tableName;
    this.tableArn = table.tableArn;
  }

  /** Lets a function remember what was used (PutItem, and GetItem to know its own write again), and tells it the table's name. */
  grantRemember(fn: LambdaFunction): void {
    allow(fn, { actions: ['dynamodb:GetItem', 'dynamodb:PutItem'], resourceArn: this.tableArn });
    fn.addEnvironment(Environment.replayTable, this.tableName);
  }
}
