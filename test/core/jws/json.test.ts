import { Buffer } from 'node:buffer';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseStrictObject, StrictJsonError } from '../../../core/jws/json.ts';

const parse = (text: string) => parseStrictObject(Buffer.from(text));
const nested = (depth: number, [open, close]: [string, string] = ['[', ']']) =>
  `{"a":${open.repeat(depth - 1)}${close.repeat(depth - 1)}}`;

/** Text as `Buffer.from` cannot make it: a lone surrogate becomes an escape. */
const escaped = (value: unknown) => JSON.stringify(value);

describe('parseStrictObject', () => {
  it.each([
    ['an empty object', '{}', {}],
    ['white space of JSON', ' {\n"a"\t:\r1 } ', { a: 1 }],
    ['the same name in two objects', '{"a":{"x":1},"b":{"x":2},"x":3}', { a: { x: 1 }, b: { x: 2 }, x: 3 }],
    ['a name that is also a value', '{"a":"a","b":["a","a"]}', { a: 'a', b: ['a', 'a'] }],
    ['names that differ in case', '{"a":1,"A":2}', { a: 1, A: 2 }],
    [
      'structure inside strings',
      String.raw`{"a":"{\"a\":1,\"a\":2}","b":"\\"}`,
      { a: '{"a":1,"a":2}', b: '\\' },
    ],
    ['the largest double', '{"a":1.7976931348623157e308}', { a: Number.MAX_VALUE }],
    ['a pair of surrogates in escapes', String.raw`{"a":"\ud83d\udd11"}`, { a: '\u{1f511}' }],
    ['a number that underflows', '{"a":1e-400}', { a: 0 }],
  ])('takes %s', (_, text, value) => {
    expect(parse(text)).toEqual(value);
  });

  it('takes nesting of 16 and no more', () => {
    expect(() => parse(nested(16))).not.toThrow();
    expect(() => parse(nested(17))).toThrow(new StrictJsonError('nested too deep'));
    expect(() => parse(`{"a":${'{"a":'.repeat(16)}1${'}'.repeat(16)}}`)).toThrow('nested too deep');
  });

  it('counts nesting, not brackets', () => {
    expect(() => parse(`{"a":[${'[],'.repeat(100)}[]]}`)).not.toThrow();
  });

  it('makes `__proto__` a member like any other', () => {
    const value = parse('{"__proto__":{"sub":"admin"}}');
    expect(Object.hasOwn(value, '__proto__')).toBe(true);
    expect(value.sub).toBeUndefined();
  });

  it.each([
    ['a name twice', '{"a":1,"a":2}', 'a duplicate member'],
    ['a name twice with the same value', '{"a":1,"b":2,"a":1}', 'a duplicate member'],
    ['a name twice, once in escapes', String.raw`{"iss":1,"\u0069ss":2}`, 'a duplicate member'],
    ['a name twice, two escapes of one character', String.raw`{"\/":1,"\u002F":2}`, 'a duplicate member'],
    ['a nested name twice', '{"cnf":{"jkt":"a","jkt":"b"}}', 'a duplicate member'],
    ['a name twice inside an array', '{"a":[{"b":1,"b":2}]}', 'a duplicate member'],
    ['a name again after an object', '{"a":{"b":1},"a":2}', 'a duplicate member'],
    ['a name again after an array', '{"a":[1,2],"a":2}', 'a duplicate member'],
    ['`__proto__` twice', '{"__proto__":1,"__proto__":2}', 'a duplicate member'],
    ['an empty name twice', '{"":1,"":2}', 'a duplicate member'],
    ['1e400', '{"exp":1e400}', 'a number out of range'],
    ['-1e400', '{"exp":-1e400}', 'a number out of range'],
    ['a nested 1E+400', '{"a":[1E+400]}', 'a number out of range'],
    ['a lone high surrogate', String.raw`{"a":"\ud800"}`, 'an unpaired surrogate'],
    ['a lone low surrogate', String.raw`{"a":"x\udc00y"}`, 'an unpaired surrogate'],
    ['surrogates the wrong way round', String.raw`{"a":"\udd11\ud83d"}`, 'an unpaired surrogate'],
    ['a lone surrogate in a name', String.raw`{"\ud800":1}`, 'an unpaired surrogate'],
    ['a byte order mark', '\uFEFF{}', 'not JSON'],
    ['an object and more', '{}{}', 'not JSON'],
    ['an object and a NUL', '{}\u0000', 'not JSON'],
    ['a trailing comma', '{"a":1,}', 'not JSON'],
    ['a comment', '{"a":1/**/}', 'not JSON'],
    ['single quotes', "{'a':1}", 'not JSON'],
    ['NaN', '{"a":NaN}', 'not JSON'],
    ['a leading zero', '{"a":01}', 'not JSON'],
    ['a no-break space', '{\u00a0}', 'not JSON'],
    ['nothing', '', 'not JSON'],
    ['an array', '[{"a":1}]', 'not a JSON object'],
    ['a string', '"a"', 'not a JSON object'],
    ['a number', '1', 'not a JSON object'],
    ['null', 'null', 'not a JSON object'],
    ['true', 'true', 'not a JSON object'],
  ])('refuses %s', (_, text, message) => {
    expect(() => parse(text)).toThrow(new StrictJsonError(message));
  });

  it.each([
    ['a lone continuation byte', [0x80]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['a surrogate in UTF-8', [0xed, 0xa0, 0x80]],
    ['a cut sequence', [0xe2, 0x82]],
    ['UTF-16', [0xff, 0xfe, 0x7b, 0x00]],
  ])('refuses %s', (_, inner) => {
    const bytes = Buffer.concat([Buffer.from('{"a":"'), Buffer.from(inner), Buffer.from('"}')]);
    expect(() => parseStrictObject(bytes)).toThrow(new StrictJsonError('not UTF-8'));
  });

  it('reads any object as JSON.parse does', () => {
    const objects = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 6 }), {
      maxKeys: 6,
    });
    fc.assert(
      fc.property(objects, fc.nat({ max: 3 }), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        expect(parse(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('refuses any object with a member once more', () => {
    const members = fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.jsonValue()), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(members, fc.nat(), (pairs, pick) => {
        const again = pairs[pick % pairs.length] ?? ['', 0];
        const text = [...pairs, again].map(([name, value]) => `${escaped(name)}:${escaped(value)}`).join(',');
        expect(() => parse(`{${text}}`)).toThrow(StrictJsonError);
      }),
    );
  });
});
