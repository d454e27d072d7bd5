import { describe, expect, it } from '@jest/globals';
import { leftOutTypes } from '../../../local/template/left-out.ts';
import { TemplateSet } from '../../../local/template/template-set.ts';

interface Source {
  readonly Resources?: Readonly<Record<string, object>>;
  readonly Outputs?: object;
  readonly [section: string]: unknown;
}

function setOf(
  stacks: Readonly<Record<string, Source>>,
  parameters: Record<string, string> = {},
): TemplateSet {
  const sources = Object.entries(stacks).map(([stackName, template]) => ({
    stackName,
    template: { Resources: {}, ...template },
    directory: '/',
    assets: new Map<string, string>(),
  }));
  return new TemplateSet(sources, parameters);
}

/** A value of a template, resolved; `more` are the template's other parts. */
function resolve(value: unknown, more: Source = {}): unknown {
  const Resources = { R: { Type: 'Test::R', Properties: { value } }, ...more.Resources };
  const set = setOf({ Stack: { ...more, Resources } }, { Given: 'given' });
  const [entry] = set.entries.filter(({ id }) => id === 'R');
  return entry && set.properties(entry)['value'];
}

const more: Source = {
  Parameters: {
    Stage: { Type: 'String', Default: 'dev' },
    List: { Type: 'CommaDelimitedList', Default: 'a,b' },
    Given: { Type: 'String' },
  },
  Mappings: { Sizes: { dev: { memory: 128 } } },
  Conditions: {
    IsDev: { 'Fn::Equals': [{ Ref: 'Stage' }, 'dev'] },
    IsProd: { 'Fn::Not': [{ Condition: 'IsDev' }] },
    Both: { 'Fn::And': [{ Condition: 'IsDev' }, { Condition: 'IsProd' }] },
    Either: { 'Fn::Or': [{ Condition: 'IsDev' }, { Condition: 'IsProd' }] },
  },
  Resources: {
    Table: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'orders' } },
    Fn: { Type: 'AWS::Lambda::Function', Properties: {} },
    Other: { Type: 'AWS::S3::Bucket', Properties: {} },
  },
};

describe('intrinsic functions', () => {
  it.each<[unknown, unknown]>([
    [{ Ref: 'Stage' }, 'dev'],
    [{ Ref: 'List' }, ['a', 'b']],
    [{ Ref: 'Given' }, 'given'],
    [{ Ref: 'Table' }, 'orders'],
    [{ Ref: 'Fn' }, 'Stack-Fn'],
    [{ Ref: 'AWS::Region' }, 'us-east-1'],
    [{ Ref: 'AWS::AccountId' }, '000000000000'],
    [{ 'Fn::GetAtt': ['Table', 'Arn'] }, 'arn:aws:dynamodb:us-east-1:000000000000:table/orders'],
    [{ 'Fn::GetAtt': 'Fn.Arn' }, 'arn:aws:lambda:us-east-1:000000000000:function:Stack-Fn'],
    [{ 'Fn::GetAtt': ['Other', 'Arn'] }, 'arn:aws:s3:us-east-1:000000000000:Stack-Other'],
    [{ 'Fn::Join': ['-', ['a', { Ref: 'Stage' }, 1]] }, 'a-dev-1'],
    [
      { 'Fn::Sub': '${Stage}/${Table.Arn}/${!Stage}' },
      'dev/arn:aws:dynamodb:us-east-1:000000000000:table/orders/${Stage}',
    ],
    [{ 'Fn::Sub': ['${x}-${Stage}', { x: { Ref: 'Fn' } }] }, 'Stack-Fn-dev'],
    [{ 'Fn::Select': ['1', { Ref: 'List' }] }, 'b'],
    [{ 'Fn::Split': [',', 'a,b'] }, ['a', 'b']],
    [{ 'Fn::If': ['IsDev', 'yes', 'no'] }, 'yes'],
    [{ 'Fn::If': ['IsProd', 'yes', { Ref: 'AWS::NoValue' }] }, undefined],
    [['a', { Ref: 'AWS::NoValue' }], ['a']],
    [{ 'Fn::If': ['Both', 1, 2] }, 2],
    [{ 'Fn::If': ['Either', 1, 2] }, 1],
    [{ 'Fn::FindInMap': ['Sizes', { Ref: 'Stage' }, 'memory'] }, 128],
    [{ 'Fn::FindInMap': ['Sizes', 'prod', 'memory', { DefaultValue: 256 }] }, 256],
    [{ 'Fn::Base64': 'a' }, 'YQ=='],
    [{ a: [{ b: { Ref: 'Stage' } }] }, { a: [{ b: 'dev' }] }],
  ])('%j', (value, expected) => {
    expect(resolve(value, more)).toEqual(expected);
  });

  it.each<[string, unknown, string]>([
    [
      'an unknown function',
      { 'Fn::Nothing': 1 },
      'R.Properties.value.Fn::Nothing is not an intrinsic function that is played; played are Ref, Fn::GetAtt',
    ],
    ['an unknown name', { Ref: 'Nothing' }, 'parameter or resource "Nothing"; it has: R, Table, Fn, Other'],
    [
      'an unknown pseudo parameter',
      { Ref: 'AWS::Nothing' },
      'pseudo parameter "AWS::Nothing"; it has: AWS::AccountId',
    ],
    [
      'an unknown attribute',
      { 'Fn::GetAtt': ['Fn', 'Nothing'] },
      'has no attribute "Nothing" here; it has: Arn',
    ],
    ['an unknown condition', { 'Fn::If': ['Nothing', 1, 2] }, 'condition "Nothing"; it has: IsDev, IsProd'],
    [
      'an unknown mapping',
      { 'Fn::FindInMap': ['Sizes', 'prod', 'memory'] },
      'finds no "prod"."memory" in the mapping "Sizes"',
    ],
    ['a list in place of a text', { 'Fn::Sub': ['${x}', { x: [] }] }, 'must give a string, and gave object'],
    ['an index too high', { 'Fn::Select': [2, ['a']] }, 'has no value at index 2'],
    ['a text in place of a list', { 'Fn::Join': 'a' }, 'must be a list of at least 2 values'],
  ])('refuse %s', (_what, value, message) => {
    expect(() => resolve(value, more)).toThrow(
      expect.objectContaining({ code: 'TEMPLATE_INVALID', message: expect.stringContaining(message) }),
    );
  });

  it('say how to give a parameter its value', () => {
    expect(() => resolve({ Ref: 'Missing' }, { Parameters: { Missing: { Type: 'String' } } })).toThrow(
      expect.objectContaining({ message: expect.stringContaining('a Default in the template') }),
    );
  });
});

const shared: Source = {
  Resources: { Fn: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'shared' } } },
  Outputs: {
    Arn: { Value: { 'Fn::GetAtt': ['Fn', 'Arn'] }, Export: { Name: { 'Fn::Sub': '${AWS::StackName}-arn' } } },
    Off: { Value: 'x', Condition: 'Never' },
  },
  Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
};

describe('stacks that are played together', () => {
  const using = (value: unknown) => ({ Resources: { R: { Type: 'Test::R', Properties: { value } } } });
  const valueOf = (value: unknown): unknown => {
    const set = setOf({ App: using(value), Shared: shared });
    const [entry] = set.ofType('Test::R');
    return entry && set.properties(entry)['value'];
  };
  const arn = 'arn:aws:lambda:us-east-1:000000000000:function:shared';

  it.each([
    [{ 'Fn::ImportValue': 'Shared-arn' }],
    [{ 'Fn::ImportValue': { 'Fn::Sub': 'Shared-arn' } }],
    [{ 'Fn::GetStackOutput': { StackName: 'Shared', OutputName: 'Arn' } }],
    [{ 'Fn::GetStackOutput': { StackName: 'Shared', OutputName: 'Arn', Region: 'eu-west-1' } }],
  ])('reach each other by %j', (value) => {
    expect(valueOf(value)).toBe(arn);
  });

  it.each([
    [
      { 'Fn::ImportValue': 'none' },
      'asks for the export "none"; the stacks played together export: Shared-arn',
    ],
    [
      { 'Fn::GetStackOutput': { StackName: 'None', OutputName: 'Arn' } },
      'the stacks played together are: App, Shared',
    ],
    [
      { 'Fn::GetStackOutput': { StackName: 'Shared', OutputName: 'Off' } },
      'its outputs are: Arn. Play the stack',
    ],
  ])('say what there is to %j', (value, message) => {
    expect(() => valueOf(value)).toThrow(
      expect.objectContaining({ code: 'IMPORT_UNRESOLVED', message: expect.stringContaining(message) }),
    );
  });

  it('qualify ids and outputs that two of them share', () => {
    const set = setOf({ One: shared, Two: shared, Three: { Outputs: { Own: { Value: 'x' } } } });
    expect(set.entries.map(({ id }) => id)).toEqual(['One.Fn', 'Two.Fn']);
    expect(set.outputs()).toEqual({ 'One.Arn': arn, 'Two.Arn': arn, Own: 'x' });
  });

  it('leave out resources whose condition does not hold', () => {
    const Resources = { Off: { Type: 'Test::R', Condition: 'Never' }, On: { Type: 'Test::R' } };
    expect(setOf({ S: { ...shared, Resources } }).entries.map(({ id }) => id)).toEqual(['On']);
  });

  it('rewrite the addresses of their APIs to this machine', () => {
    const Api = { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'Api' } };
    const Value = { 'Fn::Sub': 'https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}/prod/' };
    const set = setOf({ S: { Resources: { Api }, Outputs: { Url: { Value } } } });
    set.setPorts(new Map([['Api', 8787]]));
    expect(set.outputs()).toEqual({ Url: 'http://127.0.0.1:8787/prod/' });
  });

  it('refuse a resource without type', () => {
    expect(() => setOf({ S: { Resources: { Odd: {} } } })).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_INVALID',
        message: expect.stringContaining('The resource "Odd"'),
      }),
    );
  });
});

it('what is not played is listed by logical id', () => {
  const of = (types: readonly string[]) =>
    Object.fromEntries(types.map((Type, index) => [`R${index}`, { Type, Properties: {} }]));
  const { entries } = setOf({
    S: {
      Resources: of([
        'AWS::S3::Bucket',
        'AWS::IAM::Role',
        'AWS::Lambda::Function',
        'Custom::AWS',
        'Custom::Mine',
        'AWS::X::Api',
      ]),
    },
  });
  expect(leftOutTypes(entries, ['AWS::X::Api'])).toEqual([
    { logicalId: 'R0', type: 'AWS::S3::Bucket', reason: 'this resource type is not played on this machine' },
    { logicalId: 'R3', type: 'Custom::AWS', reason: 'its provider calls AWS services that are not played' },
  ]);
});
