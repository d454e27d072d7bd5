/** Independent verifiers believe our tokens by our JWK Set, under every algorithm that they know, and nothing altered. */
import { createPublicKey } from 'node:crypto';
import { JwtVerifier } from 'aws-jwt-verify';
import { describe, expect, it } from '@jest/globals';
import { importJWK, type JSONWebKeySet } from 'jose';
import jsonwebtoken from 'jsonwebtoken';
import type { SigningAlgorithm } from '../../../core/contract/settings.ts';
import { signerOf } from '../../../core/issue/signer.ts';
import { generateSigningKey } from '../../../core/keys/generate.ts';
import { toJwkSet } from '../../../core/keys/jwk-set.ts';
import { tokenEndpoint } from '../../../core/oauth/token-endpoint.ts';
import { key as signingKey } from '../keys/key-sets.ts';
import { issuer, request, service } from './fixture.ts';

interface Issued {
  readonly token: string;
  /** As it is served: with a key of another algorithm beside it, as in a change of algorithm. */
  readonly keys: JSONWebKeySet;
}

/** A token of the token endpoint, signed by a key as key-rotation makes it. */
async function issue(algorithm: SigningAlgorithm): Promise<Issued> {
  const [{ publicPart, privateJwk }, other] = await Promise.all([
    generateSigningKey(algorithm),
    generateSigningKey(algorithm === 'ES256' ? 'RS256' : 'ES256'),
  ]);
  const active = signingKey(publicPart.kid, 'active', publicPart);
  const pending = signingKey(other.publicPart.kid, 'pending', other.publicPart);
  const privateKey = await importJWK(privateJwk, algorithm);
  if (privateKey instanceof Uint8Array) throw new Error('not a private key');
  const { context } = await service();
  const current = () => Promise.resolve({ signingKey: active, sign: signerOf(privateKey) });
  const now = Math.floor(Date.now() / 1000);
  const { access_token: token } = await tokenEndpoint(request('grant_type=client_credentials'), {
    ...{ ...context, now, signer: { current } },
  });
  const keys = toJwkSet({ issuer, version: 1, keys: [pending, active] });
  return { token, keys: JSON.parse(JSON.stringify(keys)) as JSONWebKeySet };
}

const verifiers: Readonly<Record<string, (issued: Issued, algorithm: SigningAlgorithm) => object>> = {
  'aws-jwt-verify': ({ token, keys }) => {
    const jwksUri = `${issuer}/.well-known/jwks.json`;
    const verifier = JwtVerifier.create({ issuer, audience: 'orders', jwksUri });
    verifier.cacheJwks(keys as never);
    return verifier.verifySync(token);
  },
  jsonwebtoken: ({ token, keys }, algorithm) => {
    const kid = jsonwebtoken.decode(token, { complete: true })?.header.kid;
    const jwk = keys.keys.find((each) => each.kid === kid);
    const options = { algorithms: [algorithm as jsonwebtoken.Algorithm], issuer, audience: 'orders' };
    return jsonwebtoken.verify(
      token,
      createPublicKey({ key: jwk as never, format: 'jwk' }),
      options,
    ) as object;
  },
};

/** Which algorithms they know. */
const known: readonly (readonly [string, SigningAlgorithm])[] = [
  ...(['RS256', 'ES256', 'EdDSA'] as const).map((algorithm) => ['aws-jwt-verify', algorithm] as const),
  ...(['RS256', 'PS256', 'ES256'] as const).map((algorithm) => ['jsonwebtoken', algorithm] as const),
];

const verify = (name: string, issued: Issued, algorithm: SigningAlgorithm) =>
  verifiers[name]?.(issued, algorithm);

describe.each(known)('%s, under %s', (name, algorithm) => {
  it('believes the token', async () => {
    const expected = { iss: issuer, aud: 'orders', sub: 'shop', client_id: 'shop', scope: 'read write' };
    expect(verify(name, await issue(algorithm), algorithm)).toMatchObject(expected);
  });

  it('believes no other claims under its signature', async () => {
    const issued = await issue(algorithm);
    const [header = '', payload = '', signature = ''] = issued.token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    const altered = Buffer.from(JSON.stringify({ ...claims, sub: 'eve' })).toString('base64url');
    const forged = { ...issued, token: `${header}.${altered}.${signature}` };
    expect(() => verify(name, forged, algorithm)).toThrow(/signature/i);
  });
});

it.each<[string, SigningAlgorithm, RegExp]>([
  ['aws-jwt-verify', 'PS256', /alg/i],
  ['jsonwebtoken', 'EdDSA', /algorithm|key type/i],
])('%s does not know %s', async (name, algorithm, message) => {
  const issued = await issue(algorithm);
  expect(() => verify(name, issued, algorithm)).toThrow(message);
});
