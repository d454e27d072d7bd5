import { describe, expect, it } from '@jest/globals';
import { maxBodyBytes, parseForm } from '../../../core/oauth/form.ts';

const type = 'application/x-www-form-urlencoded';
const parse = (body: string, contentType: string | undefined = type) =>
  parseForm({ headers: { 'content-type': contentType }, body });

describe('parseForm', () => {
  it.each<[string, object]>([
    ['', {}],
    ['a=1&b=2', { a: '1', b: '2' }],
    ['a=x+y%20z%2B', { a: 'x y z+' }],
    ['a=&b=2', { b: '2' }],
    ['a', {}],
    ['a=b=c', { a: 'b=c' }],
    ['__proto__=1&constructor=2', JSON.parse('{"__proto__":"1","constructor":"2"}')],
  ])('reads %j', (body, expected) => {
    expect(Object.fromEntries(parse(body))).toEqual(expected);
  });

  it.each([type, `${type};charset=UTF-8`, ` ${type.toUpperCase()} ; charset=utf-8`])(
    'takes the type %j',
    (header) => {
      expect(parse('a=1', header).get('a')).toBe('1');
    },
  );

  it.each(['', 'application/json', 'multipart/form-data', `${type}x`, `x${type}`, `text/plain;${type}`])(
    'refuses the type %j',
    (header) => {
      expect(() => parse('a=1', header)).toThrow(
        expect.objectContaining({
          ...{ name: 'OAuthError', code: 'invalid_request', status: 415 },
          message: 'Content-Type must be application/x-www-form-urlencoded',
        }),
      );
    },
  );

  it('refuses a body without a type', () => {
    expect(() => parseForm({ headers: {}, body: 'a=1' })).toThrow(expect.objectContaining({ status: 415 }));
  });

  it.each(['a=1&a=2', 'a=1&a=1', 'a=1&%61=2', 'a=&a=1', 'a&a', '__proto__=1&__proto__=2'])(
    'refuses a parameter given twice: %s',
    (body) => {
      expect(() => parse(body)).toThrow(
        expect.objectContaining({
          code: 'invalid_request',
          status: 400,
          message: 'a parameter is given twice',
        }),
      );
    },
  );

  it('counts bytes, 16,384 of them', () => {
    expect(maxBodyBytes).toBe(16_384);
    expect(parse(`a=${'x'.repeat(16_382)}`).get('a')).toHaveLength(16_382);
    const tooLarge = expect.objectContaining({
      ...{ code: 'invalid_request', status: 413, message: 'the body may have at most 16384 bytes' },
    });
    expect(() => parse(`a=${'x'.repeat(16_383)}`)).toThrow(tooLarge);
    expect(() => parse(`a=${'é'.repeat(8192)}`)).toThrow(tooLarge);
  });
});
