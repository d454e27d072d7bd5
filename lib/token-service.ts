import { CustomResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import {
  Environment,
  type SigningAlgorithm,
  Tables,
  type TokenServiceSettings,
} from '../core/contract/index.ts';
import { Client } from './client.ts';
import { ClientFunctions } from './client-functions.ts';
import type { ClientProps } from './client-props.ts';
import { makeTable } from './data-table.ts';
import type { EventLog } from './event-log.ts';
import { IssuedTokens } from './issued-tokens.ts';
import { type FunctionName, makeFunction } from './function.ts';
import { KeyRotationSchedule } from './key-rotation-schedule.ts';
import { KeySets } from './key-sets.ts';
import { allow } from './permissions.ts';
import { ReplayTable } from './replay-table.ts';
import type { IRevocationTable } from './revocation-table.ts';
import { ScheduledIssue, type ScheduledIssueProps } from './scheduled-issue.ts';
import {
  ImportedTokenService,
  type KeySetTable,
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
  readonly #keys: KeySets;
  readonly #issuedTokens: IssuedTokens | undefined;
  readonly #removalPolicy: RemovalPolicy;
  readonly #clientFunctions: ClientFunctions;
  readonly #logRetention: RetentionDays | undefined;
  readonly #revocations: IRevocationTable;
  #events: EventLog | undefined;

  /** @throws {@link ConfigError} when a prop cannot be used, or a function's bundle is not built */
  constructor(scope: Construct, id: string, props: TokenServiceProps) {
    super(scope, id);
    const { issuer, removalPolicy = RemovalPolicy.RETAIN } = props;
    checkIssuer(issuer);
    this.#settings = toSettings(issuer, props);
    this.#logRetention = props.logRetention;
    this.#revocations = props.revocations;
    this.#removalPolicy = removalPolicy;
    this.issuer = issuer;
    this.audience = this.#settings.audience;
    this.algorithm = this.#settings.algorithm;

    this.#keys = new KeySets(this, { issuer, custody: this.#settings.custody ?? 'sealed', removalPolicy });
    this.keySetTable = this.#keys.table;
    this.keySets = this.keySetTable;
    this.sealingKey = this.#keys.sealingKey;
    this.clientTable = makeTable(this, 'Clients', { ...Tables.client, removalPolicy });
    if (props.recordIssuedTokens !== false)
      this.#issuedTokens = new IssuedTokens(this, 'IssuedTokens', removalPolicy);
    this.issuedTokenTable = this.#issuedTokens?.table;
    this.#clientFunctions = new ClientFunctions(this, 'ClientFunctions', this.clientTable);
    this.refreshFamilyTable = makeTable(this, 'RefreshFamilies', { ...Tables.refreshFamily, removalPolicy });
    this.replays = new ReplayTable(this, 'Replays', { removalPolicy });
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
    this.#issuedTokens?.grantRead(fn);
  }

  grantNoteRefusals(fn: LambdaFunction): void {
    this.#issuedTokens?.grantNoteRefusals(fn);
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
    this.#keys.grantSign(fn);
    this.grantAuthenticateClients(fn);
    this.#issuedTokens?.grantRecord(fn);
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
    this.#keys.grantRotate(fn);
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
