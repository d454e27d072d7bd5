import { describe, expect, it } from '@jest/globals';
import { checkRevocation, revocationIds, tokenRevocationValue } from '../../../core/revocation/decide.ts';
import { revocationId, type RevocationKind, type RevocationRecord } from '../../../core/revocation/record.ts';
import type { AcceptedClaims } from '../../../core/verify/claims.ts';
import type { VerifiedToken } from '../../../core/verify/verify-token.ts';
import { failureOf } from '../failure.ts';
import { now } from '../issuer.ts';

const iss = 'https://i.example';
const token = (accepted: Partial<AcceptedClaims> = {}): VerifiedToken => ({
  issuer: { issuer: iss, audience: ['a'], typ: null, algorithms: ['RS256'], maxLifetimeSeconds: 900 },
  ...{ kid: 'k', claims: {}, signingInput: 'aaa.bbb' },
  accepted: { iss, sub: 's', iat: now - 100, exp: now + 800, scopes: [], ...accepted },
});
const full = token({ jti: 'j', clientId: 'c', sid: 'd' });

describe('revocationIds', () => {
  it('names every record that could revoke the token', async () => {
    expect(await revocationIds(full)).toEqual({
      token: revocationId('token', iss, 'j'),
      common: [
        revocationId('issuer', iss, ''),
        revocationId('key', iss, 'k'),
        revocationId('client', iss, 'c'),
        revocationId('subject', iss, 's'),
        revocationId('session', iss, 'd'),
      ],
    });
  });

  it('names none of a client or session that the token has not', async () => {
    const { common } = await revocationIds(token({ jti: 'j' }));
    expect(common).toEqual([revocationId('issuer', iss, ''), revocationId('key', iss, 'k'), revocationId('subject', iss, 's')]); // prettier-ignore
  });

  it('knows a token without jti by the SHA-256 of its signed part', async () => {
    const digest = 'sha-256:P88aRp4gz101NZ_uR5zvpcA0JoTzBwl7U3PsytN3nvE';
    expect(await tokenRevocationValue(token())).toMatch(/^sha-256:[\w-]{43}$/);
    expect(await tokenRevocationValue(token())).toBe(digest);
    expect(await tokenRevocationValue({ ...token(), signingInput: 'aaa.bbc' })).not.toBe(digest);
    expect((await revocationIds(token())).token).toBe(revocationId('token', iss, digest));
  });
});

const record = (kind: RevocationKind, change: Partial<RevocationRecord> = {}): RevocationRecord => ({
  ...{ id: 'x', kind, issuer: iss, value: 'v', revokedAt: now - 5, expiresAt: now + 1, ...change },
});
const check = (...records: readonly RevocationRecord[]) => checkRevocation(full, records, now);

describe('checkRevocation', () => {
  it.each(['token', 'subject', 'client', 'session', 'key', 'issuer'] as const)(
    'refuses by a %s record',
    (kind) => {
      expect(() => check(record(kind))).toThrow(
        expect.objectContaining({
          name: 'RefusedError',
          reason: `${kind}_revoked`,
          message: `revoked at ${now - 5}`,
        }),
      );
    },
  );

  it.each<[string, Partial<RevocationRecord>, boolean]>([
    ['iat before revokedBefore', { revokedBefore: now - 99 }, true],
    ['iat at revokedBefore', { revokedBefore: now - 100 }, true],
    ['iat after revokedBefore', { revokedBefore: now - 101 }, false],
    ['iat a fraction after revokedBefore', { revokedBefore: now - 100.5 }, false],
    ['revokedBefore 0', { revokedBefore: 0 }, false],
    ['a record that expires in a second', { expiresAt: now + 1 }, true],
    ['a record that expires now', { expiresAt: now }, false],
    ['a record that has expired and is still there', { expiresAt: now - 90_000 }, false],
    ['an expired record without revokedBefore', { expiresAt: now - 1, revokedBefore: now }, false],
  ])('%s: refused %#', async (_, change, isRefused) => {
    const outcome = isRefused
      ? failureOf(() => check(record('subject', change)))
      : check(record('subject', change));
    expect(await outcome).toEqual(
      isRefused ? { name: 'RefusedError', message: `revoked at ${now - 5}` } : undefined,
    );
  });

  it('finds the one record that revokes among those that do not', () => {
    const others = [record('issuer', { revokedBefore: 1 }), record('client', { expiresAt: 1 })];
    expect(() => check(...others)).not.toThrow();
    expect(() => check(...others, record('key'))).toThrow(expect.objectContaining({ reason: 'key_revoked' }));
  });

  it('lets pass what nothing revokes', () => {
    expect(() => check()).not.toThrow();
  });
});
