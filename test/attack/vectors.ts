/** Published test vectors: where they are, and an authorizer that says what its signature step makes of them. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { JWK } from 'jose';
import { buildAltered, type Edit, root } from './altered-build.ts';
import type { startAuthorizer } from './authorizer.ts';
import { audience, now, type World } from './world.ts';

const folder = path.join(root, '..', 'shared', 'vectors');

/** Whether the vectors are there; they are data of others and no part of this project. */
export const hasVectors = existsSync(folder);

export function readVectors(file: string): unknown {
  return JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
}

export const issuer = 'https://vectors.example';

/** The kid of keys without one. */
export const nameless = 'nameless';

const claims = { iss: issuer, sub: 'ada', aud: audience, jti: 'vector', iat: now - 60, exp: now + 300 };

/**
 * The vectors sign texts that are no claims, under keys without `kid`. In this build any canonical payload reads as the
 * claims of a good token, and a token without `kid` names the one key that there is. Everything else is as it is
 * deployed, so that what passes, passed spelling, header, key, algorithm and signature.
 */
const edits: readonly Edit[] = [
  {
    file: 'core/jws/parse.ts',
    text: "claims: parseSegment('payload', payload)",
    replacement: `claims: (() => {
      if (decodeCanonical(payload) === undefined) throw new MalformedTokenError('payload: not canonical base64url');
      return ${JSON.stringify(claims)};
    })()`,
  },
  {
    file: 'core/verify/verify-token.ts',
    text: 'await issuer.keys.find(kid, now)',
    replacement: `await issuer.keys.find(kid ?? '${nameless}', now)`,
  },
];

/** Builds that authorizer. */
export async function buildSignatureStep(): Promise<typeof startAuthorizer> {
  const place = mkdtempSync(path.join(os.tmpdir(), 'keyturn-vectors-'));
  const file = path.join(place, 'authorizer.mjs');
  writeFileSync(file, await buildAltered('test/attack/authorizer.ts', edits));
  const module = (await import(pathToFileURL(file).href)) as { startAuthorizer: typeof startAuthorizer };
  rmSync(place, { recursive: true });
  return module.startAuthorizer;
}

/** A world with one issuer, which signs with one key: a public one in its JWK Set, or a shared secret. */
export function worldOf(key: JWK, algorithm: string, name = issuer): World {
  const isSecret = key.kty === 'oct';
  const { publicJwk, secret } = partsOf(key);
  const settings = {
    ...{ issuer: name, audience: [audience], typ: null, algorithms: [algorithm], maxLifetimeSeconds: 3600 },
    ...(isSecret ? { secretArn: 'arn:vector' } : { jwks: { keys: [{ kid: nameless, ...publicJwk }] } }),
  };
  return {
    settings: { issuers: [settings], clockToleranceSeconds: 0, routeScopes: {} },
    ...{ keySets: {}, jwkSets: {}, revocations: [], usedProofs: [], tickets: [] },
    secrets: { 'arn:vector': secret },
  };
}

/** What an issuer would publish, and what it would share. */
function partsOf({ d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, k = '', ...publicJwk }: JWK) {
  return { publicJwk: { ...publicJwk }, secret: new Uint8Array(Buffer.from(k, 'base64url')) };
}
