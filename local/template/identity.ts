import { LocalError } from '../errors.ts';
import { textOf, type JsonObject } from '../json.ts';
import { physicalId, physicalName, physicalUuid, rootResourceId } from '../physical-id.ts';
import { account, region } from '../types.ts';

/** What a custom resource answered when it was made. */
export interface Made {
  readonly physicalResourceId: string;
  readonly data: JsonObject;
}

/** A resource as far as its identity (`Ref`, `Fn::GetAtt`) needs it. */
export interface Subject {
  /** Unique over all stacks that are played. */
  readonly id: string;
  readonly logicalId: string;
  readonly stackName: string;
  readonly type: string;
  /** The loopback port, when it is an API. */
  readonly port: number | undefined;
  /** What it answered, when it is a custom resource that was made already. */
  readonly made: Made | undefined;
  property(name: string): unknown;
}

type Attribute = (subject: Subject) => unknown;

interface Identity {
  readonly ref: Attribute;
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** An ARN of this machine's account and region. */
export function arn(service: string, resource: string): string {
  return `arn:aws:${service}:${region}:${account}:${resource}`;
}

/** Whether a resource type is a custom resource. */
export function isCustomResource(type: string): boolean {
  return type === 'AWS::CloudFormation::CustomResource' || type.startsWith('Custom::');
}

/** What `Ref` gives for a resource. */
export function refOf(subject: Subject): unknown {
  if (isCustomResource(subject.type)) return madeBy(subject).physicalResourceId;
  return identityOf(subject.type).ref(subject);
}

/**
 * What `Fn::GetAtt` gives for a resource.
 *
 * @throws {@link LocalError} `TEMPLATE_INVALID` when a played type has no such attribute, `ATTRIBUTE_PENDING` when
 * its custom resource was not made yet.
 */
export function attributeOf(subject: Subject, attribute: string): unknown {
  if (isCustomResource(subject.type)) return dataOf(subject, attribute);
  const known = identities[subject.type];
  if (known === undefined) return unplayedAttribute(subject, attribute);
  const found = known.attributes[attribute];
  if (found !== undefined) return found(subject);
  const allowed = Object.keys(known.attributes).join(', ') || 'none';
  throw new LocalError(
    'TEMPLATE_INVALID',
    `${subject.id} (${subject.type}) has no attribute "${attribute}" here; it has: ${allowed}.`,
  );
}

function madeBy(subject: Subject): Made {
  if (subject.made !== undefined) return subject.made;
  throw new LocalError(
    'ATTRIBUTE_PENDING',
    `The custom resource ${subject.id} is asked for before it is made.`,
  );
}

function dataOf(subject: Subject, attribute: string): unknown {
  const { data } = madeBy(subject);
  if (Object.hasOwn(data, attribute)) return data[attribute];
  const got = Object.keys(data).join(', ') || 'nothing';
  throw new LocalError(
    'TEMPLATE_INVALID',
    `The custom resource ${subject.id} answered no "${attribute}"; its Data holds: ${got}.`,
  );
}

function identityOf(type: string): Identity {
  return identities[type] ?? { ref: named('Name'), attributes: {} };
}

/** A resource that is not played still has a plausible identity, so that what refers to it can start. */
function unplayedAttribute(subject: Subject, attribute: string): string {
  const name = String(refOf(subject));
  const service = subject.type.split('::')[1]?.toLowerCase() ?? 'local';
  return attribute.endsWith('Arn') ? arn(service, name) : `${name}.${attribute}`;
}

/** The ARN of a secret: its suffix is the same at every start. */
export function secretArn(name: string): string {
  return arn('secretsmanager', `secret:${name}-${physicalId(name).slice(0, 6)}`);
}

function named(property: string, limit?: number): Attribute {
  return (subject) =>
    textOf(subject.property(property)) ?? physicalName(subject.stackName, subject.logicalId, limit);
}

const madeUp: Attribute = (subject) => physicalId(subject.id);
const functionName = named('FunctionName', 64);
const functionArn: Attribute = (subject) => arn('lambda', `function:${String(functionName(subject))}`);
const tableName = named('TableName');
const tableArn: Attribute = (subject) => arn('dynamodb', `table/${String(tableName(subject))}`);
const keyId: Attribute = (subject) =>
  physicalUuid(
    subject.stackName,
    subject.logicalId,
    String(subject.property('KeySpec') ?? 'SYMMETRIC_DEFAULT'),
  );
const secret: Attribute = (subject) => secretArn(String(named('Name')(subject)));
const secretOf: Attribute = (subject) => subject.property('SecretId');
const scheduleName = named('Name', 64);
const ruleName = named('Name', 64);

function qualified(property: string): Attribute {
  return (subject) => {
    const name = String(subject.property('FunctionName'));
    const target = name.startsWith('arn:') ? name : arn('lambda', `function:${name}`);
    return `${target}:${String(property === '' ? 1 : subject.property(property))}`;
  };
}

function apiEndpoint(subject: Subject): string {
  const scheme = subject.property('ProtocolType') === 'WEBSOCKET' ? 'ws' : 'http';
  return `${scheme}://127.0.0.1:${subject.port}`;
}

const table: Identity = {
  ref: tableName,
  attributes: {
    Arn: tableArn,
    StreamArn: (subject) => `${String(tableArn(subject))}/stream/latest`,
    TableId: madeUp,
  },
};

function withId(attribute: string): Identity {
  return { ref: madeUp, attributes: { [attribute]: madeUp } };
}

const identities: Readonly<Record<string, Identity>> = {
  'AWS::Lambda::Function': { ref: functionName, attributes: { Arn: functionArn } },
  'AWS::Lambda::Version': {
    ref: qualified(''),
    attributes: { FunctionArn: qualified(''), Version: () => '1' },
  },
  'AWS::Lambda::Alias': { ref: qualified('Name'), attributes: { AliasArn: qualified('Name') } },
  'AWS::Lambda::EventSourceMapping': withId('Id'),
  'AWS::DynamoDB::Table': table,
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::KMS::Key': {
    ref: keyId,
    attributes: { Arn: (subject) => arn('kms', `key/${String(keyId(subject))}`), KeyId: keyId },
  },
  'AWS::KMS::Alias': { ref: (subject) => subject.property('AliasName'), attributes: {} },
  'AWS::SecretsManager::Secret': { ref: secret, attributes: { Id: secret } },
  'AWS::SecretsManager::RotationSchedule': { ref: secretOf, attributes: { Id: secretOf } },
  'AWS::SecretsManager::SecretTargetAttachment': { ref: secretOf, attributes: { Id: secretOf } },
  'AWS::Scheduler::Schedule': {
    ref: scheduleName,
    attributes: { Arn: (subject) => arn('scheduler', `schedule/default/${String(scheduleName(subject))}`) },
  },
  'AWS::Events::Rule': {
    ref: ruleName,
    attributes: { Arn: (subject) => arn('events', `rule/${String(ruleName(subject))}`) },
  },
  'AWS::ApiGatewayV2::Api': { ref: madeUp, attributes: { ApiId: madeUp, ApiEndpoint: apiEndpoint } },
  'AWS::ApiGatewayV2::Stage': { ref: (subject) => subject.property('StageName'), attributes: {} },
  'AWS::ApiGatewayV2::Route': withId('RouteId'),
  'AWS::ApiGatewayV2::Integration': withId('IntegrationId'),
  'AWS::ApiGatewayV2::Authorizer': withId('AuthorizerId'),
  'AWS::ApiGatewayV2::Deployment': withId('DeploymentId'),
  'AWS::ApiGateway::RestApi': {
    ref: madeUp,
    attributes: { RestApiId: madeUp, RootResourceId: (subject) => rootResourceId(subject.id) },
  },
  'AWS::ApiGateway::Stage': { ref: (subject) => subject.property('StageName'), attributes: {} },
  'AWS::ApiGateway::Resource': withId('ResourceId'),
  'AWS::ApiGateway::Method': withId('MethodId'),
  'AWS::ApiGateway::Authorizer': withId('AuthorizerId'),
  'AWS::ApiGateway::Deployment': withId('DeploymentId'),
  'AWS::ApiGateway::RequestValidator': withId('RequestValidatorId'),
  'AWS::ApiGateway::Model': { ref: (subject) => subject.property('Name') ?? madeUp(subject), attributes: {} },
};
