import { CompactEncrypt, type JWK } from 'jose';
import { importJWK } from 'jose';
import type { Policy } from '../verdict/policy.ts';
import { publicPartOf, thumbprintOf } from '../keys/facts.ts';
import { sha256, utf8 } from './base64url.ts';
import { generateKey, signToken, unsigned } from './sign.ts';
import { templates } from './templates.ts';

/** A token with the key and the request that belong to it. */
export interface Example {
  readonly token: string;
  readonly key: string;
  readonly policy?: Partial<Policy>;
}

type Claims = Readonly<Record<string, unknown>>;

const now = () => Math.floor(Date.now() / 1000);
const claimsOf = (changes: Claims = {}): Claims => ({
  ...templates[0]?.claims(now(), crypto.randomUUID()),
  ...changes,
});

/** Tokens that show something, made anew each time: nothing of them is in the page. */
export const examples: Readonly<Record<string, () => Promise<Example>>> = {
  'A DPoP-bound token with its proof': dpopBound,
  'An expired token': () => signed(claimsOf({ iat: now() - 4500, nbf: now() - 4500, exp: now() - 3600 })),
  'An ID token sent as an access token': async () => ({
    ...(await signed({ ...templates[1]?.claims(now(), crypto.randomUUID()) }, { typ: 'JWT' })),
    policy: { isOwn: true, typ: 'at+jwt' },
  }),
  'A token without signature (alg none)': async () => ({
    token: unsigned({ alg: 'none', typ: 'at+jwt' }, JSON.stringify(claimsOf()), ''),
    key: '',
  }),
  'A token under a weak secret': async () => ({
    token: await signToken({ alg: 'HS256', typ: 'at+jwt' }, JSON.stringify(claimsOf()), {
      kty: 'oct',
      k: 'c2VjcmV0',
    }),
    key: 'secret',
  }),
  'A token within a token': async () =>
    signed(
      claimsOf({ sub: 'service-a', act: { sub: 'alice' }, subject_token: (await signed(claimsOf())).token }),
    ),
  'An encrypted token (JWE)': encrypted,
};

async function signed(claims: Claims, header: object = { typ: 'at+jwt' }): Promise<Example> {
  const jwk = await generateKey('ES256');
  const token = await signToken({ alg: 'ES256', kid: jwk.kid, ...header }, JSON.stringify(claims), jwk);
  return { token, key: JSON.stringify(jwk, null, 2) };
}

/** RFC 9449 §4.2: the proof is signed by the key that the token's cnf.jkt names. */
async function dpopBound(): Promise<Example> {
  const client = await generateKey('ES256');
  const { alg: _alg, use: _use, kid: _kid, ...bare } = publicPartOf(client);
  const bound = await signed(claimsOf({ cnf: { jkt: await thumbprintOf(client) } }));
  const request = { method: 'POST', url: 'https://api.example/orders' };
  const claims = {
    ...{ jti: crypto.randomUUID(), htm: request.method, htu: request.url, iat: now() },
    ath: await sha256(bound.token),
  };
  const proof = await signToken({ typ: 'dpop+jwt', alg: 'ES256', jwk: bare }, JSON.stringify(claims), client);
  return { ...bound, policy: { ...request, proof } };
}

async function encrypted(): Promise<Example> {
  const { d: _d, kid: _kid, use: _use, alg: _alg, ...publicJwk }: JWK = await generateKey('ES256');
  const inner = await signed(claimsOf());
  const token = await new CompactEncrypt(utf8(inner.token))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', cty: 'JWT' })
    .encrypt(await importJWK(publicJwk, 'ECDH-ES'));
  return { token, key: '' };
}
