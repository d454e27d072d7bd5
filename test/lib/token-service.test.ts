import { describe, expect, it } from '@jest/globals';
import { Duration, Lazy } from 'aws-cdk-lib/core';
import { Template } from 'aws-cdk-lib/assertions';
import { ConfigError, RevocationTable, TokenService, type TokenServiceProps } from '../../lib/index.ts';
import { statementsByRole } from './iam.ts';
import { environmentOf, makeGrantee, makeStack, resourcesByPath } from './synth.ts';

function makeService(props: Partial<TokenServiceProps> = {}) {
  const stack = makeStack();
  const revocations = new RevocationTable(stack, 'Revocations');
  const service = new TokenService(stack, 'Tokens', { issuer: 'https://a.example', revocations, ...props });
  return { stack, service };
}

describe('TokenService', () => {
  it('is its own audience unless told otherwise', () => {
    expect(makeService().service.audience).toBe('https://a.example');
    expect(makeService({ audience: 'orders' }).service.audience).toBe('orders');
  });

  it('lets a verifier read the public attributes alone, and tells it issuer and table', () => {
    const { stack, service } = makeService();
    service.grantReadPublicKeys(makeGrantee(stack));
    const template = Template.fromStack(stack);
    expect(statementsByRole(template)['Grantee/Role']?.slice(1)).toEqual([
      {
        actions: ['dynamodb:BatchGetItem', 'dynamodb:GetItem'],
        resources: ['<Tokens/KeySets>'],
        conditions: {
          'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['issuer', 'version', 'keys', 'windows'] },
          StringEqualsIfExists: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
        },
      },
    ]);
    expect(environmentOf(template, 'Grantee/Function')).toEqual({
      KEYTURN_ISSUER: 'https://a.example',
      KEYTURN_KEY_SET_TABLE: '<Tokens/KeySets>',
    });
  });

  it("lets key-rotation make keys in KMS, and token-issue sign with the issuer's own, where KMS has custody", () => {
    const { stack } = makeService({ custody: 'kms' });
    const roles = statementsByRole(Template.fromStack(stack));
    const kmsOf = (role: string) =>
      roles[role]?.filter(({ actions }) => actions.some((action) => action.startsWith('kms:')));
    const keys = ['arn:<AWS::Partition>:kms:<AWS::Region>:<AWS::AccountId>:key/*'];
    const signs = { 'kms:KeyUsage': 'SIGN_VERIFY' };
    const tag = { 'aws:RequestTag/keyturn:issuer': 'https://a.example' };
    const noOther = { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['keyturn:issuer'] } };
    const own = {
      StringEquals: { 'aws:ResourceTag/keyturn:issuer': 'https://a.example', ...signs },
    };
    expect(kmsOf('Tokens/KeyRotation/Role')).toEqual([
      {
        ...{ actions: ['kms:CreateKey'], resources: ['*'] },
        conditions: { StringEquals: { ...tag, ...signs }, ...noOther },
      },
      {
        ...{ actions: ['kms:TagResource'], resources: keys },
        conditions: { StringEquals: tag, ...noOther },
      },
      { actions: ['kms:GetPublicKey'], resources: keys, conditions: { StringEquals: signs } },
      { actions: ['kms:ScheduleKeyDeletion'], resources: keys, conditions: own },
    ]);
    expect(kmsOf('Tokens/TokenIssue/Role')).toEqual([
      expect.objectContaining({ actions: ['kms:Decrypt'] }),
      { actions: ['kms:Sign'], resources: keys, conditions: own },
    ]);
  });

  it.each([
    [1, 'rate(1 minute)'],
    [5, 'rate(5 minutes)'],
    [1440, 'rate(1 day)'],
  ])('ticks every %d minutes as %s', (minutes, expression) => {
    const { stack } = makeService({ tickInterval: Duration.minutes(minutes) });
    const [schedule] = resourcesByPath(Template.fromStack(stack), 'AWS::Scheduler::Schedule').values();
    expect(schedule?.Properties['ScheduleExpression']).toBe(expression);
  });

  it('has alarms for ticks that fail and for ticks that do not come', () => {
    const { stack, service } = makeService({ tickInterval: Duration.minutes(10) });
    service.schedule.addFailuresAlarm();
    service.schedule.addNotRunningAlarm();
    const alarms = resourcesByPath(Template.fromStack(stack), 'AWS::CloudWatch::Alarm');
    expect(alarms.get('Tokens/Rotation/Failures')?.Properties).toMatchObject({
      ...{ MetricName: 'Errors', Period: 600, EvaluationPeriods: 3, Threshold: 1, Statistic: 'Sum' },
      ...{ ComparisonOperator: 'GreaterThanOrEqualToThreshold', TreatMissingData: 'ignore' },
    });
    expect(alarms.get('Tokens/Rotation/NotRunning')?.Properties).toMatchObject({
      ...{ MetricName: 'Invocations', Period: 600, EvaluationPeriods: 3, Threshold: 1, Statistic: 'Sum' },
      ...{ ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'breaching' },
    });
  });

  it('takes times and an audience that only the deployment knows', () => {
    const seconds = Duration.seconds(Lazy.number({ produce: () => 0 }));
    const audience = Lazy.string({ produce: () => '' });
    expect(() => makeService({ tokenLifetime: seconds, audience })).not.toThrow();
  });

  it.each<[Partial<TokenServiceProps>, string]>([
    [
      { issuer: 'a.example' },
      'TokenService.issuer: got "a.example"; allowed: an https URL without query, fragment or',
    ],
    [
      { issuer: 'https://a.example/' },
      'got "https://a.example/"; allowed: an https URL without query, fragment or trailing',
    ],
    [{ issuer: 'https://a.example#x' }, 'TokenService.issuer'],
    [
      JSON.parse('{"algorithm":"none"}'),
      'TokenService.algorithm: got "none"; allowed: one of RS256, ES256, EdDSA, PS256, ML-DSA-44, ML-DSA-65, ML-DSA-87',
    ],
    [JSON.parse('{"custody":"hsm"}'), 'TokenService.custody: got "hsm"; allowed: one of sealed, kms'],
    [{ audience: '' }, 'TokenService.audience: got ""; allowed: 1 to 255 characters'],
    [
      { tokenLifetime: Duration.days(2) },
      'TokenService.tokenLifetime: got 172800 seconds; allowed: 1 to 86400 seconds',
    ],
    [{ tokenLifetime: Duration.seconds(0) }, 'TokenService.tokenLifetime: got 0 seconds'],
    [
      { rotationPeriod: Duration.days(401) },
      'TokenService.rotationPeriod: got 34646400 seconds; allowed: 1 to 34560000',
    ],
    [{ jwksCache: Duration.days(8) }, 'TokenService.jwksCache: got 691200 seconds; allowed: 1 to 604800'],
    [{ clockSkew: Duration.hours(1) }, 'TokenService.clockSkew: got 3600 seconds; allowed: 0 to 600'],
    [{ propagation: Duration.hours(2) }, 'TokenService.propagation: got 7200 seconds; allowed: 0 to 3600'],
    [
      { signerHold: Duration.millis(500) },
      'TokenService.signerHold: got 0.5 seconds; allowed: 0 to 3600 seconds, whole',
    ],
    [
      { resultsCacheTtl: Duration.hours(2) },
      'TokenService.resultsCacheTtl: got 7200 seconds; allowed: 0 to 3600',
    ],
    [
      { tickInterval: Duration.seconds(90) },
      'TokenService.tickInterval: got 90 seconds; allowed: whole minutes',
    ],
    [{ tickInterval: Duration.seconds(0) }, 'TokenService.tickInterval: got 0 seconds; allowed: 60 to 86400'],
    [
      { tickInterval: Duration.days(2) },
      'TokenService.tickInterval: got 172800 seconds; allowed: 60 to 86400',
    ],
    [{ rotationPeriod: Duration.hours(2) }, 'TokenService.rotationPeriod: got 7200; allowed: 7320 or more'],
    [
      { rotationPeriod: Duration.hours(2), jwksCache: Duration.seconds(1), tokenLifetime: Duration.days(1) },
      'TokenService.rotationPeriod: got 7200; allowed: 10816 or more',
    ],
  ])('refuses %j', (props, message) => {
    expect(() => makeService(props)).toThrow(ConfigError);
    expect(() => makeService(props)).toThrow(message);
  });
});
