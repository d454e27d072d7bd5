import type { Duration } from 'aws-cdk-lib/core';
import { Alarm, ComparisonOperator, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { KeyRotationRequest } from '../core/contract/index.ts';
import { TickSchedule } from './tick-schedule.ts';

/** What ticks, and how often. */
export interface KeyRotationScheduleProps {
  readonly keyRotation: LambdaFunction;
  /** How often; whole minutes. */
  readonly interval: Duration;
}

/** Sends key-rotation its tick. */
export class KeyRotationSchedule extends TickSchedule {
  readonly #props: KeyRotationScheduleProps;

  constructor(scope: Construct, id: string, props: KeyRotationScheduleProps) {
    const { keyRotation: fn, interval } = props;
    const input: KeyRotationRequest = { action: 'tick' };
    const description = 'Rotates the signing keys when they are due';
    super(scope, id, { fn, name: 'key-rotation', input, description, interval });
    this.#props = props;
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
      alarmDescription:
        'Key rotation has failed in three intervals in a row. Runbook: docs/runbook.md#key-rotation-fails',
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
      alarmDescription:
        'Key rotation has not run for three intervals. Runbook: docs/runbook.md#key-rotation-does-not-run',
      metric: keyRotation.metricInvocations({ period: interval, statistic: Stats.SUM }),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 3,
      treatMissingData: TreatMissingData.BREACHING,
    });
  }
}
