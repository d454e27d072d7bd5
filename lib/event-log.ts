import type { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { Environment, Tables } from '../core/contract/index.ts';
import { makeTable } from './data-table.ts';
import { allow } from './permissions.ts';

/** How an {@link EventLog} is made. */
export interface EventLogProps {
  /** What becomes of the table with the stack; anything but DESTROY also protects it from deletion. @default RemovalPolicy.RETAIN */
  readonly removalPolicy?: RemovalPolicy;
}

/** The record of who did what, when: revocations, client changes, key rotations; and the last run of each schedule. */
export class EventLog extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, props: EventLogProps = {}) {
    super(scope, id);
    this.table = makeTable(this, 'Table', { ...Tables.event, ...props });
  }

  /** Lets a function append events (BatchWriteItem), and tells it the table's name. */
  grantAppend(fn: LambdaFunction): void {
    this.#grant(fn, ['dynamodb:BatchWriteItem']);
  }

  /** Lets a function read events (Query), and tells it the table's name. */
  grantRead(fn: LambdaFunction): void {
    this.#grant(fn, ['dynamodb:Query']);
  }

  /** Lets a function record runs of schedules, and nothing else (PutItem in their partition), and tells it the table's name. */
  grantRecordRuns(fn: LambdaFunction): void {
    const conditions = { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [Tables.event.runs] } };
    allow(fn, { actions: ['dynamodb:PutItem'], resourceArn: this.table.tableArn, conditions });
    fn.addEnvironment(Environment.eventTable, this.table.tableName);
  }

  #grant(fn: LambdaFunction, actions: readonly string[]): void {
    allow(fn, { actions, resourceArn: this.table.tableArn });
    fn.addEnvironment(Environment.eventTable, this.table.tableName);
  }
}
