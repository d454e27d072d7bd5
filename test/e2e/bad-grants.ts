/** Requests of an authenticated client that one endpoint refuses (RFC 6749 §5.2, RFC 7009 §2.2, RFC 7662 §2.2, RFC 8707 §2, RFC 9449 §5). */
import { proof } from '../attack/forge.ts';
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
