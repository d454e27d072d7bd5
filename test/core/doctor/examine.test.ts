import { describe, expect, it } from '@jest/globals';
import type { Evidence } from '../../../core/doctor/evidence.ts';
import { examine } from '../../../core/doctor/examine.ts';
import type { SealedKeySet } from '../../../core/keys/key-set.ts';
import { timelineOf } from '../../../core/keys/timeline.ts';
import { key, keySet, policy } from '../keys/key-sets.ts';

const now = 1_800_000_000;
const issuer = 'https://i.example';
const blob = Uint8Array.of(255, 1, 2);

const running: SealedKeySet = {
  ...keySet(key('a', 'active', { publishedAt: now - 90_000, activatedAt: now - 500 }), key('b', 'pending', { publishedAt: now - 500 })), // prettier-ignore
  sealed: { a: blob, b: blob },
};

const run = {
  ...{ name: 'key-rotation', everySeconds: 300, outcome: 'succeeded' as const, isLate: false },
  ...{ lastRunAt: now - 9, nextRunAt: now + 291 },
};

function evidence(change: Partial<Evidence> = {}, keys = running): Evidence {
  const jwks = ['a', 'b'].map((kid) => ({ kty: 'RSA', kid, alg: 'RS256' }));
  const uri = `${issuer}/.well-known/jwks.json`;
  return {
    ...{ issuer, now, keySet: keys, timeline: timelineOf(keys, policy, now), schedules: [run] },
    discovery: {
      ...{ url: `${issuer}/.well-known/openid-configuration`, status: 200, milliseconds: 9, date: now },
      body: JSON.stringify({ issuer, jwks_uri: uri }),
    },
    jwkSet: { url: uri, status: 200, milliseconds: 9, body: JSON.stringify({ keys: jwks }) },
    ...change,
  };
}

const verdicts = (given: Evidence) =>
  Object.fromEntries(
    examine(given)
      .filter(({ verdict }) => verdict !== 'ok')
      .map(({ check, verdict }) => [check, verdict]),
  );

const withKeys = (keys: readonly object[]) => ({
  jwkSet: { ...evidence().jwkSet, body: JSON.stringify({ keys }) },
});

describe('examine', () => {
  it('finds a healthy stack healthy, with evidence for each check', () => {
    expect(verdicts(evidence())).toEqual({});
    expect(examine(evidence()).every(({ evidence: shown }) => shown !== '')).toBe(true);
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
      evidence(withKeys(Array.from({ length: 11 }, (_, i) => ({ kty: 'RSA', kid: `k${i}`, alg: 'RS256' })))),
      { 'JWK Set within the limits of AWS': 'fail' },
    ],
    [
      'an EC key',
      evidence(withKeys([{ kty: 'EC', kid: 'e', alg: 'ES256' }])),
      { 'HTTP API JWT authorizer: RSA keys alone': 'warn', 'ALB: RS256 alone': 'warn' },
    ],
    [
      'a PS256 key',
      evidence(withKeys([{ kty: 'RSA', kid: 'p', alg: 'PS256' }])),
      { 'ALB: RS256 alone': 'warn' },
    ],
    [
      'two keys of one kid',
      evidence(withKeys([1, 2].map(() => ({ kty: 'RSA', kid: 'a', alg: 'RS256' })))),
      { 'every key has a kid of its own and is public': 'fail' },
    ],
    [
      'a private key in the JWK Set',
      evidence(withKeys([{ kty: 'RSA', kid: 'a', alg: 'RS256', d: 'x' }])),
      { 'every key has a kid of its own and is public': 'fail' },
    ],
    [
      'no key ahead',
      evidence({}, { ...running, keys: running.keys.slice(0, 1) }),
      { 'one key signs and one is ahead of it': 'fail' },
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
    [
      'a rotation that is overdue',
      evidence({ now: now + 105_000, timeline: { ...evidence().timeline, now: now + 105_000 }, discovery: { ...evidence().discovery, date: now + 105_000 } }), // prettier-ignore
      { 'rotation is on time': 'fail' },
    ],
    [
      'a clock that is off',
      evidence({ discovery: { ...evidence().discovery, date: now + 62 } }),
      { 'clocks agree': 'fail' },
    ],
  ])('sees %s', (_, given, expected) => {
    expect(verdicts(given)).toEqual(expected);
  });
});
