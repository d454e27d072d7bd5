import type { RemovalPolicy } from 'aws-cdk-lib/core';
import { AttributeType, type Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { Environment, Tables } from '../core/contract/index.ts';
import { makeTable } from './data-table.ts';
import { allow, type Permission } from './permissions.ts';

/** The record of what was issued, and who may do what with it. */
export class IssuedTokens {
  readonly table: Table;

  /**
   * Makes the table. A token is one write request and, of its item of some 400 bytes, one write unit for the table and one
   * for each index that it is in: three for a token of a client's own, four for one of a subject.
   */
  constructor(scope: Construct, id: string, removalPolicy: RemovalPolicy) {
    const { partitionKey, ttl, indexes } = Tables.issuedToken;
    this.table = makeTable(scope, id, { partitionKey, ttl, removalPolicy });
    for (const index of Object.values(indexes)) {
      this.table.addGlobalSecondaryIndex({
        indexName: index.name,
        partitionKey: { name: index.partitionKey, type: AttributeType.STRING },
        sortKey: { name: ttl, type: AttributeType.NUMBER },
      });
    }
  }

  /** Lets a function record tokens (PutItem), and tells it the table's name. */
  grantRecord(fn: LambdaFunction): void {
    this.#grant(fn, { actions: ['dynamodb:PutItem'] });
  }

  /** Lets a function look into it (GetItem, and Query on the indexes), and tells it the table's name. */
  grantRead(fn: LambdaFunction): void {
    this.#grant(fn, { actions: ['dynamodb:GetItem'] });
    for (const { name } of Object.values(Tables.issuedToken.indexes)) {
      allow(fn, { actions: ['dynamodb:Query'], resourceArn: `${this.table.tableArn}/index/${name}` });
    }
  }

  /** Lets a function note that a token was refused (UpdateItem, of this one attribute), and tells it the table's name. */
  grantNoteRefusals(fn: LambdaFunction): void {
    const { partitionKey, lastRefusal } = Tables.issuedToken;
    this.#grant(fn, {
      actions: ['dynamodb:UpdateItem'],
      conditions: {
        'ForAllValues:StringEquals': { 'dynamodb:Attributes': [partitionKey, lastRefusal] },
        StringEqualsIfExists: { 'dynamodb:ReturnValues': 'NONE' },
      },
    });
  }

  #grant(fn: LambdaFunction, permission: Omit<Permission, 'resourceArn'>): void {
    allow(fn, { ...permission, resourceArn: this.table.tableArn });
    fn.addEnvironment(Environment.issuedTokenTable, this.table.tableName);
  }
}
