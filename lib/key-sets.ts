import type { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { Environment, type KeyCustody, SealingContext, Tables } from '../core/contract/index.ts';
import { makeTable } from './data-table.ts';
import { allow } from './permissions.ts';
import { grantSigningKeys, grantUseOfSigningKeys } from './signing-keys.ts';
import { tellKeySets } from './token-service-base.ts';

/** Whose keys, and where new private ones are. */
export interface KeySetsProps {
  readonly issuer: string;
  readonly custody: KeyCustody;
  readonly removalPolicy: RemovalPolicy;
}

/** The key set of an issuer with the key that seals its private keys, and who may do what with either. */
export class KeySets {
  readonly table: Table;
  readonly sealingKey: Key;
  readonly #props: KeySetsProps;

  /** @param scope the token service */
  constructor(scope: Construct, props: KeySetsProps) {
    const { removalPolicy } = props;
    this.#props = props;
    this.table = makeTable(scope, 'KeySets', { partitionKey: Tables.keySet.partitionKey, removalPolicy });
    this.sealingKey = new Key(scope, 'SealingKey', {
      description: "Encrypts the private keys of Keyturn's token service",
      enableKeyRotation: true,
      removalPolicy,
    });
  }

  /** Lets a function sign with the active key: one that is sealed, whatever the custody of new ones, or in KMS. */
  grantSign(fn: LambdaFunction): void {
    const { issuer, custody } = this.#props;
    this.#grantTable(fn, ['dynamodb:GetItem']);
    this.#grantSealing(fn, 'kms:Decrypt');
    if (custody === 'kms') grantUseOfSigningKeys(fn, issuer, ['kms:Sign']);
  }

  /** Lets a function make keys and change the key set. */
  grantRotate(fn: LambdaFunction): void {
    const { issuer, custody } = this.#props;
    this.#grantTable(fn, ['dynamodb:GetItem', 'dynamodb:PutItem']);
    if (custody === 'kms') grantSigningKeys(fn, issuer);
    else this.#grantSealing(fn, 'kms:Encrypt');
  }

  #grantTable(fn: LambdaFunction, actions: readonly string[]): void {
    allow(fn, { actions, resourceArn: this.table.tableArn });
    tellKeySets(fn, { issuer: this.#props.issuer, keySetTable: this.table });
  }

  #grantSealing(fn: LambdaFunction, action: 'kms:Decrypt' | 'kms:Encrypt'): void {
    allow(fn, {
      actions: [action],
      resourceArn: this.sealingKey.keyArn,
      conditions: {
        StringEquals: { [`kms:EncryptionContext:${SealingContext.issuer}`]: this.#props.issuer },
        'ForAllValues:StringEquals': {
          'kms:EncryptionContextKeys': [SealingContext.issuer, SealingContext.kid],
        },
      },
    });
    fn.addEnvironment(Environment.sealingKey, this.sealingKey.keyArn);
  }
}
