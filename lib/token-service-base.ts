import { Stack } from 'aws-cdk-lib/core';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { Environment, publicKeySetAttributes, type SigningAlgorithm } from '../core/contract/index.ts';
import { metricOf } from './metrics.ts';
import { allow } from './permissions.ts';
import { checkText, tableNames } from './props.ts';
import { checkIssuer, type ITokenService } from './token-service-props.ts';
import { checkNames } from './token-service-settings.ts';

/** What identifies a token service that another stack of the same account and Region made. */
export interface TokenServiceAttributes {
  /** The exact `iss`, no trailing slash. */
  readonly issuer: string;
  /** `aud` of its tokens. @default - the issuer */
  readonly audience?: string;
  /** Algorithm of its new signing keys; only AWS's own authorizers need to be told. @default 'RS256' */
  readonly algorithm?: SigningAlgorithm;
  /** Name of its key-set table. */
  readonly keySetTableName: string;
}

/** Where key sets are. */
export interface KeySetTable {
  readonly tableName: string;
  readonly tableArn: string;
}

/** What a token service that is made and one that is looked up have in common. */
export abstract class TokenServiceBase extends Construct implements ITokenService {
  abstract readonly issuer: string;
  abstract readonly audience: string;
  abstract readonly algorithm: SigningAlgorithm;
  protected abstract readonly keySets: KeySetTable;

  /**
   * GetItem and BatchGetItem of the public attributes alone: a read that asks for the sealed private keys, or for whole
   * items, is denied.
   */
  grantReadPublicKeys(fn: LambdaFunction): void {
    allow(fn, {
      actions: ['dynamodb:GetItem', 'dynamodb:BatchGetItem'],
      resourceArn: this.keySets.tableArn,
      conditions: {
        'ForAllValues:StringEquals': { 'dynamodb:Attributes': [...publicKeySetAttributes] },
        StringEqualsIfExists: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
      },
    });
    tellKeySets(fn, { issuer: this.issuer, keySetTable: this.keySets });
  }

  abstract grantNoteRefusals(fn: LambdaFunction): void;

  metricTokensIssued(options?: MetricOptions): Metric {
    return metricOf(this, 'tokensIssued', options);
  }

  metricKeysRotated(options?: MetricOptions): Metric {
    return metricOf(this, 'keysRotated', options);
  }
}

/** Tells a function whose key set it reads, and where. */
export function tellKeySets(
  fn: LambdaFunction,
  { issuer, keySetTable }: { readonly issuer: string; readonly keySetTable: KeySetTable },
): void {
  fn.addEnvironment(Environment.issuer, issuer);
  fn.addEnvironment(Environment.keySetTable, keySetTable.tableName);
}

/** A token service that another stack made. */
export class ImportedTokenService extends TokenServiceBase {
  readonly issuer: string;
  readonly audience: string;
  readonly algorithm: SigningAlgorithm;
  protected readonly keySets: KeySetTable;

  /** @throws {@link ConfigError} when an attribute cannot be used */
  constructor(scope: Construct, id: string, attributes: TokenServiceAttributes) {
    super(scope, id);
    const { issuer, audience = issuer, algorithm = 'RS256', keySetTableName: tableName } = attributes;
    checkIssuer(issuer);
    checkNames(algorithm, audience);
    checkText({ name: 'TokenService.keySetTableName', value: tableName }, tableNames);
    this.issuer = issuer;
    this.audience = audience;
    this.algorithm = algorithm;
    const tableArn = Stack.of(this).formatArn({
      service: 'dynamodb',
      resource: 'table',
      resourceName: tableName,
    });
    this.keySets = { tableName, tableArn };
  }

  /** Its record of what was issued is not looked up. */
  grantNoteRefusals(): void {}
}
