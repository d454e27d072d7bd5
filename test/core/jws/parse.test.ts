import { describe, expect, it } from '@jest/globals';
import { MalformedTokenError, maxTokenLength, parseUnverified } from '../../../core/jws/parse.ts';
import { failureOf } from '../failure.ts';
import { encode } from '../issuer.ts';

const header = encode('{"alg":"RS256"}');
const claims = encode('{"sub":"a"}');
const signature = 'AAAA';
const token = `${header}.${claims}.${signature}`;

describe('parseUnverified', () => {
  it('takes a compact JWS apart', () => {
    expect(parseUnverified(token)).toEqual({
      header: { alg: 'RS256' },
      claims: { sub: 'a' },
      signingInput: `${header}.${claims}`,
      signature: new Uint8Array(3),
      compact: token,
    });
  });

  it('takes 8,192 characters and no more', () => {
    const filled = `${header}.${claims}.`.padEnd(maxTokenLength, 'A');
    expect(parseUnverified(filled).compact).toHaveLength(8192);
    expect(() => parseUnverified(`${filled}A`)).toThrow(
      new MalformedTokenError('8193 characters; at most 8192 are accepted'),
    );
  });

  it('takes an empty signature: it is for the key to say that it does not hold', () => {
    expect(parseUnverified(`${header}.${claims}.`).claims).toEqual({ sub: 'a' });
  });

  it.each([
    ['nothing', '', 'not three segments separated by dots'],
    ['one segment', header, 'not three segments separated by dots'],
    ['two segments', `${header}.${claims}`, 'not three segments separated by dots'],
    ['four segments', `${token}.AAAA`, 'not three segments separated by dots'],
    ['a trailing dot', `${token}.`, 'not three segments separated by dots'],
    ['the five segments of a JWE', `${token}.AAAA.AAAA`, 'not three segments separated by dots'],
    ['dots alone', '.'.repeat(8000), 'not three segments separated by dots'],
    ['two dots', '..', 'header: not JSON'],
    ['an empty header', `.${claims}.AAAA`, 'header: not JSON'],
    ['an empty payload', `${header}..AAAA`, 'payload: not JSON'],
    ['a leading space', ` ${token}`, 'header: not canonical base64url'],
    ['padding in the header', `${header}=.${claims}.AAAA`, 'header: not canonical base64url'],
    ['a line feed in the payload', `${header}.${claims}\n.AAAA`, 'payload: not canonical base64url'],
    [
      'loose bits in the payload',
      `${header}.${encode('{"a":1}').slice(0, -1)}R.AAAA`,
      'payload: not canonical base64url',
    ],
    ['a trailing line feed', `${token}\n`, 'signature: not canonical base64url'],
    ['a padded signature', `${header}.${claims}.AA==`, 'signature: not canonical base64url'],
    ['loose bits in the signature', `${header}.${claims}.AB`, 'signature: not canonical base64url'],
    ['a base64 signature', `${header}.${claims}.AA+/`, 'signature: not canonical base64url'],
    ['a header that is no object', `${encode('[]')}.${claims}.AAAA`, 'header: not a JSON object'],
    ['a payload that is a string', `${header}.${encode('"a"')}.AAAA`, 'payload: not a JSON object'],
    ['a header member twice', `${encode('{"alg":1,"alg":2}')}.${claims}.AAAA`, 'header: a duplicate member'],
    ['a claim twice', `${header}.${encode('{"sub":1,"sub":2}')}.AAAA`, 'payload: a duplicate member'],
    ['a header beyond doubles', `${encode('{"a":1e400}')}.${claims}.AAAA`, 'header: a number out of range'],
    ['bytes that are no UTF-8', `${header}.${encode(Uint8Array.of(0x7b, 0xff))}.AAAA`, 'payload: not UTF-8'],
    ['the JSON serialization', `{"payload":"${claims}"}`, 'not three segments separated by dots'],
  ])('refuses %s', async (_, text, message) => {
    expect(await failureOf(() => parseUnverified(text))).toEqual({ name: 'MalformedTokenError', message });
  });

  it('says the rule and nothing of the content', () => {
    const leak = `${header}.${encode('{"secret":"s3cr3t","secret":1}')}.AAAA`;
    expect(() => parseUnverified(leak)).toThrow(/^payload: a duplicate member$/);
  });
});
