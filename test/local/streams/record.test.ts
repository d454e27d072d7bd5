import { describe, expect, it } from '@jest/globals';
import { recordOf, sequencer, type Change } from '../../../local/streams/record.ts';

const key = { id: { S: 'a' } };
const before = { ...key, n: { N: '1' } };
const after = { ...key, n: { N: '2' }, list: { L: [{ S: 'é' }, { BOOL: true }] }, set: { BS: ['AAAA'] } };

function made(change: Partial<Change>, viewType = 'NEW_AND_OLD_IMAGES') {
  const table = { name: 't', streamArn: 'arn', viewType, keyNames: ['id'] };
  const moment = { now: 1_700_000_000_999, sequenceNumber: '42' };
  return recordOf({ key, before: undefined, after: undefined, ...change }, table, moment);
}

describe('recordOf', () => {
  it.each<[string, Partial<Change>, string]>([
    ['a new item', { after }, 'INSERT'],
    ['a changed item', { before, after }, 'MODIFY'],
    ['a removed item', { before }, 'REMOVE'],
  ])('names the event of %s', (_what, change, eventName) => {
    expect(made(change)).toMatchObject({ eventName, eventSource: 'aws:dynamodb', eventVersion: '1.1' });
  });

  it.each<[string, Partial<Change>]>([
    ['a write that changed nothing', { before, after: { n: { N: '1' }, ...key } }],
    ['a delete of nothing', {}],
  ])('makes none of %s', (_what, change) => {
    expect(made(change)).toBeUndefined();
  });

  it.each<[string, object]>([
    ['KEYS_ONLY', {}],
    ['NEW_IMAGE', { NewImage: after }],
    ['OLD_IMAGE', { OldImage: before }],
    ['NEW_AND_OLD_IMAGES', { NewImage: after, OldImage: before }],
  ])('holds the images of %s', (viewType, images) => {
    expect(made({ before, after }, viewType)?.dynamodb).toEqual({
      ApproximateCreationDateTime: 1_700_000_000,
      Keys: key,
      ...images,
      SequenceNumber: '42',
      SizeBytes: expect.any(Number),
      StreamViewType: viewType,
    });
  });

  it('counts bytes as DynamoDB does', () => {
    // Keys: id 2 + a 1; NewImage: 3, n 1 + 2, list 4 + é 2 + BOOL 1, set 3 + 3.
    expect(made({ after }, 'NEW_IMAGE')?.dynamodb['SizeBytes']).toBe(3 + 3 + 3 + 7 + 6);
  });
});

describe('sequencer', () => {
  it('only goes up, whatever the clock does', () => {
    const times = [5, 5, 3, 6];
    const next = sequencer(() => times.shift() ?? 0);
    expect([next(), next(), next(), next()]).toEqual([
      '5000000000',
      '5000000001',
      '5000000002',
      '6000000000',
    ]);
  });
});
