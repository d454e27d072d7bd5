import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Alarm, ComparisonOperator, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { KeyRotationRequest } from '../core/contract/index.ts';

/** What ticks, and how often. */
export interface KeyRotationScheduleProps {
  readonly keyRotation: LambdaFunction;
  /** How often; whole minutes. */
  readonly interval: Duration;
}

/**
 * Sends key-rotation its tick. A tick that is lost is made good by the next one, so it is tried again twice within five
 * minutes and then put into a dead-letter queue (EventBridge Scheduler's own default is 185 times in a day, and no queue).
 */
export class KeyRotationSchedule extends Construct {
  /** Ticks that EventBridge Scheduler could not deliver. */
  readonly deadLetterQueue: Queue;
  readonly #props: KeyRotationScheduleProps;

  constructor(scope: Construct, id: string, props: KeyRotationScheduleProps) {
    super(scope, id);
    this.#props = props;
    this.deadLetterQueue = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const tick: KeyRotationRequest = { action: 'tick' };
    const schedule = new CfnSchedule(this, 'Schedule', {
      description: 'Makes the key set what the rotation policy asks for at this time',
      scheduleExpression: ScheduleExpression.rate(props.interval).expressionString,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: props.keyRotation.functionArn,
        roleArn: this.#makeRole(props.keyRotation).roleArn,
        input: JSON.stringify(tick),
        retryPolicy: { maximumRetryAttempts: 2, maximumEventAgeInSeconds: 300 },
        deadLetterConfig: { arn: this.deadLetterQueue.queueArn },
      },
    });
    schedule.node.addDependency(props.keyRotation);
  }

  /**
   * Ticks that failed: three in a row. The keys stay as they are meanwhile, so nothing is refused; runbook:
   * `docs/runbook.md#key-rotation-fails`.
   *
   * @returns an alarm without an action; give it one with `addAlarmAction`
   */
  addFailuresAlarm(id = 'Failures'): Alarm {
    const { keyRotation, interval } = this.#props;
    return new Alarm(this, id, {
      alarmDescription: 'Key rotation fails. Runbook: docs/runbook.md#key-rotation-fails',
      metric: keyRotation.metricErrors({ period: interval, statistic: Stats.SUM }),
      threshold: 1,
      evaluationPeriods: 3,
      treatMissingData: TreatMissingData.IGNORE,
    });
  }

  /**
   * Key-rotation did not run for three intervals; runbook: `docs/runbook.md#key-rotation-does-not-run`.
   *
   * @returns an alarm without an action; give it one with `addAlarmAction`
   */
  addNotRunningAlarm(id = 'NotRunning'): Alarm {
    const { keyRotation, interval } = this.#props;
    return new Alarm(this, id, {
      alarmDescription: 'Key rotation does not run. Runbook: docs/runbook.md#key-rotation-does-not-run',
      metric: keyRotation.metricInvocations({ period: interval, statistic: Stats.SUM }),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 3,
      treatMissingData: TreatMissingData.BREACHING,
    });
  }

  /** CDK's own target would also allow every version and alias of the function (`<arn>:*`). */
  #makeRole(keyRotation: LambdaFunction): Role {
    const stack = Stack.of(this);
    const group = stack.formatArn({
      service: 'scheduler',
      resource: 'schedule-group',
      resourceName: 'default',
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': stack.account, 'aws:SourceArn': group } },
      }),
    });
    role.addToPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [keyRotation.functionArn] }),
    );
    role.addToPolicy(
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.deadLetterQueue.queueArn] }),
    );
    return role;
  }
}
