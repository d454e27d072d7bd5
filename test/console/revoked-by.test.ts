/** What the dashboard calls revoked is what the authorizer refuses. */
import { describe, expect, it } from '@jest/globals';
import { revokedBy } from '../../console/dashboard/revoked-by.ts';
import type { IssuedToken, Revocation } from '../../console/dashboard/shapes.ts';
import { checkRevocation, revocationIds } from '../../core/revocation/decide.ts';
import { revocationId } from '../../core/revocation/record.ts';
import type { VerifiedToken } from '../../core/verify/verify-token.ts';

const now = 1_800_000_000;
const issuer = 'https://issuer.example';
const token: IssuedToken = {
  ...{ jti: 'one', issuer, subject: 'alice', clientId: 'web', scope: 'read', kid: 'k1', sid: 'family' },
  ...{ issuedAt: now - 100, expiresAt: now + 800 },
};

function record(kind: Revocation['kind'], value: string, parts: Partial<Revocation> = {}): Revocation {
  const named = { kind, value, issuer, ...parts };
  return {
    ...{ id: revocationId(kind, named.issuer, value), revokedAt: now - 50, expiresAt: now + 900 },
    ...named,
  };
}

/** What the authorizer makes of the same token and records. */
async function refusalOf(records: readonly Revocation[]): Promise<string> {
  const verified = {
    kid: token.kid,
    accepted: {
      ...{ iss: issuer, sub: token.subject, jti: token.jti, clientId: token.clientId, sid: token.sid },
      iat: token.issuedAt,
    },
  } as unknown as VerifiedToken;
  const { token: own, common } = await revocationIds(verified);
  const found = records.filter(({ id }) => [own, ...common].includes(id));
  try {
    checkRevocation(verified, found, now);
    return 'allow';
  } catch (error) {
    return (error as { reason: string }).reason;
  }
}

const before = { revokedBefore: token.issuedAt };
const earlier = { revokedBefore: token.issuedAt - 1 };

describe('says by what a token is revoked, as the authorizer does:', () => {
  it.each<readonly [Revocation['kind'] | 'allow', string, Revocation]>([
    ['token', 'its jti', record('token', 'one')],
    ['session', 'its session', record('session', 'family', before)],
    ['subject', 'its subject', record('subject', 'alice', before)],
    ['client', 'its client', record('client', 'web', before)],
    ['key', 'its key', record('key', 'k1')],
    ['issuer', 'its issuer', record('issuer', '', before)],
    ['allow', 'another jti', record('token', 'two')],
    ['allow', 'another subject', record('subject', 'bob', before)],
    ['allow', 'its jti at another issuer', record('token', 'one', { issuer: 'https://other.example' })],
    ['allow', 'its subject, up to a time before it', record('subject', 'alice', earlier)],
    ['allow', 'its issuer, up to a time before it', record('issuer', '', earlier)],
    ['allow', 'a record that has expired', record('token', 'one', { expiresAt: now })],
    ['allow', 'a subject called like its client', record('subject', 'web', before)],
  ])('%s by %s', async (expected, _, standing) => {
    expect(revokedBy(token, [standing], now)?.kind ?? 'allow').toBe(expected);
    expect(await refusalOf([standing])).toBe(expected === 'allow' ? 'allow' : `${expected}_revoked`);
  });

  it('names the narrowest of several', () => {
    const records = [
      record('issuer', '', before),
      record('subject', 'alice', before),
      record('token', 'one'),
    ];
    expect(revokedBy(token, records, now)?.kind).toBe('token');
    expect(revokedBy(token, records.slice(0, 2), now)?.kind).toBe('subject');
  });

  it('knows a token without a session', () => {
    const { sid: _sid, ...bare } = token;
    expect(revokedBy(bare, [record('session', 'family', before)], now)).toBeUndefined();
  });
});
