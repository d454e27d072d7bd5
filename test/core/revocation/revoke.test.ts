import { describe, expect, it } from '@jest/globals';
import { revocationExpiry, revokeByName, revokeToken } from '../../../core/revocation/revoke.ts';
import { now } from '../issuer.ts';
import { MemoryRevocations } from '../stores.ts';

const settings = { clockSkewSeconds: 60, resultsCacheSeconds: 300 };
const note = { reason: 'left the company', actor: 'admin' };
const options = { now: now + 0.25, settings, note };

describe('revocationExpiry', () => {
  it('adds skew, result cache and an hour, to the whole second', () => {
    expect(revocationExpiry(1000, settings)).toBe(1000 + 60 + 300 + 3600);
    expect(revocationExpiry(1000.1, settings)).toBe(1001 + 60 + 300 + 3600);
    expect(revocationExpiry(1000, { clockSkewSeconds: 0, resultsCacheSeconds: 0 })).toBe(4600);
  });
});

describe('revokeToken', () => {
  it('writes a record that refuses the token whatever its iat, past its exp', async () => {
    const writer = new MemoryRevocations();
    const accepted = { iss: 'https://i.example', sub: 's', iat: now, exp: now + 800, jti: 'j', scopes: [] };
    const record = await revokeToken({ accepted, signingInput: 'a.b' } as never, writer, options);
    expect(record).toEqual({
      ...{
        id: 'token:17:https://i.example:j',
        kind: 'token',
        issuer: 'https://i.example',
        value: 'j',
        ...note,
      },
      ...{ revokedAt: now + 0.25, expiresAt: now + 800 + 3960 },
    });
    expect(writer.written).toEqual([record]);
  });
});

describe('revokeByName', () => {
  const target = { issuer: 'https://i.example', value: 'v', maxLifetimeSeconds: 900 };
  const expiresAt = now + 1 + 900 + 3960;

  it.each(['subject', 'client', 'session'] as const)(
    'revokes a %s up to the end of this second',
    async (kind) => {
      const writer = new MemoryRevocations();
      const record = await revokeByName({ ...target, kind }, writer, options);
      expect(record).toEqual({
        ...{ id: `${kind}:17:https://i.example:v`, kind, issuer: 'https://i.example', value: 'v', ...note },
        ...{ revokedBefore: now + 1, revokedAt: now + 0.25, expiresAt },
      });
      expect(writer.written).toEqual([record]);
    },
  );

  it('revokes a token by its jti alone whatever its iat', async () => {
    const record = await revokeByName({ ...target, kind: 'token' }, new MemoryRevocations(), options);
    expect(record).not.toHaveProperty('revokedBefore');
    expect(record.expiresAt).toBe(expiresAt);
  });

  it('leaves a note out that was not given', async () => {
    const record = await revokeByName({ ...target, kind: 'client' }, new MemoryRevocations(), {
      ...options,
      note: {},
    });
    expect(Object.keys(record)).not.toContain('reason');
    expect(Object.keys(record)).not.toContain('actor');
  });
});
