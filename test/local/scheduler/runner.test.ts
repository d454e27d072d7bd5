import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { runSchedules, type DeliveryWaits } from '../../../local/scheduler/runner.ts';
import { readRule, readSchedule } from '../../../local/scheduler/schedule.ts';
import { FakeClock } from '../fake-clock.ts';
import { FunctionDouble, functionArn, resource, type Handler } from '../gateway/function-double.ts';

const newYear = Date.parse('2026-01-01T00:00:00Z');
const arn = 'arn:aws:scheduler:us-east-1:000000000000:schedule/default/Tick';
const attributes = {
  time: '<aws.scheduler.scheduled-time>',
  arn: '<aws.scheduler.schedule-arn>',
  id: '<aws.scheduler.execution-id>',
  attempt: '<aws.scheduler.attempt-number>',
  none: '<aws.scheduler.none>',
};

function schedule(properties: object = {}, target: object = {}) {
  return resource('Tick', 'AWS::Scheduler::Schedule', {
    ScheduleExpression: 'rate(1 minute)',
    Target: { Arn: functionArn('tick'), Input: JSON.stringify(attributes), ...target },
    ...properties,
  });
}

const isPlayed = (name: string): boolean => name === functionArn('tick');

function run(
  read: ReturnType<typeof readSchedule>,
  handler: Handler = () => null,
  deliveryWaits?: DeliveryWaits,
) {
  if (read.schedule === undefined) throw new Error('left out');
  const functions = new FunctionDouble({ tick: handler });
  const clock = new FakeClock(newYear);
  const lines: string[] = [];
  const log = (source: string, line: string) => void lines.push(`${source}: ${line}`);
  const stop = runSchedules([read.schedule], { invoker: functions, log, clock, deliveryWaits });
  const pass = async (seconds: number): Promise<void> => {
    for (let passed = 0; passed < seconds; passed += 1) {
      clock.advance(1000);
      for (let times = 0; times < 4; times += 1) await turn();
    }
  };
  const of = (name: string) => functions.eventsOf('tick').map((event) => event[name]);
  return { functions, lines, stop, pass, of };
}

const failing: Handler = () => {
  throw new Error('down');
};

describe('a schedule of the Scheduler', () => {
  it('is due when it starts and at its rate', async () => {
    const { pass, of, stop } = run(readSchedule(schedule(), arn, isPlayed));
    await pass(125);
    expect(of('time')).toEqual(['2026-01-01T00:00:00Z', '2026-01-01T00:01:00Z', '2026-01-01T00:02:00Z']);
    stop();
    await pass(120);
    expect(of('time')).toHaveLength(3);
  });

  it('fills in the context attributes', async () => {
    const { pass, functions } = run(readSchedule(schedule(), arn, isPlayed));
    await pass(1);
    expect(functions.eventsOf('tick')).toEqual([
      {
        time: '2026-01-01T00:00:00Z',
        arn,
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        attempt: '1',
        none: '<aws.scheduler.none>',
      },
    ]);
  });

  it('sends a notification where it has no input', async () => {
    const { pass, functions } = run(readSchedule(schedule({}, { Input: undefined }), arn, isPlayed));
    await pass(1);
    expect(functions.eventsOf('tick')[0]).toMatchObject({
      source: 'aws.scheduler',
      'detail-type': 'Scheduled Event',
      time: '2026-01-01T00:00:00Z',
      resources: [arn],
    });
  });

  it('keeps to its start and end', async () => {
    const limits = { StartDate: '2026-01-01T00:01:30Z', EndDate: '2026-01-01T00:02:30Z' };
    const { pass, of } = run(readSchedule(schedule(limits), arn, isPlayed));
    await pass(600);
    expect(of('time')).toEqual(['2026-01-01T00:01:30Z', '2026-01-01T00:02:30Z']);
  });

  it('tries again with growing waits, counts the attempts, and gives up', async () => {
    const once = schedule(
      { ScheduleExpression: 'at(2026-01-01T00:00:10)' },
      { RetryPolicy: { MaximumRetryAttempts: 2 } },
    );
    const { pass, of, lines } = run(readSchedule(once, arn, isPlayed), failing);
    await pass(60);
    expect(of('attempt')).toEqual(['1', '2', '3']);
    expect(new Set(of('time')).size).toBe(1);
    expect(lines).toEqual([
      'Tick: attempt 1 failed: Error: down; again in 1 s',
      'Tick: attempt 2 failed: Error: down; again in 2 s',
      'Tick: attempt 3 failed: Error: down; the event is dropped (no dead-letter queue is configured)',
    ]);
  });

  it('gives up an event that is too old', async () => {
    const once = schedule(
      { ScheduleExpression: 'at(2026-01-01T00:00:10)' },
      { RetryPolicy: { MaximumEventAgeInSeconds: 5 }, DeadLetterConfig: { Arn: 'arn:q' } },
    );
    const { pass, of, lines } = run(readSchedule(once, arn, isPlayed), failing);
    await pass(60);
    expect(of('attempt')).toEqual(['1', '2', '3']);
    expect(lines.at(-1)).toContain('would go to the dead-letter queue arn:q now');
  });

  it('delivers twice, late and out of order where it is told to', async () => {
    const waits: Readonly<Record<number, readonly number[]>> = { 0: [0, 0], 60: [90_000], 120: [1000] };
    const read = readSchedule(schedule(), arn, isPlayed);
    const { pass, of } = run(
      read,
      () => null,
      (logicalId, time) => (logicalId === 'Tick' ? (waits[(time - newYear) / 1000] ?? []) : []),
    );
    await pass(200);
    expect(of('time').map((time) => String(time).slice(14, 16))).toEqual(['00', '00', '02', '01']);
    expect(new Set(of('id')).size).toBe(4);
  });

  it.each<[string, object, object, string]>([
    [
      'another target',
      {},
      { Arn: 'arn:aws:sqs:us-east-1:000000000000:q' },
      'is not a function that is played',
    ],
    ['another time zone', { ScheduleExpressionTimezone: 'Europe/Vienna' }, {}, 'Europe/Vienna is not played'],
  ])('is left out for %s', (_what, properties, target, reason) => {
    const { leftOut } = readSchedule(schedule(properties, target), arn, isPlayed);
    expect(leftOut).toMatchObject({ logicalId: 'Tick', reason: expect.stringContaining(reason) });
  });

  it('is not run while it is disabled', () => {
    expect(readSchedule(schedule({ State: 'DISABLED' }), arn, isPlayed)).toEqual({});
  });
});

describe('a scheduled rule', () => {
  const ruleArn = 'arn:aws:events:us-east-1:000000000000:rule/Tick';
  const rule = (properties: object, target: object = {}) =>
    resource('Tick', 'AWS::Events::Rule', {
      Targets: [{ Id: 'T', Arn: functionArn('tick'), ...target }],
      ...properties,
    });

  it('sends the event of a rule, first after a whole interval', async () => {
    const read = readRule(rule({ ScheduleExpression: 'rate(1 minute)' }), ruleArn, isPlayed);
    const { pass, functions } = run(read);
    await pass(59);
    expect(functions.events).toEqual([]);
    await pass(1);
    expect(functions.eventsOf('tick')[0]).toMatchObject({
      source: 'aws.events',
      'detail-type': 'Scheduled Event',
      time: '2026-01-01T00:01:00Z',
      resources: [ruleArn],
    });
  });

  it('sends its own input where it has one', async () => {
    const read = readRule(
      rule({ ScheduleExpression: 'rate(1 minute)' }, { Input: '{"a":1}' }),
      ruleArn,
      isPlayed,
    );
    const { pass, functions } = run(read);
    await pass(60);
    expect(functions.eventsOf('tick')).toEqual([{ a: 1 }]);
  });

  it.each<[string, object, object, string]>([
    ['events', { EventPattern: {} }, {}, 'it matches events, which are not played'],
    [
      'an input transformer',
      { ScheduleExpression: 'rate(1 minute)' },
      { InputTransformer: {} },
      'has an input transformer',
    ],
  ])('is left out for %s', (_what, properties, target, reason) => {
    const { leftOut } = readRule(rule(properties, target), ruleArn, isPlayed);
    expect(leftOut).toMatchObject({ logicalId: 'Tick', reason: expect.stringContaining(reason) });
  });
});
