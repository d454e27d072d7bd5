import { Buffer } from 'node:buffer';
import { describe, expect, it } from '@jest/globals';
import { authenticateClient } from '../../../core/oauth/client-authentication.ts';
import { UnavailableError } from '../../../core/ports.ts';
import { basic, service } from './fixture.ts';

const base64 = (text: string | Uint8Array) => `Basic ${Buffer.from(text).toString('base64')}`;
const formEncoded = (text: string) => encodeURIComponent(text).replaceAll('%20', '+');

async function authenticate(authorization: string | undefined, form: Readonly<Record<string, string>> = {}) {
  const { context } = await service();
  const request = { headers: { authorization } };
  return (await authenticateClient(request, new Map(Object.entries(form)), context)).clientId;
}

describe('authenticateClient takes', () => {
  it.each<[string, string | undefined, Record<string, string>, string]>([
    ['client_secret_basic', basic('shop', 's3cret'), {}, 'shop'],
    ['basic in any case', base64('shop:s3cret').replace('Basic', 'bASIC'), {}, 'shop'],
    ['basic and the same client_id in the body', basic('shop', 's3cret'), { client_id: 'shop' }, 'shop'],
    ['basic of form-encoded parts', basic(formEncoded('a:b%c+&'), formEncoded('p:w d+%é')), {}, 'a:b%c+&'],
    ['client_secret_post', undefined, { client_id: 'shop', client_secret: 's3cret' }, 'shop'],
    ['post of any characters', undefined, { client_id: 'a:b%c+&', client_secret: 'p:w d+%é' }, 'a:b%c+&'],
    ['the older of two secrets', basic('two', 'old'), {}, 'two'],
    ['the newer of two secrets', basic('two', 'new'), {}, 'two'],
  ])('%s', async (_, authorization, form, clientId) => {
    expect(await authenticate(authorization, form)).toBe(clientId);
  });
});

describe('authenticateClient refuses as invalid_client', () => {
  it.each<readonly [string, string | undefined, ...Record<string, string>[]]>([
    ['no credentials', undefined],
    ['a client_id alone', undefined, { client_id: 'shop' }],
    ['a secret alone', undefined, { client_secret: 's3cret' }],
    ['an unknown client', basic('unknown', 's3cret')],
    ['a client named like a prototype', basic('__proto__', 's3cret')],
    ['a wrong secret', basic('shop', 's3cre')],
    ['a secret in another case', basic('shop', 'S3CRET')],
    ['an empty secret', basic('shop', '')],
    ['the secret of another client', basic('two', 's3cret')],
    ['the stored hash in place of the secret', basic('shop', 'HsHCa1DV08WNlYMYGvgHZlX-AHVr9yhZQLo2cPmfy6A')],
    ['a client without secrets', basic('none', '')],
    ['a disabled client', basic('off', 's3cret')],
    ['a wrong secret in the body', undefined, { client_id: 'shop', client_secret: 'x' }],
    ['a disabled client in the body', undefined, { client_id: 'off', client_secret: 's3cret' }],
    ['another scheme', `Bearer ${Buffer.from('shop:s3cret').toString('base64')}`],
    ['no scheme', Buffer.from('shop:s3cret').toString('base64')],
    ['two spaces', base64('shop:s3cret').replace(' ', '  ')],
    ['a trailing space', `${base64('shop:s3cret')} `],
    ['no base64', 'Basic ***'],
    ['base64url', 'Basic c2hvcDpz-_M'],
    ['three padding characters', 'Basic c2g==='],
    ['a cut base64', 'Basic c2hvc'],
    ['no colon', base64('shop')],
    ['an empty client id', base64(':s3cret')],
    ['bytes that are no UTF-8', base64(Uint8Array.of(0xff, 0x3a, 0x61))],
    ['a broken percent-encoding', base64('shop:%zz')],
    ['a percent-encoding of no UTF-8', base64('%ff:s3cret')],
    ['two credentials in one header', `${basic('shop', 's3cret')}, ${basic('shop', 's3cret')}`],
    ['an empty header', ''],
  ])('%s', async (...[, authorization, form]) => {
    await expect(authenticate(authorization, form)).rejects.toMatchObject({
      ...{ name: 'OAuthError', code: 'invalid_client', status: 401 },
      message: 'client authentication failed: unknown client, wrong secret, or none given',
    });
  });
});

describe('authenticateClient', () => {
  it.each([
    [
      'two ways at once',
      { client_secret: 's3cret' },
      'two client authentication methods at once; allowed: one',
    ],
    [
      'two ways and two clients',
      { client_id: 'two', client_secret: 'old' },
      'two client authentication methods at once; allowed: one',
    ],
    ['another client_id', { client_id: 'two' }, 'client_id does not match the Authorization header'],
  ])('refuses %s as invalid_request', async (_, form, message) => {
    await expect(authenticate(basic('shop', 's3cret'), form)).rejects.toMatchObject({
      ...{ name: 'OAuthError', code: 'invalid_request', status: 400, message },
    });
  });

  it('lets an unavailable client table through as what it is', async () => {
    const clients = { get: () => Promise.reject(new UnavailableError('clients')) };
    const context = { ...(await service()).context, clients };
    const request = { headers: { authorization: basic('shop', 's3cret') } };
    await expect(authenticateClient(request, new Map(), context)).rejects.toThrow(UnavailableError);
  });
});
