import { describe, expect, it } from '@jest/globals';
import { Aws } from 'aws-cdk-lib/core';
import { Template } from 'aws-cdk-lib/assertions';
import { RevocationTable } from '../../lib/index.ts';
import { statementsByRole } from './iam.ts';
import { environmentOf, makeGrantee, makeStack } from './synth.ts';

function grant(how: 'grantCheck' | 'grantRevoke', { imported }: { readonly imported: boolean }) {
  const stack = makeStack();
  const table = imported
    ? RevocationTable.fromTableAttributes(stack, 'Table', { tableName: 'revocations' })
    : new RevocationTable(stack, 'Table');
  table[how](makeGrantee(stack));
  const template = Template.fromStack(stack);
  const [, ...statements] = statementsByRole(template)['Grantee/Role'] ?? [];
  return { template, statements };
}

describe('RevocationTable', () => {
  const arn = 'arn:<AWS::Partition>:dynamodb:<AWS::Region>:<AWS::AccountId>:table/revocations';

  it.each([
    ['grantCheck', false, ['dynamodb:BatchGetItem'], '<Table/Table>', '<Table/Table>'],
    ['grantCheck', true, ['dynamodb:BatchGetItem'], arn, 'revocations'],
    ['grantRevoke', false, ['dynamodb:GetItem', 'dynamodb:PutItem'], '<Table/Table>', '<Table/Table>'],
    ['grantRevoke', true, ['dynamodb:GetItem', 'dynamodb:PutItem'], arn, 'revocations'],
  ] as const)('%s (imported: %s) allows %j and tells the name', (how, imported, actions, resource, name) => {
    const { template, statements } = grant(how, { imported });
    expect(statements).toEqual([{ actions, resources: [resource] }]);
    expect(environmentOf(template, 'Grantee/Function')).toEqual({ KEYTURN_REVOCATION_TABLE: name });
  });

  it('makes no table of one that is imported', () => {
    const { template } = grant('grantCheck', { imported: true });
    expect(template.findResources('AWS::DynamoDB::Table')).toEqual({});
  });

  it.each(['ab', 'arn:aws:dynamodb:eu-west-1:123456789012:table/x', 'a b c', 'x'.repeat(256)])(
    'refuses the name %s',
    (tableName) => {
      expect(() => RevocationTable.fromTableAttributes(makeStack(), 'Table', { tableName })).toThrow(
        `RevocationTable.tableName: got ${JSON.stringify(tableName)}; allowed: 3 to 255 letters, digits, "_", "." and ` +
          `"-" (the name, not the ARN)`,
      );
    },
  );

  it('takes a name that only the deployment knows', () => {
    const tableName = `${Aws.STACK_NAME}:x`;
    expect(() => RevocationTable.fromTableAttributes(makeStack(), 'Table', { tableName })).not.toThrow();
  });
});
