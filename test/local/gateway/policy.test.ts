import { describe, expect, it } from '@jest/globals';
import { evaluatePolicy, matchesWildcards, readPolicy } from '../../../local/gateway/policy.ts';

const arn = 'arn:aws:execute-api:us-east-1:000000000000:abc/prod/GET/pets/7';

interface Parts {
  readonly Effect?: unknown;
  readonly Action?: unknown;
  readonly Resource?: unknown;
  readonly Condition?: unknown;
}

function statement({
  Effect = 'Allow',
  Action = 'execute-api:Invoke',
  Resource = arn,
  Condition,
}: Parts = {}): object {
  return { Effect, Action, Resource, ...(Condition === undefined ? {} : { Condition }) };
}

describe('matchesWildcards', () => {
  it.each([
    ['*', arn, true],
    ['a*c', 'abbbc', true],
    ['a*c', 'abbbd', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['a?c', 'abbc', false],
    ['*/GET/*', arn, true],
    ['*/POST/*', arn, false],
    ['ab*ab', 'ab', false],
    ['ab*ab', 'abab', true],
    ['*a*a*', 'xaya', true],
    ['*a?*', 'xa', false],
    ['abc', 'abcd', false],
    ['', '', true],
    ['A', 'a', false],
  ])('%s on %s: %s', (pattern, text, expected) => {
    expect(matchesWildcards(pattern, text)).toBe(expected);
  });

  it('takes no exponential time', () => {
    const started = performance.now();
    expect(matchesWildcards('*a'.repeat(50) + 'b', 'a'.repeat(2000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe('evaluatePolicy', () => {
  it.each<[string, object[], string]>([
    ['the ARN itself', [statement()], 'allow'],
    ['a wildcard over stage and method', [statement({ Resource: 'arn:aws:execute-api:*:*:abc/*' })], 'allow'],
    ['one of several resources', [statement({ Resource: ['x', arn] })], 'allow'],
    ['any action', [statement({ Action: '*' })], 'allow'],
    ['an action in another case', [statement({ Action: ['Execute-API:*'] })], 'allow'],
    ['another action', [statement({ Action: 'execute-api:ManageConnections' })], 'implicit deny'],
    ['another method', [statement({ Resource: arn.replace('GET', 'POST') })], 'implicit deny'],
    ['a deny beside an allow', [statement(), statement({ Effect: 'Deny', Resource: '*' })], 'explicit deny'],
    ['a deny of something else', [statement(), statement({ Effect: 'Deny', Resource: 'x' })], 'allow'],
    [
      'an allow with a condition',
      [statement({ Condition: { IpAddress: { 'aws:SourceIp': '*' } } })],
      'implicit deny',
    ],
    [
      'a deny with a condition',
      [statement(), statement({ Effect: 'Deny', Condition: { Bool: { x: 'y' } } })],
      'explicit deny',
    ],
  ])('decides %s', (_what, Statement, expected) => {
    const policy = readPolicy({ Version: '2012-10-17', Statement });
    expect(policy && evaluatePolicy(policy, arn)).toBe(expected);
  });
});

describe('readPolicy', () => {
  it('takes a single statement that is no list', () => {
    expect(readPolicy({ Statement: statement() })?.statements).toHaveLength(1);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['no statements', { Statement: [] }],
    ['a statement that is text', { Statement: ['Allow'] }],
    ['an effect in another case', { Statement: statement({ Effect: 'allow' }) }],
    ['no resource', { Statement: { Effect: 'Allow', Action: '*' } }],
    ['no action', { Statement: { Effect: 'Allow', Resource: '*' } }],
    ['NotAction', { Statement: { Effect: 'Allow', NotAction: 'x', Resource: '*' } }],
    ['a resource that is no text', { Statement: statement({ Resource: [1] }) }],
    ['a resource above 512 characters', { Statement: statement({ Resource: 'a'.repeat(513) }) }],
  ])('refuses %s', (_what, document) => {
    expect(readPolicy(document)).toBeUndefined();
  });
});
