/** Tokens issued into a secret: new before the old ends, killed after every durable write, delivered twice. */
import { base64url } from 'jose';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { UnavailableError } from '../../../core/ports.ts';
import type { TokenAnswer } from '../../../core/issue/issue.ts';
import { issueIntoSecret, type ScheduledIssueContext } from '../../../core/secrets/scheduled-issue.ts';
import { now } from '../issuer.ts';
import { issuer } from '../oauth/fixture.ts';
import { MemoryRevocations, MemorySecrets } from '../stores.ts';
import { type RevocationKind, revocationId } from '../../../core/revocation/record.ts';
import { Crash, Writes } from './crash.ts';

const request = { action: 'issue-into-secret', secretArn: 'arn', clientId: 'report', scope: 'read' } as const;

/** A token that its issuer made; nobody looks at the signature of what is in the secret. */
const tokenOf = (jti: string) =>
  [
    { alg: 'RS256', kid: 'k' },
    { iss: issuer, sub: 'report', client_id: 'report', iat: now, jti },
  ]
    .map((part) => base64url.encode(JSON.stringify(part)))
    .join('.') + '.AAAA';

let secrets: MemorySecrets;
let revocations: MemoryRevocations;
let writes: Writes;
let issued: object[];
let context: ScheduledIssueContext;

beforeEach(() => {
  secrets = new MemorySecrets();
  revocations = new MemoryRevocations();
  writes = new Writes();
  issued = [];
  context = {
    secrets: writes.counted(secrets, ['put']),
    revocations,
    issue: (asked) => {
      issued.push(asked);
      const answer: TokenAnswer = {
        ...{
          access_token: tokenOf(`${issued.length}`),
          token_type: 'Bearer',
          expires_in: 900,
          scope: 'read',
        },
      };
      return Promise.resolve(answer);
    },
    now: now + 0.5,
  };
});

const turn = (at = now) => issueIntoSecret(request, { ...context, now: at });
const held = async () =>
  JSON.parse((await secrets.get('arn', { stage: 'AWSCURRENT' }))?.text ?? '{}') as Record<string, unknown>;

describe('issueIntoSecret', () => {
  it('puts a token with its times into a secret that has none', async () => {
    secrets.versions.set('made', { text: 'a generated password', stages: new Set(['AWSCURRENT']) });
    expect(await turn(now + 0.5)).toEqual({ isRenewed: true, expiresAt: now + 900 });
    expect(issued).toEqual([{ action: 'issue', clientId: 'report', scope: 'read' }]);
    expect(await held()).toEqual({
      ...{ access_token: tokenOf('1'), token_type: 'Bearer', scope: 'read' },
      ...{ issued_at: now, expires_at: now + 900 },
    });
  });

  it('asks for the resources that it was told', async () => {
    const resource = ['https://orders.example'];
    await issueIntoSecret({ ...request, resource }, context);
    expect(issued).toEqual([{ action: 'issue', clientId: 'report', scope: 'read', resource }]);
  });

  it.each([
    ['times as text', { access_token: tokenOf('0'), issued_at: `${now}`, expires_at: `${now + 900}` }],
    ['times and no token', { issued_at: now, expires_at: now + 900 }],
    ['nothing', null],
  ])('takes what it did not write for no token: %s', async (_, value) => {
    secrets.versions.set('made', { text: JSON.stringify(value), stages: new Set(['AWSCURRENT']) });
    expect(await turn()).toMatchObject({ isRenewed: true });
  });

  it('renews with a third of the lifetime to go, the old one valid meanwhile', async () => {
    await turn();
    expect(await turn(now + 599)).toEqual({ isRenewed: false, expiresAt: now + 900 });
    expect(await turn(now + 600)).toEqual({ isRenewed: true, expiresAt: now + 1500 });
    expect((await held()).access_token).toBe(tokenOf('2'));
    const previous = [...secrets.versions.values()].find(({ stages }) => stages.has('AWSPREVIOUS'));
    expect(JSON.parse(previous?.text ?? '')).toMatchObject({
      access_token: tokenOf('1'),
      expires_at: now + 900,
    });
  });

  it('renews what has ended already, after an outage', async () => {
    await turn();
    expect(await turn(now + 100_000)).toMatchObject({ isRenewed: true });
  });

  it('makes one version of two turns at once', async () => {
    const results = await Promise.all([turn(), turn(now + 1)]);
    expect(results.filter(({ isRenewed }) => isRenewed)).toHaveLength(1);
    expect(secrets.versions.size).toBe(1);
  });

  it('converges when killed after its write, and when killed before it', async () => {
    writes.diesAfter = 1;
    await expect(turn()).rejects.toThrow(Crash);
    expect(await turn(now + 1)).toEqual({ isRenewed: false, expiresAt: now + 900 });
    const issue = async (): Promise<TokenAnswer> => Promise.reject(new Crash('died while it asked'));
    await expect(issueIntoSecret(request, { ...context, issue, now: now + 700 })).rejects.toThrow(Crash);
    expect((await held()).access_token).toBe(tokenOf('1'));
    expect(await turn(now + 701)).toMatchObject({ isRenewed: true });
  });

  it('delivered twice, late and out of order, keeps the newest', async () => {
    for (const at of [0, 600, 600, 599, 0, 1200, 700]) await turn(now + at);
    expect(await held()).toMatchObject({ issued_at: now + 1200 });
    expect(issued).toHaveLength(3);
  });

  it.each<[RevocationKind, string]>([
    ['token', '1'],
    ['client', 'report'],
    ['subject', 'report'],
    ['key', 'k'],
    ['issuer', ''],
  ])('renews at once what is revoked by its %s', async (kind, value) => {
    await turn();
    const record = { id: revocationId(kind, issuer, value), kind, issuer, value };
    await revocations.write({ ...record, revokedAt: now, expiresAt: now + 1 });
    expect(await turn(now + 1)).toMatchObject({ isRenewed: false });
    await revocations.write({ ...record, revokedBefore: now - 1, revokedAt: now, expiresAt: now + 99 });
    expect(await turn(now + 2)).toMatchObject({ isRenewed: false });
    await revocations.write({ ...record, revokedBefore: now, revokedAt: now, expiresAt: now + 99 });
    expect(await turn(now + 3)).toMatchObject({ isRenewed: true });
    expect((await held()).access_token).toBe(tokenOf('2'));
  });

  it('keeps what it has, and fails, where it cannot be known whether that is revoked', async () => {
    await turn();
    context = { ...context, revocations: { read: () => Promise.reject(new UnavailableError('down')) } };
    await expect(turn(now + 1)).rejects.toThrow(UnavailableError);
    expect((await held()).access_token).toBe(tokenOf('1'));
  });
});
