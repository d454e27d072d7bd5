import { Duration, type RemovalPolicy, Token } from 'aws-cdk-lib/core';
import {
  Alarm,
  ComparisonOperator,
  Metric,
  type MetricOptions,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { ConfigError, Metrics, type ScheduledIssueRequest } from '../core/contract/index.ts';
import type { Client } from './client.ts';
import { clientIds, filled, scopeTokens } from './client-props.ts';
import { makeFunction } from './function.ts';
import { allow } from './permissions.ts';
import { checkText, checkTexts } from './props.ts';
import { TickSchedule } from './tick-schedule.ts';

/** Which tokens are issued on a schedule. */
export interface ScheduledIssueProps {
  /** Whose tokens: a client of `addClient`, or the id of one that is registered otherwise. */
  readonly client: Client | string;
  /** Scopes of the tokens. @default - all of the client's */
  readonly scopes?: readonly string[];
  /** Resources that the tokens are for (RFC 8707). @default - all audiences of the client */
  readonly resource?: readonly string[];
}

/** Where tokens come from. */
export interface ScheduledIssueHome {
  /** Lets the function issue tokens, and see whether they are revoked. */
  readonly grant: (fn: LambdaFunction) => void;
  readonly tokenLifetimeSeconds: number;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * Secrets Manager keeps versions of a secret for a day, a hundred of them at least; AWS asks not to put a value more often
 * than every ten minutes over a long time. A token is renewed after two thirds of its lifetime.
 */
const leastLifetimeSeconds = 900;

/**
 * A secret that always holds a valid access token, for a consumer that cannot speak OAuth. Each token takes the place of
 * the one before while that one has a third of its lifetime to go: a consumer that reads the secret that often is never
 * without.
 */
export class ScheduledIssue extends Construct {
  /** JSON with `access_token`, `token_type`, `issued_at`, `expires_at` (NumericDates) and `scope`. */
  readonly secret: Secret;
  /** Keeps the secret fresh. */
  readonly handler: LambdaFunction;
  /** Says how often it is looked at: five times within the last third of a token's lifetime, or every minute. */
  readonly schedule: TickSchedule;
  /** Goes off when the secret was not seen to for three turns, whatever the cause: the token in it may end soon. */
  readonly lateAlarm: Alarm;
  readonly #interval: Duration;

  /** @throws {@link ConfigError} when the tokens live too short, or a prop cannot be used */
  constructor(
    scope: Construct,
    id: string,
    { home, ...props }: ScheduledIssueProps & { readonly home: ScheduledIssueHome },
  ) {
    super(scope, id);
    checkLifetime(home.tokenLifetimeSeconds);
    check(props);
    this.#interval = Duration.minutes(Math.max(1, Math.floor(home.tokenLifetimeSeconds / 3 / 5 / 60)));
    this.secret = new Secret(this, 'Secret', {
      description: 'An access token that is renewed on a schedule',
      removalPolicy: home.removalPolicy,
    });
    this.handler = this.#makeHandler(home);
    this.schedule = new TickSchedule(this, 'Schedule', {
      fn: this.handler,
      name: `scheduled-issue ${this.node.path}`,
      input: toRequest(this.secret, props),
      description: 'Renews the access token in a secret before it expires',
      interval: this.#interval,
    });
    if (typeof props.client !== 'string') this.schedule.node.addDependency(props.client);
    this.lateAlarm = this.#makeAlarm();
  }

  /** Turns that left a fresh token in the secret; the sum over the interval of turns unless told otherwise. */
  metricFresh(options: MetricOptions = {}): Metric {
    return new Metric({
      namespace: Metrics.namespace,
      metricName: Metrics.tokenSecretsFresh,
      dimensionsMap: { [Metrics.secret]: this.secret.secretArn },
      statistic: Stats.SUM,
      period: this.#interval,
      ...options,
    }).attachTo(this);
  }

  /** Lets a function read the token (GetSecretValue). */
  grantReadToken(fn: LambdaFunction): void {
    allow(fn, { actions: ['secretsmanager:GetSecretValue'], resourceArn: this.secret.secretArn });
  }

  #makeHandler(home: ScheduledIssueHome): LambdaFunction {
    const fn = makeFunction(this, 'Handler', {
      name: 'scheduled-issue',
      description: 'Keeps a valid access token in a secret',
      timeout: Duration.seconds(30),
    });
    home.grant(fn);
    allow(fn, {
      actions: ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
      resourceArn: this.secret.secretArn,
    });
    return fn;
  }

  #makeAlarm(): Alarm {
    return new Alarm(this, 'Late', {
      alarmDescription:
        'The access token in a secret is not renewed for three turns. Runbook: docs/runbook.md#a-scheduled-token-is-late',
      metric: this.metricFresh(),
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      threshold: 1,
      evaluationPeriods: 3,
      treatMissingData: TreatMissingData.BREACHING,
    });
  }
}

function toRequest(secret: Secret, props: ScheduledIssueProps): ScheduledIssueRequest {
  const { client, scopes, resource } = props;
  return {
    action: 'issue-into-secret',
    secretArn: secret.secretArn,
    clientId: typeof client === 'string' ? client : client.clientId,
    ...(scopes !== undefined && { scope: scopes.join(' ') }),
    ...(resource !== undefined && { resource }),
  };
}

/** @throws {@link ConfigError} */
function check({ client, scopes, resource }: ScheduledIssueProps): void {
  const name = 'TokenService.issueOnSchedule';
  if (typeof client === 'string') checkText({ name: `${name}: client`, value: client }, clientIds);
  if (scopes !== undefined) checkTexts({ name: `${name}: scopes`, value: scopes }, scopeTokens);
  if (resource !== undefined) checkTexts({ name: `${name}: resource`, value: resource }, filled);
}

function checkLifetime(seconds: number): void {
  if (Token.isUnresolved(seconds))
    throw new ConfigError(
      'TokenService.issueOnSchedule: got a tokenLifetime that only the deployment knows; allowed: one that is known at ' +
        'synthesis, because the schedule goes by it',
    );
  if (seconds >= leastLifetimeSeconds) return;
  throw new ConfigError(
    `TokenService.issueOnSchedule: got tokens of ${seconds} seconds; allowed: ${leastLifetimeSeconds} or more, because ` +
      'Secrets Manager takes a new value every ten minutes; raise tokenLifetime of the token service or the client',
  );
}
