/** The whole slice over real HTTP: the built bundles, played from the synthesized template by `keyturn local`. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { JwtVerifier } from 'aws-jwt-verify';
import { JwksCache, SimpleJwksCache } from 'aws-jwt-verify/jwk';
import { createLocalJWKSet, exportSPKI, generateKeyPair, importJWK, type JSONWebKeySet, SignJWT } from 'jose';
import jsonwebtoken from 'jsonwebtoken';
import * as oauth from 'oauth4webapi';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Played, startLocal } from './keyturn.ts';

jest.setTimeout(60_000);

let stack: Played;
const secrets: string[] = [];

beforeAll(async () => {
  stack = await startLocal();
});
afterAll(async () => {
  await stack.end('SIGINT');
});

/** A token of the demo client, as the command line gets it. */
async function newToken(): Promise<string> {
  const { stdout } = await stack.keyturn(['token']);
  secrets.push(stdout.trim());
  return stdout.trim();
}

function whoami(authorization: string | undefined): Promise<Response> {
  return fetch(`${stack.url}/whoami`, authorization === undefined ? {} : { headers: { authorization } });
}

function demoClient(): { clientId: string; secret: string } {
  return JSON.parse(readFileSync(path.join(stack.dataDirectory, 'demo-client.json'), 'utf8'));
}

async function jwkSet(): Promise<JSONWebKeySet> {
  return (await (await fetch(`${stack.url}/.well-known/jwks.json`)).json()) as JSONWebKeySet;
}

describe('independent peers', () => {
  it('get a token by discovery alone, with subject and scopes at /whoami', async () => {
    const issuer = new URL(stack.url);
    const options = { [oauth.allowInsecureRequests]: true };
    const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options));
    const { clientId, secret } = demoClient();
    secrets.push(secret);
    const answer = await oauth.clientCredentialsGrantRequest(
      server,
      { client_id: clientId },
      oauth.ClientSecretBasic(secret),
      { scope: 'orders:read' },
      options,
    );
    const { access_token: token, expires_in: lifetime } = await oauth.processClientCredentialsResponse(
      server,
      { client_id: clientId },
      answer,
    );
    const caller = await whoami(`Bearer ${token}`);
    expect(caller.status).toBe(200);
    expect(await caller.json()).toMatchObject({ subject: 'demo', clientId: 'demo', scopes: ['orders:read'] });
    expect(lifetime).toBe(900);
  });

  it('aws-jwt-verify verifies our tokens by our JWK Set', async () => {
    const verifier = JwtVerifier.create({ issuer: stack.url, audience: stack.url, jwksUri: `${stack.url}/.well-known/jwks.json` });
    verifier.cacheJwks((await jwkSet()) as never);
    const claims = verifier.verifySync(await newToken());
    expect(claims).toMatchObject({ iss: stack.url, sub: 'demo', client_id: 'demo', aud: stack.url });
  });

  it('jsonwebtoken verifies our tokens by our JWK Set', async () => {
    const token = await newToken();
    const { kid } = jsonwebtoken.decode(token, { complete: true })?.header ?? {};
    const jwk = (await jwkSet()).keys.find((key) => key.kid === kid);
    const pem = await exportSPKI((await importJWK(jwk ?? {}, 'RS256')) as never);
    const claims = jsonwebtoken.verify(token, pem, { algorithms: ['RS256'], issuer: stack.url, audience: stack.url });
    expect(claims).toMatchObject({ sub: 'demo' });
  });
});

describe('a revoked token', () => {
  it('is refused on the next call, within a second', async () => {
    const token = await newToken();
    expect((await whoami(`Bearer ${token}`)).status).toBe(200);
    const revoked = await stack.keyturn(['revoke', '-'], token);
    expect(revoked).toMatchObject({ code: 0, stderr: '' });
    expect((await whoami(`Bearer ${token}`)).status).toBe(401);
    expect(stack.output()).toContain('"token_revoked"');
  });
});
