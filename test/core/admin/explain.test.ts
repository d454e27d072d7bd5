import { beforeEach, describe, expect, it } from '@jest/globals';
import { adminExplain } from '../../../core/admin/explain.ts';
import { adminRevoke } from '../../../core/admin/revocations.ts';
import type { Explanation } from '../../../core/verify/explain.ts';
import { now } from '../issuer.ts';
import { type Administration, administration } from './fixture.ts';

let admin: Administration;
beforeEach(async () => {
  admin = await administration();
});

const explained = (body: object) => admin.ask(adminExplain, { body }) as Promise<Explanation>;

describe('adminExplain', () => {
  it('a good token passes where no scope is asked for', async () => {
    const { outcome, steps } = await explained({ token: admin.stage.token() });
    expect(outcome).toBe('allow');
    expect(steps.filter(({ status }) => status !== 'not_needed').map(({ step }) => step)).toEqual(
      expect.arrayContaining(['format', 'issuer', 'signature', 'exp', 'audience', 'revocation']),
    );
  });

  it.each([
    ['at a route whose scope it lacks', { route: 'GET /orders/7' }, 'scope_insufficient'],
    ['after its end', { at: now + 86_400 }, 'expired'],
    ['before its beginning', { at: now - 86_400 }, 'not_yet_valid'],
  ])('a good token is refused %s', async (_, more, reason) => {
    const { refusal } = await explained({ token: admin.stage.token(), ...more });
    expect(refusal).toMatchObject({ reason });
  });

  it('a revoked token is refused by its record', async () => {
    const token = admin.stage.token();
    await admin.ask(adminRevoke, { body: { token } });
    const { refusal, steps } = await explained({ token });
    expect(refusal).toMatchObject({ status: 401, reason: 'token_revoked' });
    expect(steps.find(({ step }) => step === 'revocation')).toMatchObject({ status: 'failed' });
  });

  it('what is no token at all is explained too, and not repeated', async () => {
    const answer = await explained({ token: 'secret-looking text' });
    expect(answer).toMatchObject({ outcome: 'refuse', refusal: { reason: 'credentials_malformed' } });
    expect(JSON.stringify(answer)).not.toContain('secret-looking');
  });

  it.each([
    [{}, /^the body cannot be used; allowed: token, and if wanted route/],
    [{ token: '' }, /^the body cannot be used/],
    [{ token: 'a', at: 'now' }, /^the body cannot be used/],
    [{ token: 'a', other: 1 }, /^the body cannot be used/],
    [{ token: 'a', route: 'orders' }, /^route must be a method and a path, \$default or \$connect$/],
  ])('refuses %j', async (body, message) => {
    await expect(explained(body)).rejects.toThrow(message);
  });
});
