import { describe, expect, it } from '@jest/globals';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Template } from 'aws-cdk-lib/assertions';
import { GraphWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { makeAuthorizer, makeTokenService } from './apis.ts';
import { makeApp, makeStack, resourcesByPath } from './synth.ts';

describe('metrics of a JwtAuthorizer', () => {
  it('can be alarmed on: one reason, and what could not be decided', () => {
    const stack = makeStack();
    const authorizer = makeAuthorizer(stack);
    const options = { threshold: 1, evaluationPeriods: 1 };
    authorizer.metricUndecided().createAlarm(stack, 'Undecided', options);
    const revoked = authorizer.metricRefused({ reason: 'token_revoked', period: Duration.minutes(1) });
    new GraphWidget({ left: [revoked] }).toJson();
    const [alarm] = resourcesByPath(Template.fromStack(stack), 'AWS::CloudWatch::Alarm').values();
    expect(alarm?.Properties).toMatchObject({
      Namespace: 'Keyturn',
      MetricName: 'Undecided',
      Statistic: 'Sum',
      Period: 300,
    });
    expect(revoked.toMetricConfig().metricStat).toMatchObject({
      namespace: 'Keyturn',
      metricName: 'Refused',
      dimensions: [{ name: 'Reason', value: 'token_revoked' }],
      statistic: 'Sum',
      period: Duration.minutes(1),
    });
  });

  it('can be alarmed on over all reasons together', () => {
    const stack = makeStack();
    makeAuthorizer(stack)
      .metricRefused({ period: Duration.minutes(1) })
      .createAlarm(stack, 'Refused', { threshold: 100, evaluationPeriods: 1 });
    const [alarm] = resourcesByPath(Template.fromStack(stack), 'AWS::CloudWatch::Alarm').values();
    expect(alarm?.Properties).toMatchObject({ MetricName: 'Refused', Statistic: 'Sum', Period: 60 });
    expect(alarm?.Properties).not.toHaveProperty('Dimensions');
  });
});

it('a metric is of the account and Region of its construct, wherever it is looked at', () => {
  const app = makeApp();
  const env = { account: '123456789012', region: 'eu-west-1' };
  const stack = new Stack(app, 'Orders', { env });
  const metrics = [makeAuthorizer(stack).metricRefused(), makeTokenService(stack).metricTokensIssued()];
  for (const metric of metrics) expect(metric.toMetricConfig().metricStat).toMatchObject(env);
});

describe('metrics of a TokenService', () => {
  it.each([
    ['TokensIssued', 'metricTokensIssued'],
    ['KeysRotated', 'metricKeysRotated'],
  ] as const)('has %s', (metricName, method) => {
    const metric = makeTokenService(makeStack())[method]();
    expect(metric).toMatchObject({ namespace: 'Keyturn', metricName, statistic: 'Sum' });
    expect(metric.dimensions).toBeUndefined();
  });
});
