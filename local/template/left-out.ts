import type { LeftOut } from '../types.ts';
import { isCustomResource } from './identity.ts';
import type { Entry } from './template-set.ts';

/** Resource types that this machine plays itself; those of API Gateway come on top. */
export const playedTypes: readonly string[] = [
  'AWS::DynamoDB::Table',
  'AWS::DynamoDB::GlobalTable',
  'AWS::Lambda::Function',
  'AWS::Lambda::Version',
  'AWS::Lambda::Alias',
  'AWS::Lambda::EventSourceMapping',
  'AWS::KMS::Key',
  'AWS::KMS::Alias',
  'AWS::SecretsManager::Secret',
  'AWS::SecretsManager::RotationSchedule',
  'AWS::Scheduler::Schedule',
  'AWS::Events::Rule',
];

/** Types that change nothing about what a caller sees: permissions, log settings, alarms, bookkeeping. */
const nothingToPlay = [
  /^AWS::IAM::/,
  /^AWS::Logs::/,
  /^AWS::CloudWatch::/,
  /^AWS::ApplicationInsights::/,
  /^AWS::CDK::Metadata$/,
  /^AWS::Lambda::(Permission|EventInvokeConfig)$/,
  /^AWS::ApiGateway::Account$/,
  /^AWS::SecretsManager::ResourcePolicy$/,
  /^AWS::Scheduler::ScheduleGroup$/,
  /^AWS::CloudFormation::WaitConditionHandle$/,
];

/** CDK's own custom resources that call AWS APIs which are not played. */
const needsAws = [
  'Custom::AWS',
  'Custom::LogRetention',
  'Custom::S3AutoDeleteObjects',
  'Custom::S3BucketNotifications',
  'Custom::CDKBucketDeployment',
  'Custom::ECRAutoDeleteImages',
  'Custom::VpcRestrictDefaultSG',
  'Custom::CrossRegionExportWriter',
  'Custom::CrossRegionExportReader',
  'Custom::CrossRegionStringParameterReader',
];

/** Whether a custom resource of this type can be sent to its function. */
export function isPlayedCustomResource(type: string): boolean {
  return isCustomResource(type) && !needsAws.includes(type);
}

/** The resources whose whole type is not played, each with a reason. */
export function leftOutTypes(entries: readonly Entry[], gatewayTypes: readonly string[]): LeftOut[] {
  const played = new Set([...playedTypes, ...gatewayTypes]);
  return entries
    .filter(({ declared: { type } }) => !played.has(type) && !isPlayedCustomResource(type))
    .filter(({ declared: { type } }) => !nothingToPlay.some((pattern) => pattern.test(type)))
    .map(({ id, declared: { type } }) => ({ logicalId: id, type, reason: reasonFor(type) }));
}

function reasonFor(type: string): string {
  if (isCustomResource(type)) return 'its provider calls AWS services that are not played';
  return 'this resource type is not played on this machine';
}
