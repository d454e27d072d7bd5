import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { revocationId, type RevocationKind } from '../../../core/revocation/record.ts';

const kinds = ['token', 'subject', 'client', 'session', 'key', 'issuer'] as const satisfies RevocationKind[];

/** Texts that could run into each other: colons and digits above all. */
const text = fc.string({ unit: fc.constantFrom(':', '1', '2', 'a', '\u{1f511}'), maxLength: 6 });
const tuple = fc.tuple(fc.constantFrom(...kinds), text, text);

describe('revocationId', () => {
  it('is readable', () => {
    expect(revocationId('subject', 'https://i.example', 'alice')).toBe('subject:17:https://i.example:alice');
  });

  it('is one for each kind, issuer and value', () => {
    fc.assert(
      fc.property(tuple, tuple, (one, other) => {
        expect(revocationId(...one) === revocationId(...other)).toBe(
          JSON.stringify(one) === JSON.stringify(other),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it.each<[Parameters<typeof revocationId>, Parameters<typeof revocationId>]>([
    [
      ['subject', 'a', 'b:c'],
      ['subject', 'a:b', 'c'],
    ],
    [
      ['token', 'a:1', ''],
      ['token', 'a', '1:'],
    ],
    [
      ['token', '', '1:a'],
      ['token', '1', 'a'],
    ],
    [
      ['subject', 'i', 'v'],
      ['client', 'i', 'v'],
    ],
    [
      ['token', 'i', 'v'],
      ['token', 'i', 'V'],
    ],
  ])('tells %j from %j', (one, other) => {
    expect(revocationId(...one)).not.toBe(revocationId(...other));
  });
});
