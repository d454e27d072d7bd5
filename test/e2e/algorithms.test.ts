/**
 * Each signing algorithm that every runtime has, in a stack of its own: verifiers of others find the keys by discovery
 * alone, and a change from one algorithm to the next refuses no token on the way.
 */
import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { JwtVerifier } from 'aws-jwt-verify';
import { createRemoteJWKSet, decodeProtectedHeader, type JWK, jwtVerify } from 'jose';
import jsonwebtoken from 'jsonwebtoken';
import { type Played, startLocal } from './keyturn.ts';

jest.setTimeout(120_000);

interface Discovered {
  readonly issuer: string;
  readonly jwks_uri: string;
}
type Verify = (token: string, at: Discovered) => Promise<unknown>;

const withJose: Verify = async (token, { issuer, jwks_uri }) =>
  (await jwtVerify(token, createRemoteJWKSet(new URL(jwks_uri)), { issuer, audience: issuer })).payload;

const withJsonwebtoken: Verify = async (token, { issuer, jwks_uri }) => {
  const { kid, alg } = decodeProtectedHeader(token);
  const jwk = (await keysAt(jwks_uri)).find((key) => key.kid === kid);
  const publicKey = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
  const algorithms = [alg as jsonwebtoken.Algorithm];
  return jsonwebtoken.verify(token, publicKey, { algorithms, issuer, audience: issuer });
};

/** It asks by https alone, so that the set is handed to it. */
const withAwsJwtVerify: Verify = async (token, { issuer, jwks_uri }) => {
  const verifier = JwtVerifier.create({ issuer, audience: issuer, jwksUri: jwks_uri });
  verifier.cacheJwks({ keys: (await keysAt(jwks_uri)) as never });
  return verifier.verify(token);
};

/** What each verifier knows, as its documentation says. */
const knownBy = {
  RS256: { jose: withJose, jsonwebtoken: withJsonwebtoken, 'aws-jwt-verify': withAwsJwtVerify },
  ES256: { jose: withJose, jsonwebtoken: withJsonwebtoken, 'aws-jwt-verify': withAwsJwtVerify },
  EdDSA: { jose: withJose, 'aws-jwt-verify': withAwsJwtVerify },
  PS256: { jose: withJose, jsonwebtoken: withJsonwebtoken },
} as const;

let stack: Played | undefined;
afterEach(async () => {
  await stack?.end('SIGKILL');
});

async function keysAt(jwksUri: string): Promise<readonly JWK[]> {
  return ((await (await fetch(jwksUri)).json()) as { keys: JWK[] }).keys;
}

async function discovered({ url }: Played): Promise<Discovered> {
  return (await (await fetch(`${url}/.well-known/openid-configuration`)).json()) as Discovered;
}

async function newToken(played: Played): Promise<string> {
  const { code, stdout, stderr } = await played.keyturn(['token']);
  if (code !== 0) throw new Error(stderr);
  return stdout.trim();
}

const statusOf = async ({ url }: Played, token: string) =>
  (await fetch(`${url}/whoami`, { headers: { authorization: `Bearer ${token}` } })).status;

/** The token with its signature's first byte turned: no verifier may take it. */
function altered(token: string): string {
  const [header, payload, signature = ''] = token.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return `${header}.${payload}.${bytes.toString('base64url')}`;
}

describe.each(Object.entries(knownBy))('tokens signed with %s', (algorithm, verifiers) => {
  it(`pass the authorizer, ${Object.keys(verifiers).join(', ')}`, async () => {
    stack = await startLocal({ config: { tokenService: { algorithm } } });
    const token = await newToken(stack);
    const at = await discovered(stack);
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: algorithm, typ: 'at+jwt' });
    expect(await statusOf(stack, token)).toBe(200);
    expect(await statusOf(stack, altered(token))).toBe(401);
    for (const verify of Object.values<Verify>(verifiers)) {
      expect(await verify(token, at)).toMatchObject({ iss: at.issuer, client_id: 'demo' });
      await expect(verify(altered(token), at)).rejects.toThrow(/signature/i);
    }
    expect((await stack.keyturn(['revoke', '-'], token)).code).toBe(0);
    await sleep(1000);
    expect(await statusOf(stack, token)).toBe(401);
  });
});

it('a change of algorithm is an orderly rotation: every token passes, before it and after it', async () => {
  const times = { jwksCacheSeconds: 3, clockSkewSeconds: 4, propagationSeconds: 1, signerHoldSeconds: 1 };
  stack = await startLocal({ config: { tokenService: { algorithm: 'RS256', ...times } } });
  const old = await newToken(stack);
  const { dataDirectory, url } = stack;
  await stack.end('SIGINT');

  const config = { tokenService: { algorithm: 'ES256', ...times } };
  stack = await startLocal({ dataDirectory, port: Number(new URL(url).port), config });
  const tokens = [old];
  const at = await discovered(stack);
  for (const begun = performance.now(); performance.now() - begun < 60_000; await sleep(500)) {
    await stack.keyturn(['rotate']);
    const token = await newToken(stack);
    tokens.push(token);
    for (const each of tokens) expect(await statusOf(stack, each)).toBe(200);
    for (const each of [old, token]) await withJose(each, at);
    if (decodeProtectedHeader(token).alg === 'ES256') break;
  }
  const used = new Set(tokens.map((token) => decodeProtectedHeader(token).alg));
  expect([...used]).toEqual(['RS256', 'ES256']);
});
