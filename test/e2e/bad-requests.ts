/** Bad requests to the OAuth endpoints, and what RFC 6749, 7009, 7523 and 9449 have for an answer. */
import { randomUUID } from 'node:crypto';
import { assertionType } from '../../core/oauth/client-assertion.ts';
import { compact, type ForgedKey, macced, proof } from '../attack/forge.ts';
import type { RawRequest } from './raw-http.ts';

/** What requests are made with. All of it is secret. */
export interface Holdings {
  readonly issuer: string;
  readonly secret: string;
  /** Key of the client `signer`. */
  readonly key: ForgedKey;
  readonly stranger: ForgedKey;
  /** Tokens of another client. */
  readonly othersRefreshToken: string;
  readonly othersAccessToken: string;
}

/** A change of a good request to an endpoint whose own parameters are `own`. */
export type Change = (
  held: Holdings,
  own: string,
) => Partial<Omit<RawRequest, 'target' | 'body'>> & {
  readonly query?: string;
  readonly body?: string | Buffer;
};

/** Status and `error`; without one it is a good answer, or an answer of API Gateway itself. */
export type BadRequest = readonly [name: string, status: number, error: string | undefined, change: Change];

export const formType = ['Content-Type', 'application/x-www-form-urlencoded'] as const;
export const basic = (id: string, secret: string) =>
  ['Authorization', `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`] as const;

const now = () => Math.floor(Date.now() / 1000);
const typed = (type: string): Change => {
  return ({ secret }) => ({ headers: [['Content-Type', type], basic('shop', secret)] });
};
const withBody =
  (change: (own: string, held: Holdings) => string | Buffer): Change =>
  (held, own) => ({ body: change(own, held) });
const authorized =
  (value: string | ((held: Holdings) => string)): Change =>
  (held) => ({
    headers: [formType, ['Authorization', typeof value === 'string' ? value : value(held)]],
  });
const encoded = (pair: string | Buffer) => `Basic ${Buffer.from(pair).toString('base64')}`;
/** Credentials in the body, none in a header. */
const posted =
  (parameters: (held: Holdings) => string): Change =>
  (held, own) => ({ headers: [formType], body: `${own}&${parameters(held)}` });

/** An assertion of the client `signer`, good but for the changes. */
export function assertion({ issuer, key }: Holdings, claims: object = {}, by: ForgedKey = key): string {
  const good = { iss: 'signer', sub: 'signer', aud: issuer, jti: randomUUID() };
  const times = { iat: now(), exp: now() + 60 };
  return compact({ alg: by.alg, kid: key.kid }, { ...good, ...times, ...claims }, by);
}

const asserted = (made: string, type = assertionType) =>
  `client_assertion_type=${encodeURIComponent(type)}&client_assertion=${made}`;
const assertedBy = (claims: object, by?: (held: Holdings) => ForgedKey): Change =>
  posted((held) => asserted(assertion(held, claims, by?.(held))));

/** Bad at the token, the revocation and the introspection endpoint alike. */
export const everywhere: readonly BadRequest[] = [
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

  ['no client', 401, 'invalid_client', () => ({ headers: [formType] })],
  ['an unknown client', 401, 'invalid_client', authorized(encoded('nobody:x'))],
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

const grant = 'grant_type=client_credentials';
const dpop =
  (...proofs: readonly ((held: Holdings) => string)[]): Change =>
  (held) => ({
    headers: [formType, basic('shop', held.secret), ...proofs.map((make) => ['DPoP', make(held)] as const)],
  });
const proved =
  (claims: object = {}, header: object = {}) =>
  ({ issuer, stranger }: Holdings) =>
    proof(stranger, { htm: 'POST', htu: `${issuer}/oauth2/token`, iat: now(), ...claims }, header);
const refresh = (token: string | ((held: Holdings) => string)): Change =>
  withBody(
    (_, held) => `grant_type=refresh_token&refresh_token=${typeof token === 'string' ? token : token(held)}`,
  );

/** Bad at the token endpoint. */
export const atToken: readonly BadRequest[] = [
  ['an empty body', 400, 'invalid_request', withBody(() => '')],
  ['no grant_type', 400, 'invalid_request', withBody(() => 'scope=orders:read')],
  ['an empty grant_type', 400, 'invalid_request', withBody(() => 'grant_type=')],
  ...[
    'password',
    'authorization_code',
    'Client_Credentials',
    'client_credentials%00',
    '__proto__',
    'constructor',
  ].map((name): BadRequest => [
    `the grant ${name}`,
    400,
    'unsupported_grant_type',
    withBody(() => `grant_type=${name}`),
  ]),
  [
    'a grant that the client may not use',
    400,
    'unauthorized_client',
    authorized(({ secret }) => encoded(`refresher:${secret}`)),
  ],
  ['client_credentials of a public client', 400, 'unauthorized_client', posted(() => 'client_id=spa')],
  ['a scope that the client may not have', 400, 'invalid_scope', withBody(() => `${grant}&scope=admin`)],
  ['a scope with a quote', 400, 'invalid_scope', withBody(() => `${grant}&scope=%22`)],
  ['a resource that is no URI', 400, 'invalid_target', withBody(() => `${grant}&resource=orders`)],
  [
    'a resource with a fragment',
    400,
    'invalid_target',
    withBody((_, { issuer }) => `${grant}&resource=${issuer}%23x`),
  ],
  [
    'a resource that is not the client’s',
    400,
    'invalid_target',
    withBody(() => `${grant}&resource=https://other.example`),
  ],
  ['no refresh_token', 400, 'invalid_request', withBody(() => 'grant_type=refresh_token')],
  ['an empty refresh_token', 400, 'invalid_request', refresh('')],
  ['a refresh_token that is none', 400, 'invalid_grant', refresh('nonsense')],
  [
    'a refresh_token of no family',
    400,
    'invalid_grant',
    refresh(`ktr.${'a'.repeat(22)}.0.${'a'.repeat(22)}.${'a'.repeat(43)}`),
  ],
  ['another client’s refresh_token', 400, 'invalid_grant', refresh((held) => held.othersRefreshToken)],
  ['an access token as refresh_token', 400, 'invalid_grant', refresh((held) => held.othersAccessToken)],
  ['a proof that is none', 400, 'invalid_dpop_proof', dpop(() => 'nonsense')],
  ['two proofs', 400, 'invalid_dpop_proof', dpop(proved(), proved())],
  ['a proof of another typ', 400, 'invalid_dpop_proof', dpop(proved({}, { typ: 'JWT' }))],
  ['a proof without jwk', 400, 'invalid_dpop_proof', dpop(proved({}, { jwk: undefined }))],
  ['a proof of alg none', 400, 'invalid_dpop_proof', dpop(proved({}, { alg: 'none' }))],
  [
    'a proof with its private key',
    400,
    'invalid_dpop_proof',
    dpop((held) => proved({}, { jwk: held.stranger.privateKey.export({ format: 'jwk' }) })(held)),
  ],
  [
    'a proof of another key',
    400,
    'invalid_dpop_proof',
    dpop((held) => proved({}, { jwk: held.key.publicJwk })(held)),
  ],
  ['a proof for another method', 400, 'invalid_dpop_proof', dpop(proved({ htm: 'GET' }))],
  [
    'a proof for another endpoint',
    400,
    'invalid_dpop_proof',
    dpop((held) => proved({ htu: `${held.issuer}/oauth2/revoke` })(held)),
  ],
  ['a proof from an hour ago', 400, 'invalid_dpop_proof', dpop(proved({ iat: now() - 3600 }))],
  ['a proof without iat', 400, 'invalid_dpop_proof', dpop(proved({ iat: undefined }))],
  ['a proof without jti', 400, 'invalid_dpop_proof', dpop(proved({ jti: undefined }))],
];

/** Bad at the revocation endpoint; what is no token of ours is answered as one that was revoked (RFC 7009 §2.2). */
export const atRevocation: readonly BadRequest[] = [
  ['no token', 400, 'invalid_request', withBody(() => 'token_type_hint=access_token')],
  ['an empty token', 400, 'invalid_request', withBody(() => 'token=')],
  [
    'another client’s access token',
    400,
    'unauthorized_client',
    withBody((_, held) => `token=${held.othersAccessToken}`),
  ],
  [
    'another client’s refresh token',
    400,
    'unauthorized_client',
    withBody((_, held) => `token=${held.othersRefreshToken}`),
  ],
  ['a token that is none', 200, undefined, withBody(() => 'token=nonsense')],
  ['a token_type_hint that is none', 200, undefined, withBody((own) => `${own}&token_type_hint=saml`)],
];

/** Bad at the introspection endpoint; of what is not active nothing is said (RFC 7662 §2.2). */
export const atIntrospection: readonly BadRequest[] = [
  ['no token', 400, 'invalid_request', withBody(() => 'token_type_hint=access_token')],
  ['an empty token', 400, 'invalid_request', withBody(() => 'token=')],
  ['a public client', 401, 'invalid_client', posted(() => 'client_id=spa')],
  ['a token that is none', 200, undefined, withBody(() => 'token=nonsense')],
  ['another client’s access token', 200, undefined, withBody((_, held) => `token=${held.othersAccessToken}`)],
];

/** Odd, and good. */
export const good: readonly BadRequest[] = [
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
