/** Alarms, each with a heading of the runbook that says what to do. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Duration } from 'aws-cdk-lib/core';
import { Template } from 'aws-cdk-lib/assertions';
import { AttributeType, StreamViewType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { RevocationTable } from '../../lib/index.ts';
import { makeAuthorizer, makeHttpApi, makeTokenService } from './apis.ts';
import { statementsByRole } from './iam.ts';
import { makeStack, resourcesByPath, type TemplateResource } from './synth.ts';

/** As GitHub makes anchors of headings. */
const anchors = readFileSync('docs/runbook.md', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('#'))
  .map((line) =>
    line
      .replace(/^#+ /, '')
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );

/** An authorizer that keeps answers of an HTTP API, its table encrypted by a key of the user's own. */
function everyAlarm(): Template {
  const stack = makeStack();
  const table = new Table(stack, 'Own', {
    partitionKey: { name: 'id', type: AttributeType.STRING },
    timeToLiveAttribute: 'expiresAt',
    stream: StreamViewType.KEYS_ONLY,
    encryption: TableEncryption.CUSTOMER_MANAGED,
  });
  const revocations = RevocationTable.fromTable(stack, 'Revocations', table);
  const authorizer = makeAuthorizer(stack, { revocations, resultsCacheTtl: Duration.minutes(5) });
  makeHttpApi(stack, { 'GET /orders': authorizer.forHttpApi() });
  authorizer.addUndecidedAlarm();
  authorizer.addStaleAnswersAlarm();
  for (const flush of authorizer.cacheFlushes) flush.addFailuresAlarm();
  const service = makeTokenService(stack);
  const { schedule } = service;
  service.issueOnSchedule('Report', { client: service.addClient('Reporter', { scopes: ['orders:read'] }) });
  schedule.addFailuresAlarm();
  schedule.addNotRunningAlarm();
  return Template.fromStack(stack);
}

const template = everyAlarm();
const alarms: ReadonlyMap<string, TemplateResource> = resourcesByPath(template, 'AWS::CloudWatch::Alarm');

describe('alarms', () => {
  it.each([
    ['Jwt/Undecided', { Namespace: 'Keyturn', MetricName: 'Undecided' }],
    ['Jwt/StaleAnswers', { Namespace: 'Keyturn', MetricName: 'StaleAnswers' }],
    ['Jwt/Flush/Failures', { Namespace: 'AWS/Lambda', MetricName: 'Errors' }],
  ])('%s goes off at one within 5 minutes', (name, metric) => {
    expect(alarms.get(name)?.Properties).toMatchObject({
      ...{ ...metric, Statistic: 'Sum', Period: 300, EvaluationPeriods: 1, Threshold: 1 },
      ...{ ComparisonOperator: 'GreaterThanOrEqualToThreshold', TreatMissingData: 'notBreaching' },
    });
  });

  it('name headings that the runbook has', () => {
    const named = [...alarms.values()].map(({ Properties }) =>
      /docs\/runbook\.md#([\w-]+)$/.exec(String(Properties['AlarmDescription']))?.at(1),
    );
    expect(named).toHaveLength(6);
    for (const anchor of named) expect(anchors).toContain(anchor);
  });
});

it('what flushes reads the stream of a table that a key of its own encrypts', () => {
  const statements = statementsByRole(template)['Jwt/Flush/CacheFlush/Role'] ?? [];
  expect(statements).toContainEqual({ actions: ['kms:Decrypt'], resources: ['<Own/Key>'] });
  expect(statements).toContainEqual({
    actions: ['dynamodb:ListStreams'],
    resources: ['<Own>/stream/*'],
  });
});
