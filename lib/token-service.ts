import { CustomResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import {
  Environment,
  SealingContext,
  type SigningAlgorithm,
  Tables,
  type TokenServiceSettings,
} from '../core/contract/index.ts';
import { Client } from './client.ts';
import { ClientFunctions } from './client-functions.ts';
import type { ClientProps } from './client-props.ts';
import { makeTable } from './data-table.ts';
import type { EventLog } from './event-log.ts';
import { makeIssuedTokenTable } from './issued-token-table.ts';
import { type FunctionName, makeFunction } from './function.ts';
import { KeyRotationSchedule } from './key-rotation-schedule.ts';
import { allow, type Permission } from './permissions.ts';
import { grantSigningKeys, grantUseOfSigningKeys } from './signing-keys.ts';
import { ReplayTable } from './replay-table.ts';
import type { IRevocationTable } from './revocation-table.ts';
import { ScheduledIssue, type ScheduledIssueProps } from './scheduled-issue.ts';
import {
  ImportedTokenService,
  type KeySetTable,
  tellKeySets,
  type TokenServiceAttributes,
  TokenServiceBase,
} from './token-service-base.ts';
import {
  checkIssuer,
  type ITokenService,
  tickInterval,
  type TokenServiceProps,
} from './token-service-props.ts';
import { toSettings } from './token-service-settings.ts';

/**
 * An issuer of JWT access tokens (RFC 9068) with signing keys that rotate on a schedule. The first key exists when the
 * deployment has ended.
 */
export class TokenService extends TokenServiceBase {
  /**
   * A token service that another stack of the same account and Region made.
   *
   * @throws {@link ConfigError} when an attribute cannot be used
   */
  static fromTokenServiceAttributes(
    scope: Construct,
    id: string,
    attributes: TokenServiceAttributes,
  ): ITokenService {
    return new ImportedTokenService(scope, id, attributes);
  }

  readonly issuer: string;
  readonly audience: string;
  readonly algorithm: SigningAlgorithm;
  /** Key sets: one item an issuer, private keys sealed. */
  readonly keySetTable: Table;
  /** Registered clients. */
  readonly clientTable: Table;
  /** What was issued, without the tokens; undefined where it is not recorded. */
  readonly issuedTokenTable: Table | undefined;
  /** Refresh families, one item each. */
  readonly refreshFamilyTable: Table;
  /** DPoP proofs and client assertions that were used. */
  readonly replays: ReplayTable;
  /** Seals the private keys. */
  readonly sealingKey: Key;
  /** Serves the token endpoint (RFC 6749 §3.2), and IAM-authenticated direct invokes. */
  readonly tokenIssue: LambdaFunction;
  /** Serves the JWK Set and the authorization server metadata (RFC 8414). */
  readonly metadata: LambdaFunction;
  /** The only one that makes keys. */
  readonly keyRotation: LambdaFunction;
  /** Sends key-rotation its ticks. */
  readonly schedule: KeyRotationSchedule;
  protected readonly keySets: KeySetTable;
  readonly #settings: TokenServiceSettings;
  readonly #removalPolicy: RemovalPolicy;
  readonly #clientFunctions: ClientFunctions;
  readonly #logRetention: RetentionDays | undefined;
  readonly #revocations: IRevocationTable;
  #events: EventLog | undefined;

  /** @throws {@link ConfigError} when a prop cannot be used, or a function's bundle is not built */
  constructor(scope: Construct, id: string, props: TokenServiceProps) {
    super(scope, id);
    checkIssuer(props.issuer);
    this.#settings = toSettings(props.issuer, props);
    this.#logRetention = props.logRetention;
    this.#revocations = props.revocations;
    this.issuer = props.issuer;
    this.audience = this.#settings.audience;
    this.algorithm = this.#settings.algorithm;

    const { removalPolicy = RemovalPolicy.RETAIN } = props;
    const { keySet, client } = Tables;
    this.keySetTable = makeTable(this, 'KeySets', { partitionKey: keySet.partitionKey, removalPolicy });
    this.keySets = this.keySetTable;
    this.clientTable = makeTable(this, 'Clients', { partitionKey: client.partitionKey, removalPolicy });
    this.issuedTokenTable =
      props.recordIssuedTokens === false ? undefined : makeIssuedTokenTable(this, removalPolicy);
    this.#removalPolicy = removalPolicy;
    this.#clientFunctions = new ClientFunctions(this, 'ClientFunctions', this.clientTable);
    this.refreshFamilyTable = makeTable(this, 'RefreshFamilies', { ...Tables.refreshFamily, removalPolicy });
    this.replays = new ReplayTable(this, 'Replays', { removalPolicy });
    this.sealingKey = new Key(this, 'SealingKey', {
      description: "Seals the private keys of Keyturn's token service",
      enableKeyRotation: true,
      removalPolicy,
    });
    this.tokenIssue = this.#makeTokenIssue(props.revocations);
    this.metadata = this.#makeMetadata();
    this.keyRotation = this.#makeKeyRotation(props.revocations);
    this.schedule = new KeyRotationSchedule(this, 'Rotation', {
      keyRotation: this.keyRotation,
      interval: tickInterval(props.tickInterval),
    });
    this.#makeFirstKey();
  }

  /**
   * Lets a function authenticate clients: look them up (GetItem), and remember their assertions. It also learns the issuer
   * and the times, and the names of the tables.
   */
  grantAuthenticateClients(fn: LambdaFunction): void {
    allow(fn, { actions: ['dynamodb:GetItem'], resourceArn: this.clientTable.tableArn });
    fn.addEnvironment(Environment.clientTable, this.clientTable.tableName);
    this.replays.grantRemember(fn);
    this.provideSettings(fn);
  }

  /** Lets a function list, register, change and delete clients, and tells it the table's name. */
  grantAdministerClients(fn: LambdaFunction): void {
    const actions = ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Scan'];
    allow(fn, { actions, resourceArn: this.clientTable.tableArn });
    fn.addEnvironment(Environment.clientTable, this.clientTable.tableName);
  }

  /**
   * Lets a function issue tokens to any client, for any subject, by invoking token-issue: a login backend, which knows whom
   * it has logged in. It learns the function's name.
   */
  grantIssueFor(fn: LambdaFunction): void {
    allow(fn, { actions: ['lambda:InvokeFunction'], resourceArn: this.tokenIssue.functionArn });
    fn.addEnvironment(Environment.tokenIssueFunction, this.tokenIssue.functionName);
  }

  /** Lets a function rotate the signing keys, and take them out of use, by invoking key-rotation. It learns its name. */
  grantTurnKeys(fn: LambdaFunction): void {
    allow(fn, { actions: ['lambda:InvokeFunction'], resourceArn: this.keyRotation.functionArn });
    fn.addEnvironment(Environment.keyRotationFunction, this.keyRotation.functionName);
  }

  /**
   * Lets a function look into the record of what was issued (GetItem, and Query on the indexes), and tells it the table's
   * name; nothing where it is not recorded.
   */
  grantReadIssuedTokens(fn: LambdaFunction): void {
    this.#grantIssuedTokens(fn, ['dynamodb:GetItem']);
    const table = this.issuedTokenTable;
    if (table === undefined) return;
    for (const { name } of Object.values(Tables.issuedToken.indexes)) {
      allow(fn, { actions: ['dynamodb:Query'], resourceArn: `${table.tableArn}/index/${name}` });
    }
  }

  grantNoteRefusals(fn: LambdaFunction): void {
    const { partitionKey, lastRefusal } = Tables.issuedToken;
    this.#grantIssuedTokens(fn, ['dynamodb:UpdateItem'], {
      'ForAllValues:StringEquals': { 'dynamodb:Attributes': [partitionKey, lastRefusal] },
      StringEqualsIfExists: { 'dynamodb:ReturnValues': 'NONE' },
    });
    fn.addEnvironment(Environment.issuer, this.issuer);
  }

  /** Lets a function look refresh families up (GetItem), and tells it the table's name. */
  grantReadFamilies(fn: LambdaFunction): void {
    this.#grantFamilies(fn, ['dynamodb:GetItem']);
  }

  /** Lets a function revoke refresh families (GetItem, UpdateItem), and tells it the table's name. */
  grantRevokeFamilies(fn: LambdaFunction): void {
    this.#grantFamilies(fn, ['dynamodb:GetItem', 'dynamodb:UpdateItem']);
  }

  /**
   * Registers a client with the stack.
   *
   * @throws {@link ConfigError} when a prop cannot be used
   */
  addClient(id: string, props: ClientProps): Client {
    const { issuer } = this;
    return new Client(this, id, {
      ...props,
      home: { issuer, functions: this.#clientFunctions, removalPolicy: this.#removalPolicy },
    });
  }

  /**
   * Keeps a valid access token in a secret, for a consumer that cannot speak OAuth.
   *
   * @throws {@link ConfigError} when the tokens live too short for that
   */
  issueOnSchedule(id: string, props: ScheduledIssueProps): ScheduledIssue {
    const { tokenLifetimeSeconds: longest } = this.#settings;
    const own = typeof props.client === 'string' ? undefined : props.client.tokenLifetimeSeconds;
    return new ScheduledIssue(this, id, {
      ...props,
      home: {
        grant: (fn) => {
          this.grantIssueFor(fn);
          this.#revocations.grantCheck(fn);
          this.#events?.grantRecordRuns(fn);
        },
        tokenLifetimeSeconds: Math.min(longest, own ?? longest),
        removalPolicy: this.#removalPolicy,
      },
    });
  }

  /**
   * Has every run of a schedule recorded: of key rotation, and of each {@link issueOnSchedule} that comes after. The admin API
   * shows them.
   */
  recordRunsIn(events: EventLog): void {
    this.#events = events;
    events.grantRecordRuns(this.keyRotation);
  }

  /** Tells a function the issuer and the times and names that the token service works by. It grants nothing. */
  provideSettings(fn: LambdaFunction): void {
    fn.addEnvironment(Environment.issuer, this.issuer);
    fn.addEnvironment(Environment.tokenService, Stack.of(this).toJsonString(this.#settings));
  }

  #makeTokenIssue(revocations: IRevocationTable): LambdaFunction {
    const fn = this.#makeFunction('TokenIssue', 'token-issue', 'Issues tokens to registered clients');
    this.#grantKeySets(fn, ['dynamodb:GetItem']);
    this.#grantSealing(fn, ['kms:Decrypt']);
    if (this.#settings.custody === 'kms') grantUseOfSigningKeys(fn, this.issuer, ['kms:Sign']);
    this.grantAuthenticateClients(fn);
    this.#grantIssuedTokens(fn, ['dynamodb:PutItem']);
    this.#grantFamilies(fn, ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem']);
    revocations.grantCheck(fn);
    revocations.grantRevoke(fn);
    return fn;
  }

  #grantFamilies(fn: LambdaFunction, actions: readonly string[]): void {
    allow(fn, { actions, resourceArn: this.refreshFamilyTable.tableArn });
    fn.addEnvironment(Environment.refreshFamilyTable, this.refreshFamilyTable.tableName);
  }

  #makeMetadata(): LambdaFunction {
    const fn = this.#makeFunction('Metadata', 'metadata', 'Serves the JWK Set and the server metadata');
    this.grantReadPublicKeys(fn);
    return fn;
  }

  #makeKeyRotation(revocations: IRevocationTable): LambdaFunction {
    const fn = this.#makeFunction('KeyRotation', 'key-rotation', 'Makes, activates and retires signing keys');
    this.#grantKeySets(fn, ['dynamodb:GetItem', 'dynamodb:PutItem']);
    if (this.#settings.custody === 'kms') grantSigningKeys(fn, this.issuer);
    else this.#grantSealing(fn, ['kms:Encrypt']);
    revocations.grantCheck(fn);
    revocations.grantRevoke(fn);
    return fn;
  }

  #makeFunction(id: string, name: FunctionName, description: string): LambdaFunction {
    const fn = makeFunction(this, id, {
      name,
      description,
      ...(name === 'key-rotation' && { timeout: Duration.minutes(1), memorySize: 1024 }),
      ...(this.#logRetention !== undefined && { logRetention: this.#logRetention }),
    });
    this.provideSettings(fn);
    return fn;
  }

  #grantIssuedTokens(
    fn: LambdaFunction,
    actions: readonly string[],
    conditions?: Permission['conditions'],
  ): void {
    if (this.issuedTokenTable === undefined) return;
    const resourceArn = this.issuedTokenTable.tableArn;
    allow(fn, { actions, resourceArn, ...(conditions && { conditions }) });
    fn.addEnvironment(Environment.issuedTokenTable, this.issuedTokenTable.tableName);
  }

  #grantKeySets(fn: LambdaFunction, actions: readonly string[]): void {
    allow(fn, { actions, resourceArn: this.keySetTable.tableArn });
    tellKeySets(fn, this);
  }

  #grantSealing(fn: LambdaFunction, actions: readonly string[]): void {
    allow(fn, {
      actions,
      resourceArn: this.sealingKey.keyArn,
      conditions: {
        StringEquals: { [`kms:EncryptionContext:${SealingContext.issuer}`]: this.issuer },
        'ForAllValues:StringEquals': {
          'kms:EncryptionContextKeys': [SealingContext.issuer, SealingContext.kid],
        },
      },
    });
    fn.addEnvironment(Environment.sealingKey, this.sealingKey.keyArn);
  }

  /**
   * Runs key-rotation during the deployment: at first to make the first keys, later whenever the settings change, so
   * that the key set follows at once. It starts after the function, which in turn waits for its role's policy and so for
   * table and key.
   */
  #makeFirstKey(): void {
    const keySet = new CustomResource(this, 'KeySet', {
      resourceType: 'Custom::KeyturnKeySet',
      serviceToken: this.keyRotation.functionArn,
      serviceTimeout: Duration.minutes(5),
      properties: { Issuer: this.issuer, Settings: Stack.of(this).toJsonString(this.#settings) },
    });
    keySet.node.addDependency(this.keyRotation);
  }
}
