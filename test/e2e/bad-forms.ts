/** Requests whose form is bad or odd, whatever they ask for. */
import { assertedBy } from './bad-credentials.ts';
import { authorized, type BadRequest, basic, encoded, formType, typed, withBody } from './bad-requests.ts';

/** Bad at the token, the revocation and the introspection endpoint alike (RFC 6749 §3.2). */
export const badForms: readonly BadRequest[] = [
  ['a parameter twice', 400, 'invalid_request', withBody((own) => `${own}&${own}`)],
  ['an unknown parameter twice', 400, 'invalid_request', withBody((own) => `${own}&x=1&x=2`)],
  ['a parameter twice, once empty', 400, 'invalid_request', withBody((own) => `${own}&scope=&scope=`)],
  ['parameters in the URI', 400, 'invalid_request', (_, own) => ({ query: `?${own}` })],
  ['a secret in the URI', 400, 'invalid_request', ({ secret }) => ({ query: `?client_secret=${secret}` })],
  ['no content type', 415, 'invalid_request', ({ secret }) => ({ headers: [basic('shop', secret)] })],
  ['an empty content type', 415, 'invalid_request', typed('')],
  ['JSON', 415, 'invalid_request', typed('application/json')],
  ['text', 415, 'invalid_request', typed('text/plain')],
  ['multipart', 415, 'invalid_request', typed('multipart/form-data; boundary=x')],
  ['a content type that begins alike', 415, 'invalid_request', typed('application/x-www-form-urlencodedx')],
  ['two content types', 415, 'invalid_request', typed('application/x-www-form-urlencoded, text/plain')],
  [
    'two Content-Type headers',
    415,
    'invalid_request',
    ({ secret }) => ({ headers: [formType, ['Content-Type', 'application/json'], basic('shop', secret)] }),
  ],
  [
    'bytes that are not UTF-8',
    400,
    'invalid_request',
    withBody((own) => Buffer.from(`${own}&x=\xFF`, 'latin1')),
  ],
  ['a body of 17 kB', 413, 'invalid_request', withBody((own) => `${own}&x=${'x'.repeat(17_000)}`)],
  ['a body above the gateway’s limit', 413, undefined, withBody(() => Buffer.alloc(10_485_761, 'x'))],
  [
    'headers above the gateway’s limit',
    431,
    undefined,
    ({ secret }) => ({ headers: [formType, basic('shop', secret), ['X', 'x'.repeat(11_000)]] }),
  ],
  ...['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].map((method): BadRequest => [
    `the method ${method}`,
    404,
    undefined,
    () => ({ method }),
  ]),
];

/** Odd, and good. */
export const oddForms: readonly BadRequest[] = [
  ['as it should be', 200, undefined, () => ({})],
  ['with a charset', 200, undefined, typed('application/x-www-form-urlencoded; charset=UTF-8')],
  ['with a content type in capitals', 200, undefined, typed('Application/X-WWW-Form-URLEncoded')],
  ['with an unknown parameter', 200, undefined, withBody((own) => `${own}&x=1`)],
  ['with an empty parameter', 200, undefined, withBody((own) => `${own}&scope=`)],
  ['with an empty client_secret beside Basic', 200, undefined, withBody((own) => `${own}&client_secret=`)],
  [
    'with a scheme in small letters',
    200,
    undefined,
    authorized(({ secret }) => encoded(`shop:${secret}`).replace('B', 'b')),
  ],
  ['by an assertion', 200, undefined, assertedBy({})],
  [
    'in chunks',
    200,
    undefined,
    ({ secret }, own) => ({
      headers: [formType, basic('shop', secret), ['Transfer-Encoding', 'chunked']],
      body: `${own.length.toString(16)}\r\n${own}\r\n0\r\n\r\n`,
    }),
  ],
];
