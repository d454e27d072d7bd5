import { CompactSign, exportJWK, generateKeyPair, importJWK, type JWTPayload } from 'jose';
import { describe, expect, it } from '@jest/globals';
import type { Evidence } from '../../../core/doctor/evidence.ts';
import { examine } from '../../../core/doctor/examine.ts';
import type { KeyWindows, SealedKeySet } from '../../../core/keys/key-set.ts';
import { timelineOf } from '../../../core/keys/timeline.ts';
import { key, keySet, policy } from '../keys/key-sets.ts';

const now = 1_800_000_000;
const issuer = 'https://i.example';
const blob = Uint8Array.of(255, 1, 2);
const pair = await generateKeyPair('RS256', { extractable: true });
const signer = { ...(await exportJWK(pair.publicKey)), kid: 'a', alg: 'RS256' };

const claims = { iss: issuer, aud: issuer, exp: now + 900, iat: now, nbf: now, client_id: 'doctor' };

async function tokenOf(change: object = {}, header: object = {}, key = pair.privateKey): Promise<string> {
  const payload = new TextEncoder().encode(JSON.stringify({ ...claims, ...change } satisfies JWTPayload));
  return new CompactSign(payload).setProtectedHeader({ alg: 'RS256', kid: 'a', ...header }).sign(key);
}

const token = await tokenOf();
const other = await generateKeyPair('RS256');
/** The same key, for another algorithm. */
const asPs256 = (await importJWK({
  ...(await exportJWK(pair.privateKey)),
  alg: 'PS256',
})) as typeof pair.privateKey;

const running: SealedKeySet = {
  ...keySet(key('a', 'active', { publishedAt: now - 90_000, activatedAt: now - 500 }), key('b', 'pending', { publishedAt: now - 500 })), // prettier-ignore
  sealed: { a: blob, b: blob },
};

const run = {
  ...{ name: 'key-rotation', everySeconds: 300, outcome: 'succeeded' as const, isLate: false },
  ...{ lastRunAt: now - 9, nextRunAt: now + 291 },
};

const rotation = { clientId: 'shop', isOn: true, lastRotatedAt: now - 9, nextRotationAt: now + 99_999 };

function evidence(change: Partial<Evidence> = {}, keys = running): Evidence {
  const jwks = [signer, { kty: 'RSA', kid: 'b', alg: 'RS256' }];
  const uri = `${issuer}/.well-known/jwks.json`;
  return {
    ...{
      issuer,
      now,
      token,
      rotations: [rotation],
      keySet: keys,
      timeline: timelineOf(keys, policy, now),
      schedules: [run],
    },
    discovery: {
      ...{ url: `${issuer}/.well-known/openid-configuration`, status: 200, milliseconds: 9, date: now },
      body: JSON.stringify({ issuer, jwks_uri: uri }),
    },
    jwkSet: { url: uri, status: 200, milliseconds: 9, body: JSON.stringify({ keys: jwks }) },
    ...change,
  };
}

const verdicts = async (given: Evidence) =>
  Object.fromEntries(
    (await examine(given))
      .filter(({ verdict }) => verdict !== 'ok')
      .map(({ check, verdict }) => [check, verdict]),
  );

/** Beside the key that signs. */
const withKeys = (keys: readonly object[]) => ({
  jwkSet: { ...evidence().jwkSet, body: JSON.stringify({ keys: [signer, ...keys] }) },
});

const withWindows = (change: object): SealedKeySet => {
  const { current } = running.windows ?? {};
  return { ...running, windows: { current: { ...current, ...change } as KeyWindows } };
};

const retired = (removedAt: number) =>
  key('c', 'retired', {
    publishedAt: now - 90_000,
    activatedAt: now - 80_000,
    deactivatedAt: now - 500,
    removedAt,
  });

/** More than an hour after the active key's period. */
const overdue = {
  ...{ now: now + 105_000, timeline: { ...evidence().timeline, now: now + 105_000 }, rotations: [] },
  discovery: { ...evidence().discovery, date: now + 105_000 },
  token: await tokenOf({ exp: now + 106_000 }),
};

const badTokens: readonly (readonly [string, string, RegExp])[] = [
  ['an exp with a fraction', await tokenOf({ exp: now + 900.5 }), /^exp is 1800000900.5, no whole number$/],
  ['an iat that is text', await tokenOf({ iat: `${now}` }), /^iat is 1800000000, no whole number$/],
  ['no nbf', await tokenOf({ nbf: undefined }), /^nbf is undefined, no whole number$/],
  ['another issuer', await tokenOf({ iss: `${issuer}/` }), /^iss is https:\/\/i.example\/, and not/],
  ['an end that is over', await tokenOf({ exp: now }), /^it has ended already$/],
  [
    'no audience',
    await tokenOf({ aud: undefined, client_id: undefined }),
    /^it has neither aud nor client_id$/,
  ],
  ['scopes in a list', await tokenOf({ scope: ['a'] }), /^scope is no string$/],
  ['too much in it', await tokenOf({ scope: 'a'.repeat(8000) }), /^its header has \d+ bytes \(to 10240\)$/],
  ['a kid that is not published', await tokenOf({}, { kid: 'z' }), /^kid z is not in the JWK Set$/],
  [
    'another alg than its key',
    await tokenOf({}, { alg: 'PS256' }, asPs256),
    /^alg is PS256, and that of its key RS256$/,
  ],
  ['a signature of another key', await tokenOf({}, {}, other.privateKey), /^its signature is not of key a$/],
];

describe('examine', () => {
  it('finds a healthy stack healthy, with evidence for each check, and tells no token', async () => {
    expect(await verdicts(evidence())).toEqual({});
    const findings = await examine(evidence());
    expect(findings.every(({ evidence: shown }) => shown !== '')).toBe(true);
    expect(JSON.stringify(findings)).not.toContain(token.split('.')[1]);
  });

  it.each<[string, Evidence, Readonly<Record<string, string>>]>([
    [
      'an issuer that names itself otherwise',
      evidence({ discovery: { ...evidence().discovery, body: `{"issuer":"${issuer}/"}` } }),
      { 'discovery document at the issuer': 'fail' },
    ],
    [
      'a schedule that is late',
      evidence({ schedules: [run, { ...run, name: 'report', isLate: true }] }),
      { 'schedules run, and are on time': 'fail' },
    ],
    [
      'a schedule whose last run failed',
      evidence({ schedules: [{ ...run, outcome: 'failed' }] }),
      { 'schedules run, and are on time': 'fail' },
    ],
    ['a stack that is new', evidence({ schedules: [] }), {}],
    [
      'a JWK Set that takes too long',
      evidence({ jwkSet: { ...evidence().jwkSet, milliseconds: 1501 } }),
      { 'JWK Set within the limits of AWS': 'fail' },
    ],
    [
      'eleven keys',
      evidence(withKeys(Array.from({ length: 10 }, (_, i) => ({ kty: 'RSA', kid: `k${i}`, alg: 'RS256' })))),
      { 'JWK Set within the limits of AWS': 'fail' },
    ],
    [
      'an EC key',
      evidence(withKeys([{ kty: 'EC', kid: 'e', alg: 'ES256' }])),
      { 'HTTP API JWT authorizer: RSA keys only': 'warn', 'ALB: RS256 only': 'warn' },
    ],
    [
      'a PS256 key',
      evidence(withKeys([{ kty: 'RSA', kid: 'p', alg: 'PS256' }])),
      { 'ALB: RS256 only': 'warn' },
    ],
    [
      'two keys of one kid',
      evidence(withKeys([{ kty: 'RSA', kid: 'a', alg: 'RS256' }])),
      { 'every key has a kid of its own and is public': 'fail' },
    ],
    [
      'a private key in the JWK Set',
      evidence(withKeys([{ kty: 'RSA', kid: 'b', alg: 'RS256', d: 'x' }])),
      { 'every key has a kid of its own and is public': 'fail' },
    ],
    [
      'no key ahead',
      evidence({}, { ...running, keys: running.keys.slice(0, 1) }),
      { 'one key signs and the next one is ready': 'fail' },
    ],
    [
      'a key that signs too early',
      evidence({}, { ...running, keys: [{ ...running.keys[0]!, publishedAt: now - 600 }, running.keys[1]!] }),
      { 'every verifier can know the key that signs': 'warn' },
    ],
    [
      'a private key in clear text',
      evidence({}, { ...running, sealed: { ...running.sealed, a: new TextEncoder().encode('{"d":"x"}') } }),
      { 'private keys are sealed': 'fail' },
    ],
    [
      'a sealed key that is missing',
      evidence({}, { ...running, sealed: { a: blob } }),
      { 'private keys are sealed': 'fail' },
    ],
    ['a rotation that is overdue', evidence(overdue), { 'rotation is on time': 'fail' }],
    [
      'keys that sign before AWS knows them',
      evidence({}, withWindows({ jwksCacheSeconds: 3600 })),
      { 'new keys wait for the JWK Sets that AWS keeps': 'warn' },
    ],
    [
      'a key that left while its tokens are valid',
      evidence({}, { ...running, keys: [...running.keys, retired(now - 100)] }),
      { 'every key is in the JWK Set until its last token ends': 'fail' },
    ],
    [
      'a client secret whose rotation is overdue',
      evidence({ rotations: [rotation, { ...rotation, nextRotationAt: now - 1 }] }),
      { 'client secrets are rotated on time': 'fail' },
    ],
    [
      'a client secret that should rotate and never did',
      evidence({ rotations: [{ clientId: 'shop', isOn: true }] }),
      { 'client secrets are rotated on time': 'warn' },
    ],
    [
      'a client secret that is not to rotate',
      evidence({ rotations: [{ clientId: 'shop', isOn: false }] }),
      {},
    ],
    [
      'a secret whose token is about to end',
      evidence({ schedules: [{ ...run, tokenExpiresAt: now + 599 }] }),
      { 'tokens in secrets are renewed before they end': 'fail' },
    ],
    ['a secret whose token is fresh', evidence({ schedules: [{ ...run, tokenExpiresAt: now + 600 }] }), {}],
    [
      "a clock of key-rotation's that is off",
      evidence({ timeline: { ...evidence().timeline, now: now - 62 } }),
      { 'clocks agree': 'fail' },
    ],
    [
      'a clock that is off',
      evidence({ discovery: { ...evidence().discovery, date: now + 62 } }),
      { 'clocks agree': 'fail' },
    ],
  ])('sees %s', async (_, given, expected) => {
    expect(await verdicts(given)).toEqual(expected);
  });

  it.each(badTokens)('sees a token with %s', async (_, bad, shown) => {
    const check = 'a fresh token is what AWS verifiers read';
    expect(await verdicts(evidence({ token: bad }))).toEqual({ [check]: 'fail' });
    const finding = (await examine(evidence({ token: bad }))).find((each) => each.check === check);
    expect(finding?.evidence).toMatch(shown);
  });
});
