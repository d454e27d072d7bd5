/** The refresh_token grant over stores in memory: turns, grace, reuse, revocation, crashes. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { UnavailableError } from '../../../core/ports.ts';
import { successorSecret } from '../../../core/refresh/refresh-token.ts';
import { RefreshReuseError } from '../../../core/refresh/use.ts';
import { revocationId, type RevocationKind } from '../../../core/revocation/record.ts';
import { type TokenContext, tokenEndpoint } from '../../../core/oauth/token-endpoint.ts';
import { revocationEndpoint } from '../../../core/oauth/revocation-endpoint.ts';
import { contextOf, now } from '../issuer.ts';
import { basic, client, issuer, request, type Service, service, settings } from '../oauth/fixture.ts';

const scopes = ['read', 'write', 'offline_access'];
const time = now + 0.75;

let running: Service;
beforeEach(async () => {
  running = await service(
    await client('app', ['x'], { scopes }),
    await client('other', ['x'], { scopes }),
    await client('plain', ['x'], { scopes, grants: ['client_credentials'] }),
    await client('brief', ['x'], { scopes, refreshTokenLifetimeSeconds: 100 }),
    await client('spa', [], { scopes, isPublic: true }),
  );
});

interface Ask {
  readonly id?: string;
  readonly at?: number;
  readonly change?: Partial<TokenContext>;
  readonly more?: string;
}

const post = (body: string, { id = 'app', at = time, change = {} }: Ask = {}) =>
  tokenEndpoint(request(body, { authorization: basic(id, 'x') }), { ...running.context, now: at, ...change });

const begin = async (ask: Ask = {}): Promise<string> =>
  (await post('grant_type=client_credentials&scope=read+write+offline_access', ask)).refresh_token ?? '';

const use = (token: string, ask: Ask = {}) =>
  post(`grant_type=refresh_token&refresh_token=${token}${ask.more ?? ''}`, ask);

const unusable = {
  ...{ code: 'invalid_grant', status: 400 },
  message: 'the refresh token is unknown, expired, revoked or was used before',
};
const family = () => [...running.families.stored.values()][0];
const sid = () => family()?.sid ?? '';

describe('a refresh token', () => {
  it('comes with offline_access alone, where the client may refresh', async () => {
    expect(await begin()).toMatch(/^ktr\.[\w-]{22}\.0\.[\w-]{22}\.[\w-]{43}$/);
    expect(await post('grant_type=client_credentials')).not.toHaveProperty('refresh_token');
    const wanted = 'grant_type=client_credentials&scope=offline_access';
    await expect(post(wanted, { id: 'plain' })).rejects.toMatchObject({ code: 'invalid_scope' });
  });

  it('ends by a lifetime that was made shorter since, as a revocation of its subject does', async () => {
    const token = await begin();
    const change = { settings: { ...settings, refreshTokenLifetimeSeconds: 100 } };
    expect(await use(token, { at: time + 99, change })).toHaveProperty('access_token');
    await expect(use(token, { at: time + 100, change })).rejects.toMatchObject(unusable);
  });

  it('is kept as hashes: no text that it is made of is in the family', async () => {
    const first = await begin();
    const second = (await use(first)).refresh_token ?? '';
    const stored = JSON.stringify(family());
    for (const token of [first, second]) {
      const [, , , proof = '', secret = ''] = token.split('.');
      expect(stored).not.toContain(proof);
      expect(stored).not.toContain(secret);
    }
  });

  it('gives an access token of its family, without offline_access, and the next refresh token', async () => {
    const first = await begin();
    const answer = await use(first, { at: time + 50 });
    expect(answer).toMatchObject({ token_type: 'Bearer', expires_in: 900, scope: 'read write' });
    expect(answer.refresh_token).toMatch(new RegExp(`^ktr\\.${sid()}\\.1\\.`));
    expect(decodeJwt(answer.access_token)).toMatchObject({
      ...{ sub: 'app', client_id: 'app', sid: sid(), scope: 'read write', iat: now + 50 },
    });
    expect(running.issuedTokens.stored.at(-1)).toMatchObject({ sid: sid() });
  });

  it('may ask for less, once; the family keeps what it has', async () => {
    const narrow = await use(await begin(), { more: '&scope=read' });
    expect(narrow.scope).toBe('read');
    expect((await use(narrow.refresh_token ?? '')).scope).toBe('read write');
  });

  it('gets no more than the client may have by now', async () => {
    const token = await begin();
    running.clients.stored.set('app', await client('app', ['x'], { scopes: ['read', 'offline_access'] }));
    expect((await use(token)).scope).toBe('read');
  });

  it.each<[string, string, object]>([
    ['more than was granted', '&scope=read+admin', { code: 'invalid_scope' }],
    ['another resource', '&resource=https://other.example', { code: 'invalid_target' }],
  ])('is not used up by a request for %s', async (_, more, refusal) => {
    const token = await begin();
    await expect(use(token, { more })).rejects.toMatchObject(refusal);
    expect(family()?.generation).toBe(0);
  });

  it('is not used up while there is no signing key', async () => {
    const token = await begin();
    const signer = { current: () => Promise.reject(new UnavailableError('KMS')) };
    await expect(use(token, { change: { signer } })).rejects.toThrow(UnavailableError);
    expect(family()?.generation).toBe(0);
  });

  it.each<[string, (token: string) => string]>([
    ['nothing like it', () => 'x'],
    ['an access token', () => 'eyJhbGciOiJub25lIn0.e30.'],
    ['another family', (t) => t.replace(/^ktr\.../, 'ktr.AA')],
    ['another proof', (t) => t.replace(/\.0\.../, '.0.AA')],
    ['another secret', (t) => `${t.slice(0, -3)}AAA`],
    ['a generation that was never made', (t) => t.replace('.0.', '.1.')],
    ['a leading zero', (t) => t.replace('.0.', '.00.')],
    ['a space', (t) => `${t}+`],
  ])('is refused, and revokes nothing, as %s', async (_, spoil) => {
    const token = await begin();
    await expect(use(spoil(token))).rejects.toMatchObject(unusable);
    expect(family()).toMatchObject({ generation: 0 });
    expect(family()).not.toHaveProperty('revokedAt');
    await expect(use(token)).resolves.toMatchObject({ token_type: 'Bearer' });
  });

  it('is refused to another client, and to a later one of the same id', async () => {
    const token = await begin();
    await expect(use(token, { id: 'other' })).rejects.toMatchObject(unusable);
    running.clients.stored.set('app', await client('app', ['x'], { scopes, createdAt: time + 1 }));
    await expect(use(token, { at: time + 2 })).rejects.toMatchObject(unusable);
  });

  it.each([
    ['app', 86_400],
    ['brief', 100],
  ])('of %s ends %d s after the first of its family', async (id, lifetime) => {
    const token = await begin({ id });
    const last = (await use(token, { id, at: time + lifetime - 1 })).refresh_token ?? '';
    await expect(use(last, { id, at: time + lifetime })).rejects.toMatchObject(unusable);
  });
});

describe('a public client', () => {
  const asSpa = (body: string) =>
    tokenEndpoint(request(`client_id=spa&${body}`, { authorization: undefined }), running.context);

  it('uses its refresh tokens by client_id alone', async () => {
    const spa = { ...(await client('spa', ['x'], { scopes })) };
    running.clients.stored.set('spa', spa);
    const token = await begin({ id: 'spa' });
    running.clients.stored.set('spa', await client('spa', [], { scopes, isPublic: true }));
    expect(await asSpa(`grant_type=refresh_token&refresh_token=${token}`)).toHaveProperty('refresh_token');
  });

  it('gets no token for itself', async () => {
    await expect(asSpa('grant_type=client_credentials')).rejects.toMatchObject({
      ...{ code: 'unauthorized_client', message: 'the client may not use the grant client_credentials' },
    });
  });
});

describe('the successor of a refresh token', () => {
  it('follows from it and the nonce, so that neither alone gives it', async () => {
    const made = (secret: string, nonce: string) => successorSecret(secret, nonce);
    const secrets = await Promise.all([made('a', 'x'), made('a', 'y'), made('b', 'x')]);
    expect(new Set(secrets).size).toBe(3);
    expect(await made('a', 'x')).toBe(secrets[0]);
  });

  it('has a nonce of its own at each turn', async () => {
    const nonces = new Set<string | undefined>();
    for (let token = await begin(), turn = 0; turn < 3; turn += 1) {
      token = (await use(token)).refresh_token ?? '';
      nonces.add(family()?.nonce);
    }
    expect(nonces.size).toBe(3);
  });
});

describe('a refresh token that is used again', () => {
  it('gets the same successor within the grace', async () => {
    const first = await begin();
    const successors = [0, 0.5, 29.9].map(
      async (later) => (await use(first, { at: time + later })).refresh_token,
    );
    expect(new Set(await Promise.all(successors)).size).toBe(1);
    expect(running.families.turns).toBe(1);
  });

  it('gets the same successor after a crash between the write and the answer', async () => {
    const first = await begin();
    const lost = { put: () => Promise.reject(new UnavailableError('issued tokens')) };
    await expect(use(first, { change: { issuedTokens: lost as never } })).rejects.toThrow(UnavailableError);
    expect(family()?.generation).toBe(1);
    const answer = await use(first, { at: time + 10 });
    const next = await use(answer.refresh_token ?? '', { at: time + 20 });
    expect(next.refresh_token).toMatch(/\.2\./);
  });

  it.each([
    ['after the grace', 30, 30],
    ['at once, without a grace', 0, 0],
  ])('revokes the family and its access tokens %s', async (_, refreshGraceSeconds, later) => {
    const change = { settings: { ...settings, refreshGraceSeconds } };
    const first = await begin();
    const second = (await use(first, { change })).refresh_token ?? '';
    const again = use(first, { change, at: time + later });
    await expect(again).rejects.toBeInstanceOf(RefreshReuseError);
    await expect(again).rejects.toMatchObject({ ...unusable, sid: sid() });
    await expect(use(second, { change, at: time + later })).rejects.toMatchObject(unusable);
    const revokedBefore = Math.ceil(time + later) + 60;
    expect(running.revocations.written).toEqual([
      {
        ...{
          id: revocationId('session', issuer, sid()),
          kind: 'session',
          issuer,
          value: sid(),
          revokedBefore,
        },
        ...{ revokedAt: time + later, expiresAt: revokedBefore + 86_400 + 60 + 3600 },
        reason: 'a refresh token was used again',
      },
    ]);
  });

  it('revokes the family two generations on, though the grace is not over', async () => {
    const first = await begin();
    const second = (await use(first)).refresh_token ?? '';
    await use(second);
    await expect(use(first)).rejects.toBeInstanceOf(RefreshReuseError);
    await expect(use(second)).rejects.toMatchObject(unusable);
    expect(running.revocations.written).toHaveLength(1);
  });

  it('revokes the family for a last generation with a made-up secret', async () => {
    const first = await begin();
    const token = (await use(first)).refresh_token ?? '';
    const forged = `${token.replace('.1.', '.0.').slice(0, -3)}AAA`;
    await expect(use(forged)).rejects.toBeInstanceOf(RefreshReuseError);
  });

  it('has its access tokens revoked at the next use, where a crash came between', async () => {
    const first = await begin();
    const second = (await use(first)).refresh_token ?? '';
    const write = () => Promise.reject(new UnavailableError('revocations'));
    const read = () => Promise.resolve(new Map());
    const change = { revocations: { read, write } };
    await expect(use(first, { at: time + 40, change })).rejects.toThrow(UnavailableError);
    expect(family()).toMatchObject({ revokedAt: time + 40 });
    await expect(use(second, { at: time + 500 })).rejects.toMatchObject(unusable);
    expect(running.revocations.written).toMatchObject([
      { value: sid(), revokedBefore: Math.ceil(time + 40) + 60, reason: 'its refresh family is revoked' },
    ]);
    await expect(use(second, { at: time + 501 })).rejects.toMatchObject(unusable);
    expect(running.revocations.written).toHaveLength(1);
  });

  it('has none revoked at that use where all of them have ended', async () => {
    const change = { settings: { ...settings, refreshTokenLifetimeSeconds: 30 * 86_400 } };
    const token = await begin({ change });
    await running.families.revoke(sid(), time + 1);
    await expect(use(token, { change, at: time + 20 * 86_400 })).rejects.toMatchObject(unusable);
    expect(running.revocations.written).toEqual([]);
  });
});

describe('the revocation endpoint', () => {
  const revoke = async (token: string, id = 'app') =>
    revocationEndpoint(request(`token=${token}`, { authorization: basic(id, 'x') }), {
      ...running.context,
      verification: contextOf([]),
    });

  it.each([
    ['the current token', 1],
    ['one that was used', 0],
  ])('takes the family of %s along, and its access tokens', async (_, index) => {
    const first = await begin();
    const tokens = [first, (await use(first)).refresh_token ?? ''];
    await revoke(tokens[index] ?? '');
    await expect(use(tokens[1] ?? '')).rejects.toMatchObject(unusable);
    expect(running.revocations.written).toMatchObject([
      { kind: 'session', value: sid(), reason: 'revoked by its client', actor: 'app' },
    ]);
  });

  it('revokes nothing for a token of no family, or of another client', async () => {
    const token = await begin();
    await revoke(token.replace(/\.0\.../, '.0.AA'));
    await revoke(token.replace(/^ktr\.../, 'ktr.AA'));
    await expect(revoke(token, 'other')).rejects.toMatchObject({ code: 'unauthorized_client' });
    expect(running.revocations.written).toEqual([]);
    await expect(use(token)).resolves.toHaveProperty('refresh_token');
  });
});

describe('a revocation', () => {
  it.each<[RevocationKind, () => string]>([
    ['subject', () => 'app'],
    ['client', () => 'app'],
    ['session', sid],
    ['issuer', () => ''],
  ])('of a %s ends the refresh families that began up to its time, while it stands', async (kind, value) => {
    const token = await begin();
    const record = { kind, issuer, value: value(), revokedAt: time + 1, expiresAt: time + 10_000 };
    const id = revocationId(kind, issuer, value());
    running.revocations.written.push({ ...record, id, revokedBefore: time - 1 });
    const next = (await use(token)).refresh_token ?? '';
    running.revocations.written.splice(0, 1, { ...record, id, revokedBefore: time, expiresAt: time + 2 });
    await expect(use(next)).rejects.toMatchObject(unusable);
    await expect(use(next, { at: time + 2 })).resolves.toHaveProperty('refresh_token');
  });

  it('that cannot be looked up refuses the use, and uses nothing up', async () => {
    const token = await begin();
    const read = () => Promise.reject(new UnavailableError('revocations'));
    const change = { revocations: { read, write: () => Promise.resolve() } };
    await expect(use(token, { change })).rejects.toThrow(UnavailableError);
    expect(family()?.generation).toBe(0);
  });
});
