/** Client authentication that fails (RFC 6749 §2.3, RFC 7523 §3), and assertions to fail with. */
import { randomUUID } from 'node:crypto';
import { assertionType } from '../../core/oauth/client-assertion.ts';
import { compact, type ForgedKey, macced } from '../attack/forge.ts';
import {
  authorized,
  type BadRequest,
  basic,
  type Change,
  encoded,
  formType,
  type Holdings,
  now,
  posted,
  withBody,
} from './bad-requests.ts';

/** An assertion of the client `signer`, good but for the changes. */
export function assertion({ issuer, key }: Holdings, claims: object = {}, by: ForgedKey = key): string {
  const good = { iss: 'signer', sub: 'signer', aud: issuer, jti: randomUUID() };
  const times = { iat: now(), exp: now() + 60 };
  return compact({ alg: by.alg, kid: key.kid }, { ...good, ...times, ...claims }, by);
}

const asserted = (made: string, type = assertionType) =>
  `client_assertion_type=${encodeURIComponent(type)}&client_assertion=${made}`;
/** Authenticates by such an assertion. */
export const assertedBy = (claims: object, by?: (held: Holdings) => ForgedKey): Change =>
  posted((held) => asserted(assertion(held, claims, by?.(held))));

/** Bad at the token, the revocation and the introspection endpoint alike. */
export const badCredentials: readonly BadRequest[] = [
  ['no client', 401, 'invalid_client', () => ({ headers: [formType] })],
  ['an unknown client', 401, 'invalid_client', authorized(encoded('nobody:x'))],
  ['a client id beyond any table key', 401, 'invalid_client', authorized(encoded(`${'x'.repeat(3000)}:y`))],
  [
    'a posted client id beyond any table key',
    401,
    'invalid_client',
    posted(() => `client_id=${'x'.repeat(3000)}`),
  ],
  [
    'an assertion of a client id beyond any table key',
    401,
    'invalid_client',
    assertedBy({ iss: 'x'.repeat(3000), sub: 'x'.repeat(3000) }),
  ],
  ['a disabled client', 401, 'invalid_client', authorized(({ secret }) => encoded(`disabled:${secret}`))],
  ['a wrong secret', 401, 'invalid_client', authorized(({ secret }) => encoded(`shop:${secret}x`))],
  ['another client’s secret', 401, 'invalid_client', authorized(({ secret }) => encoded(`other:${secret}`))],
  ['an empty secret', 401, 'invalid_client', authorized(encoded('shop:'))],
  ['a secret’s hash in place of it', 401, 'invalid_client', authorized(encoded(`shop:${'.'.repeat(43)}`))],
  ['an empty posted secret', 401, 'invalid_client', posted(() => 'client_id=shop&client_secret=')],
  [
    'a posted secret without a client',
    401,
    'invalid_client',
    posted(({ secret }) => `client_secret=${secret}`),
  ],
  ['a confidential client by its name', 401, 'invalid_client', posted(() => 'client_id=shop')],
  ['Basic without credentials', 401, 'invalid_client', authorized('Basic')],
  ['Basic that is not base64', 401, 'invalid_client', authorized('Basic ~~~~')],
  ['Basic without a colon', 401, 'invalid_client', authorized(encoded('shop'))],
  ['Basic without a client', 401, 'invalid_client', authorized(({ secret }) => encoded(`:${secret}`))],
  ['Basic that is not UTF-8', 401, 'invalid_client', authorized(encoded(Buffer.from([0xff, 0x3a, 0xff])))],
  ['Basic with a bad percent sign', 401, 'invalid_client', authorized(encoded('shop:%zz'))],
  [
    'Basic with two values',
    401,
    'invalid_client',
    authorized(({ secret }) => `${encoded(`shop:${secret}`)} x`),
  ],
  ['Bearer', 401, 'invalid_client', authorized(({ othersAccessToken: token }) => `Bearer ${token}`)],
  [
    'two Authorization headers',
    401,
    'invalid_client',
    ({ secret }) => ({ headers: [formType, basic('shop', secret), basic('shop', secret)] }),
  ],
  [
    'credentials in header and body',
    400,
    'invalid_request',
    withBody((own, { secret }) => `${own}&client_id=shop&client_secret=${secret}`),
  ],
  [
    'Basic of one client, client_id of another',
    400,
    'invalid_request',
    withBody((own) => `${own}&client_id=other`),
  ],
  [
    'a secret and an assertion',
    400,
    'invalid_request',
    withBody((own, held) => `${own}&${asserted(assertion(held))}`),
  ],
  [
    'a posted secret and an assertion',
    400,
    'invalid_request',
    posted((held) => `client_id=shop&client_secret=${held.secret}&${asserted(assertion(held))}`),
  ],

  [
    'an assertion without its type',
    400,
    'invalid_request',
    posted((held) => `client_assertion=${assertion(held)}`),
  ],
  [
    'an assertion of another type',
    400,
    'invalid_request',
    posted((held) => asserted(assertion(held), 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer')),
  ],
  [
    'an assertion for another client_id',
    400,
    'invalid_request',
    posted((held) => `client_id=shop&${asserted(assertion(held))}`),
  ],
  ['an assertion that is none', 401, 'invalid_client', posted(() => asserted('nonsense'))],
  ['an assertion of an unknown client', 401, 'invalid_client', assertedBy({ iss: 'nobody', sub: 'nobody' })],
  ['an assertion of a client without keys', 401, 'invalid_client', assertedBy({ iss: 'shop', sub: 'shop' })],
  ['an assertion about another client', 401, 'invalid_client', assertedBy({ sub: 'shop' })],
  ['an assertion for another audience', 401, 'invalid_client', assertedBy({ aud: 'https://other.example' })],
  ['an assertion without exp', 401, 'invalid_client', assertedBy({ exp: undefined })],
  ['an assertion without jti', 401, 'invalid_client', assertedBy({ jti: undefined })],
  ['an expired assertion', 401, 'invalid_client', assertedBy({ iat: now() - 900, exp: now() - 600 })],
  ['an assertion that lives for a day', 401, 'invalid_client', assertedBy({ exp: now() + 86_400 })],
  ['an assertion by another key', 401, 'invalid_client', assertedBy({}, ({ stranger }) => stranger)],
  [
    'an unsigned assertion',
    401,
    'invalid_client',
    posted((held) =>
      asserted(
        `${compact(
          { alg: 'none' },
          { iss: 'signer', sub: 'signer', aud: held.issuer, jti: 'x', iat: now(), exp: now() + 60 },
          held.key,
        )
          .split('.')
          .slice(0, 2)
          .join('.')}.`,
      ),
    ),
  ],
  [
    'an assertion by the client secret',
    401,
    'invalid_client',
    posted(({ issuer, secret }) =>
      asserted(
        macced(
          { alg: 'HS256' },
          { iss: 'shop', sub: 'shop', aud: issuer, jti: randomUUID(), iat: now(), exp: now() + 60 },
          secret,
        ),
      ),
    ),
  ],
];
