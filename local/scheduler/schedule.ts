import { randomUUID } from 'node:crypto';
import { arrayOf, isObject, numberOf, objectOf, textOf, type JsonObject } from '../json.ts';
import { account, region, type LeftOut, type Resource } from '../types.ts';
import { parseExpression, type Expression } from './expression.ts';

/** A target that a schedule calls when it is due. */
export interface Target {
  readonly functionArn: string;
  readonly retries: number;
  /** An event is not tried again once it is older, in milliseconds. */
  readonly maximumAgeMs: number;
  /** The ARN of the dead-letter queue, when one is configured. */
  readonly deadLetterArn: string | undefined;
  /** The event for a time in milliseconds since the epoch. */
  event(scheduledTime: number, attempt: number): unknown;
}

/** A schedule that is enabled and has functions for targets. */
export interface Schedule {
  readonly logicalId: string;
  readonly expression: Expression;
  /** Milliseconds since the epoch; a schedule of the Scheduler with a rate is due at once when it starts. */
  readonly startsAt: number | undefined;
  readonly endsAt: number | undefined;
  readonly dueAtStart: boolean;
  readonly targets: readonly Target[];
}

/** What became of a schedule resource: played, switched off, or left out with a reason. */
export interface ReadSchedule {
  readonly schedule?: Schedule;
  readonly leftOut?: LeftOut;
}

/** Whether a function of that ARN is played. */
export type IsPlayed = (arn: string) => boolean;

/**
 * Translates `AWS::Scheduler::Schedule`.
 *
 * @param resourceArn the schedule's own ARN.
 * @throws {@link LocalError} `SCHEDULE_INVALID`.
 */
export function readSchedule(resource: Resource, resourceArn: string, isPlayed: IsPlayed): ReadSchedule {
  const { properties } = resource;
  const target = objectOf(properties.Target);
  const functionArn = textOf(target.Arn) ?? '';
  const zone = textOf(properties.ScheduleExpressionTimezone) ?? 'UTC';
  if (properties.State === 'DISABLED') return {};
  if (!isPlayed(functionArn))
    return leftOut(resource, `its target ${functionArn} is not a function that is played`);
  if (!['UTC', 'Etc/UTC', 'GMT'].includes(zone))
    return leftOut(resource, `its time zone ${zone} is not played: only UTC is`);
  const expression = parseExpression(textOf(properties.ScheduleExpression) ?? '');
  return {
    schedule: {
      logicalId: resource.logicalId,
      expression,
      startsAt: timeOf(properties.StartDate),
      endsAt: timeOf(properties.EndDate),
      dueAtStart: expression.kind === 'rate',
      targets: [
        {
          functionArn,
          ...deliveryOf(target),
          event: (time, attempt) => scheduledInput(textOf(target.Input), { resourceArn, time, attempt }),
        },
      ],
    },
  };
}

/**
 * Translates an `AWS::Events::Rule` that has a schedule expression; one without matches events, which are not played.
 *
 * @throws {@link LocalError} `SCHEDULE_INVALID`.
 */
export function readRule(resource: Resource, resourceArn: string, isPlayed: IsPlayed): ReadSchedule {
  const { properties } = resource;
  const text = textOf(properties.ScheduleExpression);
  if (properties.State === 'DISABLED') return {};
  if (text === undefined)
    return leftOut(resource, 'it matches events, which are not played: only scheduled rules are');
  const targets = arrayOf(properties.Targets).filter(isObject);
  const strange = targets.find(
    (target) => !isPlayed(textOf(target.Arn) ?? '') || target.InputTransformer !== undefined,
  );
  if (strange !== undefined) {
    return leftOut(
      resource,
      `its target ${String(strange.Arn)} is not a function that is played, or has an input transformer`,
    );
  }
  return {
    schedule: {
      logicalId: resource.logicalId,
      expression: parseExpression(text),
      startsAt: undefined,
      endsAt: undefined,
      dueAtStart: false,
      targets: targets.map((target) => ({
        functionArn: textOf(target.Arn) ?? '',
        ...deliveryOf(target),
        event: (time) => ruleInput(textOf(target.Input), resourceArn, time),
      })),
    },
  };
}

function leftOut({ logicalId, type }: Resource, reason: string): ReadSchedule {
  return { leftOut: { logicalId, type, reason } };
}

function timeOf(value: unknown): number | undefined {
  const time = Date.parse(String(value));
  return Number.isNaN(time) ? undefined : time;
}

function deliveryOf(target: JsonObject): Pick<Target, 'retries' | 'maximumAgeMs' | 'deadLetterArn'> {
  const policy = objectOf(target.RetryPolicy);
  return {
    retries: numberOf(policy.MaximumRetryAttempts) ?? 185,
    maximumAgeMs: (numberOf(policy.MaximumEventAgeInSeconds) ?? 86_400) * 1000,
    deadLetterArn: textOf(objectOf(target.DeadLetterConfig).Arn),
  };
}

/** @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
function scheduledInput(
  input: string | undefined,
  {
    resourceArn,
    time,
    attempt,
  }: { readonly resourceArn: string; readonly time: number; readonly attempt: number },
): unknown {
  const context: Readonly<Record<string, string>> = {
    'schedule-arn': resourceArn,
    'scheduled-time': isoSeconds(time),
    'execution-id': randomUUID(),
    'attempt-number': String(attempt),
  };
  if (input === undefined) return notification('aws.scheduler', resourceArn, time);
  return parsed(
    input.replace(/<aws\.scheduler\.([a-z-]+)>/g, (whole, name: string) => context[name] ?? whole),
  );
}

function ruleInput(input: string | undefined, resourceArn: string, time: number): unknown {
  return input === undefined ? notification('aws.events', resourceArn, time) : parsed(input);
}

/**
 * What is sent where no input is configured.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-scheduled.html
 */
function notification(source: string, resourceArn: string, time: number): unknown {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source,
    account,
    time: isoSeconds(time),
    region,
    resources: [resourceArn],
    detail: {},
  };
}

function parsed(input: string): unknown {
  try {
    return JSON.parse(input) as unknown;
  } catch {
    return input;
  }
}

function isoSeconds(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}
