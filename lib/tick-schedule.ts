import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Schedule } from '../core/contract/index.ts';

/** What is invoked, with what, and how often. */
export interface TickScheduleProps {
  readonly fn: LambdaFunction;
  /** What the admin API calls it. */
  readonly name: string;
  /** The event; the schedule adds what it is itself. */
  readonly input: object;
  /** What the Scheduler console shows. */
  readonly description: string;
  /** How often; whole minutes. */
  readonly interval: Duration;
}

/**
 * Invokes a function regularly. A tick that is lost is made good by the next one, so it is tried again twice within five
 * minutes and then put into a dead-letter queue (EventBridge Scheduler's own default is 185 times in a day, and no queue).
 */
export class TickSchedule extends Construct {
  /** Ticks that EventBridge Scheduler could not deliver. */
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, props: TickScheduleProps) {
    super(scope, id);
    this.deadLetterQueue = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const { name, interval } = props;
    const schedule: Schedule = { name, everySeconds: interval.toSeconds() };
    const resource = new CfnSchedule(this, 'Schedule', {
      description: props.description,
      scheduleExpression: ScheduleExpression.rate(interval).expressionString,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: props.fn.functionArn,
        roleArn: this.#makeRole(props.fn).roleArn,
        input: Stack.of(this).toJsonString({ ...props.input, schedule }),
        retryPolicy: { maximumRetryAttempts: 2, maximumEventAgeInSeconds: 300 },
        deadLetterConfig: { arn: this.deadLetterQueue.queueArn },
      },
    });
    resource.node.addDependency(props.fn);
  }

  /** CDK's own target would also allow every version and alias of the function (`<arn>:*`). */
  #makeRole(fn: LambdaFunction): Role {
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
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [fn.functionArn] }),
    );
    role.addToPolicy(
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.deadLetterQueue.queueArn] }),
    );
    return role;
  }
}
