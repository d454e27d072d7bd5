import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  base64url,
  calculateJwkThumbprint,
  CompactSign,
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  type JWK,
} from 'jose';
import { createHash } from 'node:crypto';
import type { ReplayStore } from '../../../core/ports.ts';
import { checkSenderConstraint, type Presentation } from '../../../core/sender/constraint.ts';
import { RefusedError } from '../../../core/verify/reasons.ts';

const now = 1_800_000_000;
const url = 'https://api.example/prod/orders/17';
const token = 'the.access.token';
const ath = createHash('sha256').update(token).digest('base64url');

let jwk: JWK;
let jkt: string;
let privateKey: CryptoKey;
let otherJkt: string;

beforeAll(async () => {
  const pair = await generateKeyPair('ES256', { extractable: true });
  privateKey = pair.privateKey;
  jwk = await exportJWK(pair.publicKey);
  jkt = await calculateJwkThumbprint(jwk);
  otherJkt = await calculateJwkThumbprint(await exportJWK((await generateKeyPair('ES256')).publicKey));
});

interface ProofChanges {
  readonly header?: object;
  readonly claims?: object;
}

function proof({ header = {}, claims = {} }: ProofChanges = {}): Promise<string> {
  const payload = { jti: 'p1', htm: 'GET', htu: url, iat: now, ath, ...claims };
  return new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk, ...header })
    .sign(privateKey);
}

function presented(changes: Partial<Presentation>): Presentation {
  return { scheme: 'DPoP', token, method: 'GET', url, proofs: [], ...changes };
}

/** Remembers like the table does: each id once. */
function replays(): ReplayStore {
  const seen = new Set<string>();
  return { remember: async (id) => seen.size < seen.add(id).size };
}

const context = () => ({ replays: replays(), proofWindowSeconds: 60, now });

async function reasonOf(work: Promise<void>): Promise<string> {
  try {
    await work;
    return 'allow';
  } catch (error) {
    if (error instanceof RefusedError) return `${error.reason}: ${error.message}`;
    throw error;
  }
}

describe('a token without cnf', () => {
  it.each([
    ['Bearer', 'allow'],
    ['DPoP', 'sender_constraint_unmet: the DPoP scheme is for tokens with cnf.jkt'],
  ] as const)('under the scheme %s: %s', async (scheme, expected) => {
    expect(await reasonOf(checkSenderConstraint({}, presented({ scheme }), context()))).toBe(expected);
  });
});

describe('a cnf that cannot be met', () => {
  it.each([
    [null, 'cnf must be an object that names a key'],
    ['x', 'cnf must be an object that names a key'],
    [[], 'cnf must be an object that names a key'],
    [{}, 'cnf must be an object that names a key'],
    [{ kid: 'x' }, 'cnf names a confirmation method that is not supported'],
    [{ jwk: {} }, 'cnf names a confirmation method that is not supported'],
  ])('%j', async (cnf, message) => {
    const work = checkSenderConstraint({ cnf }, presented({ scheme: 'Bearer' }), context());
    expect(await reasonOf(work)).toBe(`sender_constraint_unmet: ${message}`);
  });
});

describe('a token bound to a DPoP key', () => {
  const check = (changes: Partial<Presentation>, cnf: object = { jkt }, given = context()) =>
    reasonOf(checkSenderConstraint({ cnf }, presented(changes), given));

  it('passes with a proof, once', async () => {
    const given = context();
    const proofs = [await proof()];
    expect(await check({ proofs }, { jkt }, given)).toBe('allow');
    expect(await check({ proofs }, { jkt }, given)).toBe('dpop_proof_replayed: the proof was used before');
  });

  it('passes whatever the query, the fragment and the spelling of scheme and host', async () => {
    const htu = 'HTTPS://API.example:443/prod/orders/17?a=1#x';
    expect(await check({ proofs: [await proof({ claims: { htu } })] })).toBe('allow');
  });

  it('is no bearer token', async () => {
    const reason = 'sender_constraint_unmet: cnf.jkt asks for the DPoP scheme';
    expect(await check({ scheme: 'Bearer', proofs: [await proof()] })).toBe(reason);
  });

  it('is refused where DPoP is not on', async () => {
    const { replays: _, ...without } = context();
    const work = checkSenderConstraint({ cnf: { jkt } }, presented({ proofs: [await proof()] }), without);
    expect(await reasonOf(work)).toBe('sender_constraint_unmet: DPoP is not on here');
  });

  it.each([
    [{}, [], 'dpop_proof_missing: no DPoP header'],
    [{ jkt: 17 }, [], 'sender_constraint_unmet: cnf.jkt must be a string'],
  ])('needs a proof and a thumbprint: %j', async (cnf, proofs, reason) => {
    expect(await check({ proofs }, { jkt, ...cnf })).toBe(reason);
  });

  it('takes one proof', async () => {
    const proofs = [await proof(), await proof()];
    expect(await check({ proofs })).toBe('dpop_proof_malformed: more than one DPoP header');
  });

  it.each<[string, ProofChanges, string]>([
    ['another typ', { header: { typ: 'JWT' } }, 'malformed: typ must be dpop+jwt'],
    ['crit', { header: { crit: ['b64'], b64: true } }, 'malformed: crit and b64 are not accepted'],
    ['no jwk', { header: { jwk: undefined } }, 'malformed: jwk must be a public key'],
    ['an array as jwk', { header: { jwk: [] } }, 'malformed: jwk must be a public key'],
    ['another method', { claims: { htm: 'POST' } }, 'mismatch: htm must be GET'],
    ['a method in small letters', { claims: { htm: 'get' } }, 'mismatch: htm must be GET'],
    ['another path', { claims: { htu: 'https://api.example/prod/orders/18' } }, 'mismatch: htu must be'],
    [
      'a path without the stage',
      { claims: { htu: 'https://api.example/orders/17' } },
      'mismatch: htu must be',
    ],
    ['another host', { claims: { htu: 'https://api.evil.example/prod/orders/17' } }, 'mismatch: htu must be'],
    ['plain http', { claims: { htu: 'http://api.example/prod/orders/17' } }, 'mismatch: htu must be'],
    ['no URL', { claims: { htu: 'orders' } }, 'mismatch: htu must be'],
    ['another token', { claims: { ath: 'x' } }, 'mismatch: ath must be'],
    ['no ath', { claims: { ath: undefined } }, 'mismatch: ath must be'],
    ['no jti', { claims: { jti: undefined } }, 'malformed: jti must be'],
    ['an empty jti', { claims: { jti: '' } }, 'malformed: jti must be'],
    ['no iat', { claims: { iat: undefined } }, 'malformed: iat must be'],
    ['iat too old', { claims: { iat: now - 61 } }, 'stale: iat'],
    ['iat too far ahead', { claims: { iat: now + 61 } }, 'stale: iat'],
  ])('refuses a proof with %s', async (_, changes, reason) => {
    expect(await check({ proofs: [await proof(changes)] })).toContain(`dpop_proof_${reason}`);
  });

  it('refuses a proof of another key, a private key in it, and a broken signature', async () => {
    const good = await proof();
    const jwkWithD = { ...jwk, d: 'AAAA' };
    expect(await check({ proofs: [good] }, { jkt: otherJkt })).toContain(
      'dpop_proof_mismatch: jwk is not the key',
    );
    expect(await check({ proofs: [await proof({ header: { jwk: jwkWithD } })] })).toBe(
      'dpop_proof_malformed: jwk holds a private key',
    );
    const [header = '', payload = ''] = good.split('.');
    const broken = `${header}.${payload}.${base64url.encode(new Uint8Array(64))}`;
    expect(await check({ proofs: [broken] })).toContain('the signature is not valid under its jwk');
    expect(await check({ proofs: ['x'] })).toContain('dpop_proof_malformed: not three segments');
  });

  it.each(['none', 'HS256', 'RSA1_5', 17])('refuses a proof of alg %s', async (alg) => {
    const header = Buffer.from(JSON.stringify({ typ: 'dpop+jwt', alg, jwk })).toString('base64url');
    const payload = (await proof()).split('.')[1];
    expect(await check({ proofs: [`${header}.${payload}.AA`] })).toContain(
      'dpop_proof_malformed: alg must be one of',
    );
  });
});

describe('a token bound to a TLS client certificate', () => {
  const pem = `-----BEGIN CERTIFICATE-----
MIIBfzCCASWgAwIBAgIUbJ0n6vXqPz1n0c0vQz8T2T1yN3IwCgYIKoZIzj0EAwIw
FTETMBEGA1UEAwwKdGVzdGNsaWVudDAeFw0yNjAxMDEwMDAwMDBaFw0zNjAxMDEw
-----END CERTIFICATE-----`;
  const der = Buffer.from(pem.replaceAll(/-----[A-Z ]+-----|\s/g, ''), 'base64');
  const thumbprint = createHash('sha256').update(der).digest('base64url');
  const check = (certificate: string | undefined, cnf: object = { 'x5t#S256': thumbprint }) =>
    reasonOf(
      checkSenderConstraint(
        { cnf },
        presented({ scheme: 'Bearer', ...(certificate !== undefined && { certificate }) }),
        context(),
      ),
    );

  it('passes with that certificate', async () => {
    expect(await check(pem)).toBe('allow');
  });

  it.each([
    ['none', undefined, 'sender_constraint_unmet: cnf.x5t#S256 asks for a TLS client certificate'],
    [
      'another',
      pem.replace('MIIB', 'MIIC'),
      'certificate_mismatch: the TLS client certificate is not the one',
    ],
    ['no PEM', 'x', 'certificate_mismatch: the TLS client certificate is not the one'],
    ['broken base64', '-----BEGIN CERTIFICATE-----\n=A\n-----END CERTIFICATE-----', 'certificate_mismatch'],
  ])('is refused with %s', async (_, certificate, reason) => {
    expect(await check(certificate)).toContain(reason);
  });

  it('needs the DPoP proof too where both are bound', async () => {
    expect(await check(pem, { 'x5t#S256': thumbprint, jkt })).toBe(
      'sender_constraint_unmet: cnf.jkt asks for the DPoP scheme',
    );
  });
});
