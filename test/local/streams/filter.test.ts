import { describe, expect, it } from '@jest/globals';
import { compilePattern } from '../../../local/streams/filter.ts';

const record = {
  eventName: 'INSERT',
  dynamodb: { Keys: { id: { S: 'token#1' } }, NewImage: { n: { N: '5' }, on: { BOOL: true } } },
};
const key = (rule: unknown) => ({ dynamodb: { Keys: { id: { S: [rule] } } } });
const number = (...numeric: unknown[]) => ({ dynamodb: { NewImage: { n: { N: [{ numeric }] } } } });

describe('compilePattern', () => {
  it.each<[boolean, object]>([
    [true, {}],
    [true, { eventName: ['INSERT', 'MODIFY'] }],
    [false, { eventName: ['REMOVE'] }],
    [true, { eventName: ['INSERT'], ...key({ prefix: 'token#' }) }],
    [false, { eventName: ['REMOVE'], ...key({ prefix: 'token#' }) }],
    [false, key({ prefix: 'session#' })],
    [true, key({ suffix: '#1' })],
    [true, key({ 'equals-ignore-case': 'TOKEN#1' })],
    [false, key({ 'anything-but': ['token#1'] })],
    [true, key({ 'anything-but': 'other' })],
    [true, { dynamodb: { NewImage: { on: { BOOL: [true] } } } }],
    [false, { dynamodb: { NewImage: { on: { BOOL: ['true'] } } } }],
    [true, { dynamodb: { OldImage: { n: { N: [{ exists: false }] } } } }],
    [false, { dynamodb: { OldImage: { n: { N: [{ exists: true }] } } } }],
    [true, number('>', 4, '<=', 5)],
    [false, number('<', 5)],
  ])('%s: %j', (matches, pattern) => {
    expect(compilePattern({ ...pattern })?.(record)).toBe(matches);
  });

  it.each<[object]>([
    [{ eventName: 'INSERT' }],
    [{ eventName: [{ cidr: '10.0.0.0/8' }] }],
    [{ eventName: [{ 'anything-but': { prefix: 'a' } }] }],
    [number('~', 4)],
  ])('knows that it does not play %j', (pattern) => {
    expect(compilePattern({ ...pattern })).toBeUndefined();
  });
});
