import { type RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { Environment, Tables } from '../core/contract/index.ts';
import { makeTable } from './data-table.ts';
import { allow } from './permissions.ts';
import { checkText } from './props.ts';

/** Where revocations are kept: made here, or elsewhere and looked up by its attributes. */
export interface IRevocationTable {
  readonly tableName: string;
  readonly tableArn: string;
  /** Lets a function look revocations up (BatchGetItem), and tells it the table's name. */
  grantCheck(fn: LambdaFunction): void;
  /** Lets a function revoke (PutItem, and GetItem to widen a record that is there), and tells it the table's name. */
  grantRevoke(fn: LambdaFunction): void;
}

/** How a {@link RevocationTable} is made. */
export interface RevocationTableProps {
  /**
   * What becomes of the table with the stack. A lost table un-revokes every token in it, so anything but DESTROY also
   * protects it from deletion.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** What identifies a table that another stack of the same account and Region made. */
export interface RevocationTableAttributes {
  readonly tableName: string;
}

const tableNames = {
  holds: (value: string) => /^[A-Za-z0-9_.-]{3,255}$/.test(value),
  allowed: '3 to 255 letters, digits, "_", "." and "-" (the name, not the ARN)',
};

abstract class RevocationTableBase extends Construct implements IRevocationTable {
  abstract readonly tableName: string;
  abstract readonly tableArn: string;

  grantCheck(fn: LambdaFunction): void {
    this.#grant(fn, ['dynamodb:BatchGetItem']);
  }

  grantRevoke(fn: LambdaFunction): void {
    this.#grant(fn, ['dynamodb:GetItem', 'dynamodb:PutItem']);
  }

  #grant(fn: LambdaFunction, actions: readonly string[]): void {
    allow(fn, { actions, resourceArn: this.tableArn });
    fn.addEnvironment(Environment.revocationTable, this.tableName);
  }
}

/** A DynamoDB table of revocations, one item each, deleted by TTL once what it revokes has expired. */
export class RevocationTable extends RevocationTableBase {
  /**
   * A table that another stack of the same account and Region made.
   *
   * @throws {@link ConfigError} when `tableName` cannot be the name of a DynamoDB table
   */
  static fromTableAttributes(
    scope: Construct,
    id: string,
    attributes: RevocationTableAttributes,
  ): IRevocationTable {
    return new ImportedRevocationTable(scope, id, attributes);
  }

  readonly tableName: string;
  readonly tableArn: string;

  constructor(scope: Construct, id: string, props: RevocationTableProps = {}) {
    super(scope, id);
    const table = makeTable(this, 'Table', { ...Tables.revocation, ...props });
    this.tableName = table.tableName;
    this.tableArn = table.tableArn;
  }
}

class ImportedRevocationTable extends RevocationTableBase {
  readonly tableName: string;
  readonly tableArn: string;

  constructor(scope: Construct, id: string, { tableName }: RevocationTableAttributes) {
    super(scope, id);
    checkText({ name: 'RevocationTable.tableName', value: tableName }, tableNames);
    this.tableName = tableName;
    this.tableArn = Stack.of(this).formatArn({
      service: 'dynamodb',
      resource: 'table',
      resourceName: tableName,
    });
  }
}
