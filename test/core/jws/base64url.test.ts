import { Buffer } from 'node:buffer';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeCanonical } from '../../../core/jws/base64url.ts';

const bytes = fc.uint8Array({ maxLength: 40 });

describe('decodeCanonical', () => {
  it('decodes what RFC 4648 §10 encodes, without the padding', () => {
    const texts = ['', 'Zg', 'Zm8', 'Zm9v', 'Zm9vYg', 'Zm9vYmE', 'Zm9vYmFy'];
    expect(texts.map((text) => Buffer.from(decodeCanonical(text) ?? 'none').toString())).toEqual(
      ['', 'f', 'fo', 'foo', 'foob', 'fooba', 'foobar'], // prettier-ignore
    );
  });

  it('decodes what any bytes are encoded as', () => {
    fc.assert(
      fc.property(bytes, (value) => {
        expect(decodeCanonical(Buffer.from(value).toString('base64url'))).toEqual(new Uint8Array(value));
      }),
    );
  });

  it('decodes one spelling of each byte sequence and no other', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const spellings = [...alphabet].flatMap((a) => [...alphabet].map((b) => a + b));
    expect(spellings.filter((text) => decodeCanonical(text) !== undefined)).toHaveLength(256);
    const ofThree = [...alphabet].filter((last) => decodeCanonical(`AA${last}`) !== undefined);
    expect(ofThree).toEqual([...alphabet].filter((_, index) => index % 4 === 0));
    expect([...alphabet].filter((last) => decodeCanonical(`AAA${last}`) !== undefined)).toHaveLength(64);
  });

  it.each([
    ['one character', 'A'],
    ['five characters', 'Zm9vY'],
    ['loose bits after one byte', 'Zh'],
    ['loose bits after two bytes', 'Zm9'],
    ['one padding character', 'Zm8='],
    ['two padding characters', 'Zg=='],
    ['padding alone', '===='],
    ['plus of base64', '-+-+'],
    ['slash of base64', '_/_/'],
    ['an inner space', 'Zm 9v'],
    ['an inner line feed', 'Zm9v\nYg'],
    ['a trailing line feed', 'Zm9v\n'],
    ['a leading tab', '\tZm9v'],
    ['a trailing carriage return', 'Zm9v\r'],
    ['a dot', 'Zm.v'],
    ['a NUL', 'Zm9\u0000'],
    ['a full-width letter', 'Zm9ｖ'],
    ['a letter with an accent', 'Zm9é'],
    ['an astral character', 'Zm\u{1f511}'],
    ['a zero-width space', 'Zm9v\u200b'],
    ['the dotless i that upper-cases to I', 'Zm9ı'],
    ['the Kelvin sign that lower-cases to k', 'Zm9\u212a'],
  ])('refuses %s', (_, text) => {
    expect(decodeCanonical(text)).toBeUndefined();
  });
});
