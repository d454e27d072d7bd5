import { type CfnTable, StreamViewType } from 'aws-cdk-lib/aws-dynamodb';
import { type RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct, type IConstruct } from 'constructs';
import { Environment, Tables } from '../core/contract/index.ts';
import { makeTable } from './data-table.ts';
import { allow } from './permissions.ts';
import { checkText, tableNames } from './props.ts';
import { checkOwnTable, type OwnTable } from './own-table.ts';

/** Where revocations are kept: made here, or elsewhere and looked up by its attributes. */
export interface IRevocationTable extends IConstruct {
  readonly tableName: string;
  readonly tableArn: string;
  /**
   * ARN of the table's stream, which is switched on by this; undefined where it is not this app's to switch on and its
   * maker did not name it.
   */
  openStream(): string | undefined;
  /**
   * Lets a function be fed by the table's stream (DescribeStream, GetRecords, GetShardIterator, and ListStreams of this
   * table's streams, which Lambda asks for when the mapping is made).
   */
  grantReadStream(fn: LambdaFunction, streamArn: string): void;
  /** Lets a function look revocations up (BatchGetItem), and tells it the table's name. */
  grantCheck(fn: LambdaFunction): void;
  /**
   * Lets a function revoke (PutItem, and GetItem to widen a record that is there), and tells it the table's name. What
   * `keyturn/revocations` needs besides, {@link JwtAuthorizer.grantRevoke} tells.
   */
  grantRevoke(fn: LambdaFunction): void;
  /** Lets a function revoke, lift revocations (DeleteItem) and list them (Scan), and tells it the table's name. */
  grantAdminister(fn: LambdaFunction): void;
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
  /** ARN of its stream, so that kept answers are flushed. @default - they are kept for their time */
  readonly tableStreamArn?: string;
}

abstract class RevocationTableBase extends Construct implements IRevocationTable {
  abstract readonly tableName: string;
  abstract readonly tableArn: string;

  abstract openStream(): string | undefined;

  /** The customer managed key that encrypts it, where there is one. */
  protected abstract readonly encryptionKey: IKey | undefined;

  grantReadStream(fn: LambdaFunction, streamArn: string): void {
    const reads = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'];
    allow(fn, { actions: reads, resourceArn: streamArn });
    allow(fn, { actions: ['dynamodb:ListStreams'], resourceArn: `${this.tableArn}/stream/*` });
    this.encryptionKey?.grantDecrypt(fn);
  }

  grantCheck(fn: LambdaFunction): void {
    this.#grant(fn, ['dynamodb:BatchGetItem']);
    this.encryptionKey?.grantDecrypt(fn);
  }

  grantRevoke(fn: LambdaFunction): void {
    this.#grant(fn, ['dynamodb:GetItem', 'dynamodb:PutItem']);
    this.encryptionKey?.grantEncryptDecrypt(fn);
  }

  grantAdminister(fn: LambdaFunction): void {
    this.#grant(fn, ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Scan']);
    this.encryptionKey?.grantEncryptDecrypt(fn);
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

  /**
   * A table of the app's own, made for revocations and for nothing else: partition key `id` (a string), no sort key, TTL on
   * `expiresAt`. Of a table that is itself looked up this cannot be seen, and is believed.
   *
   * @throws {@link ConfigError} when the table has another key, or no TTL
   */
  static fromTable(scope: Construct, id: string, table: OwnTable): IRevocationTable {
    checkOwnTable(table);
    return new OwnRevocationTable(scope, id, table);
  }

  readonly tableName: string;
  readonly tableArn: string;
  protected readonly encryptionKey = undefined;

  readonly #table: CfnTable;

  constructor(scope: Construct, id: string, props: RevocationTableProps = {}) {
    super(scope, id);
    const table = makeTable(this, 'Table', { ...Tables.revocation, ...props });
    this.tableName = table.tableName;
    this.tableArn = table.tableArn;
    this.#table = table.node.defaultChild as CfnTable;
  }

  openStream(): string {
    this.#table.streamSpecification = { streamViewType: StreamViewType.KEYS_ONLY };
    return this.#table.attrStreamArn;
  }
}

class OwnRevocationTable extends RevocationTableBase {
  readonly tableName: string;
  readonly tableArn: string;
  protected readonly encryptionKey: IKey | undefined;
  readonly #streamArn: string | undefined;

  constructor(scope: Construct, id: string, table: OwnTable) {
    super(scope, id);
    this.tableName = table.tableName;
    this.tableArn = table.tableArn;
    this.encryptionKey = table.encryptionKey;
    this.#streamArn = table.tableStreamArn;
  }

  openStream(): string | undefined {
    return this.#streamArn;
  }
}

class ImportedRevocationTable extends RevocationTableBase {
  readonly tableName: string;
  readonly tableArn: string;
  protected readonly encryptionKey = undefined;

  readonly #streamArn: string | undefined;

  constructor(scope: Construct, id: string, { tableName, tableStreamArn }: RevocationTableAttributes) {
    super(scope, id);
    this.#streamArn = tableStreamArn;
    checkText({ name: 'RevocationTable.tableName', value: tableName }, tableNames);
    this.tableName = tableName;
    this.tableArn = Stack.of(this).formatArn({
      service: 'dynamodb',
      resource: 'table',
      resourceName: tableName,
    });
  }

  openStream(): string | undefined {
    return this.#streamArn;
  }
}
