import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ClientEntry, ClientWithSecret } from '../../../core/admin/client-entry.ts';
import { addSecret, removeSecret } from '../../../core/admin/client-secrets.ts';
import { changeClient, deleteClient, listClients, registerClient } from '../../../core/admin/clients.ts';
import { isSecretOf } from '../../../core/issue/client-secret.ts';
import { revocationId } from '../../../core/revocation/record.ts';
import { now } from '../issuer.ts';
import { client } from '../oauth/fixture.ts';
import { ours } from '../verify/fixture.ts';
import { type Administration, administration } from './fixture.ts';

let admin: Administration;
beforeEach(async () => {
  admin = await administration();
});

const register = (body: object) => admin.ask(registerClient, { body }) as Promise<ClientWithSecret>;
const change = (body: object) => admin.ask(changeClient, { body }) as Promise<ClientEntry>;
const add = (clientId: string) => admin.ask(addSecret, { body: { clientId } }) as Promise<ClientWithSecret>;
const remove = (clientId: string, id: string) => admin.ask(removeSecret, { query: { clientId, id } });
const drop = (clientId: string) => admin.ask(deleteClient, { query: { clientId } });
const stored = (clientId: string) => admin.clients.stored.get(clientId);
const deeds = () =>
  admin.events.stored.map(({ action, detail }) => (detail ? `${action}: ${detail}` : action));
const refusal = (status: number, message: RegExp) => ({
  ...{ name: 'OAuthError', code: 'invalid_request', status, message: expect.stringMatching(message) },
});
const publicKey = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', kid: 'k' };

describe('registerClient', () => {
  it('gives a client a secret, which is shown once and kept as a hash', async () => {
    const answer = await register({ clientId: 'web', scopes: ['read'], audience: ['orders'] });
    expect(answer).toEqual({
      client: {
        ...{ clientId: 'web', grants: ['client_credentials'], scopes: ['read'], audience: ['orders'] },
        ...{ disabled: false, isOfStack: false, createdAt: now },
        secrets: [{ id: expect.stringMatching(/^[\w-]{12}$/), createdAt: now }],
      },
      secret: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(await isSecretOf(stored('web'), answer.secret ?? '')).toBe(true);
    const list = await admin.ask(listClients, {});
    expect(list).toEqual({ items: [answer.client] });
    expect(JSON.stringify([list, admin.events.stored, stored('web')])).not.toContain(answer.secret);
    expect(admin.events.stored).toMatchObject([
      { action: 'client.registered', actor: 'ops', target: { kind: 'client', value: 'web' } },
    ]);
  });

  it.each<[string, object, readonly string[]]>([
    ['a public client', { isPublic: true, scopes: ['offline_access'] }, ['refresh_token']],
    ['a client with keys', { scopes: [], jwks: { keys: [publicKey] } }, ['client_credentials']],
    ['a client with a jwks_uri', { scopes: [], jwksUri: 'https://c.example/jwks' }, ['client_credentials']],
  ])('gives %s no secret', async (_, body, grants) => {
    const answer = await register({ clientId: 'c', ...body });
    expect(answer).toEqual({ client: expect.objectContaining({ ...body, grants, secrets: [] }) });
  });

  it('refuses an id that is taken, and leaves who has it', async () => {
    await register({ clientId: 'web', scopes: ['read'] });
    await expect(register({ clientId: 'web', scopes: ['write'] })).rejects.toMatchObject(
      refusal(409, /^the client id is taken/),
    );
    expect(stored('web')?.scopes).toEqual(['read']);
    expect(deeds()).toEqual(['client.registered']);
  });

  it.each<[object, RegExp]>([
    [{}, /^the body cannot be used; allowed: clientId/],
    [{ clientId: 'a b', scopes: [] }, /^the body cannot be used/],
    [{ clientId: 'a', scopes: ['a b'] }, /^the body cannot be used/],
    [{ clientId: 'a', scopes: [], audience: [] }, /^the body cannot be used/],
    [{ clientId: 'a', scopes: [], tokenLifetimeSeconds: 0 }, /^the body cannot be used/],
    [{ clientId: 'a', scopes: [], grants: ['password'] }, /^the body cannot be used/],
    [{ clientId: 'a', scopes: [], jwksUri: 'http://c.example/jwks' }, /^the body cannot be used/],
    [{ clientId: 'a', scopes: [], jwksUri: 'http://127.0.0.1:9001/next' }, /^got a jwksUri of plain http/],
    [{ clientId: 'a', scopes: [], jwksUri: ' HTTP://localhost/next' }, /^got a jwksUri of plain http/],
    [{ clientId: 'a', scopes: [], owner: 'me' }, /^the body cannot be used/],
    [{ clientId: 'a', scopes: ['offline_access'] }, /^got the scope offline_access without/],
    [{ clientId: 'a', scopes: [], isPublic: true, grants: ['client_credentials'] }, /^got a public client/],
    [{ clientId: 'a', scopes: [], jwks: { keys: [{ ...publicKey, d: 'd' }] } }, /^got a private key in jwks/],
    [{ clientId: 'a', scopes: [], jwks: { keys: [{ kty: 'EC' }] } }, /^got a key without kid/],
  ])('refuses %j', async (body, message) => {
    await expect(register(body)).rejects.toMatchObject(refusal(400, message));
    expect(admin.clients.stored.size).toBe(0);
  });
});

describe('listClients', () => {
  beforeEach(async () => {
    for (const clientId of ['a', 'b', 'c']) await register({ clientId, scopes: [] });
  });

  it('goes on where a page ended', async () => {
    const { items, next } = (await admin.ask(listClients, { query: { limit: '2' } })) as {
      items: readonly object[];
      next: string;
    };
    expect(items).toMatchObject([{ clientId: 'a' }, { clientId: 'b' }]);
    expect(await admin.ask(listClients, { query: { limit: '2', page: next } })).toMatchObject({
      items: [{ clientId: 'c' }],
    });
  });

  it.each([
    ['b', [{ clientId: 'b' }]],
    ['x', []],
    ['', []],
    ['x'.repeat(3000), []],
  ])('looks one up: %s', async (clientId, items) => {
    expect(await admin.ask(listClients, { query: { clientId } })).toMatchObject({ items });
  });

  it('refuses a parameter that it does not have', async () => {
    const query = { scope: 'read' };
    await expect(admin.ask(listClients, { query })).rejects.toMatchObject(
      refusal(400, /^allowed in the query/),
    );
  });
});

describe('changeClient', () => {
  beforeEach(async () => {
    await register({ clientId: 'web', scopes: ['read'], audience: ['orders'], tokenLifetimeSeconds: 60 });
    admin.events.stored.length = 0;
  });

  it('changes what is named, and takes null for the default', async () => {
    const { tokenLifetimeSeconds: _, ...rest } = await change({
      clientId: 'web',
      tokenLifetimeSeconds: null,
    });
    expect(rest).not.toHaveProperty('tokenLifetimeSeconds');
    expect(rest).toMatchObject({ scopes: ['read'], audience: ['orders'] });
    expect(await change({ clientId: 'web', scopes: ['write'], audience: null })).toMatchObject({
      scopes: ['write'],
    });
    expect(stored('web')).not.toHaveProperty('audience');
    expect(deeds()).toEqual(['client.changed: tokenLifetimeSeconds', 'client.changed: scopes, audience']);
  });

  it('disables and enables, and records only what became different', async () => {
    expect(await change({ clientId: 'web', disabled: true })).toMatchObject({ disabled: true });
    await change({ clientId: 'web', disabled: true });
    expect(stored('web')?.version).toBe(2);
    expect(await change({ clientId: 'web', disabled: false })).toMatchObject({ disabled: false });
    expect(deeds()).toEqual(['client.disabled', 'client.enabled']);
  });

  it("keeps another writer's change", async () => {
    admin.clients.beforeReplace = () => {
      const before = stored('web');
      if (before)
        admin.clients.stored.set('web', { ...before, scopes: ['other'], version: before.version + 1 });
    };
    expect(await change({ clientId: 'web', disabled: true })).toMatchObject({
      scopes: ['other'],
      disabled: true,
    });
  });

  it("refuses what a client's stack would change back, but for disabling it", async () => {
    admin.clients.stored.set('own', await client('own', ['s'], { owner: 'stack' }));
    await expect(change({ clientId: 'own', scopes: [] })).rejects.toMatchObject(
      refusal(409, /CloudFormation/),
    );
    expect(await change({ clientId: 'own', disabled: true })).toMatchObject({
      disabled: true,
      isOfStack: true,
    });
    await expect(drop('own')).rejects.toMatchObject(refusal(409, /CloudFormation/));
  });

  it.each<[object, number, RegExp]>([
    [{ clientId: 'none', disabled: true }, 404, /^there is no client/],
    [{ clientId: 'web', scopes: ['offline_access'] }, 400, /^got the scope offline_access/],
    [{ clientId: 'web', isPublic: true }, 400, /^the body cannot be used/],
    [{ clientId: 'web', scopes: null }, 400, /^the body cannot be used/],
  ])('refuses %j', async (body, status, message) => {
    await expect(change(body)).rejects.toMatchObject(refusal(status, message));
    expect(deeds()).toEqual([]);
  });
});

describe('secrets', () => {
  it('are two at most; one of two can be removed', async () => {
    const { secret: first = '', client: registered } = await register({ clientId: 'web', scopes: [] });
    const { secret: second = '', client: both } = await add('web');
    expect(both.secrets).toHaveLength(2);
    await expect(add('web')).rejects.toMatchObject(refusal(409, /^the client has 2 secrets/));
    await remove('web', registered.secrets[0]?.id ?? '');
    expect(await isSecretOf(stored('web'), first)).toBe(false);
    expect(await isSecretOf(stored('web'), second)).toBe(true);
    const last = stored('web')?.secrets[0]?.hash.slice(0, 12) ?? '';
    await expect(remove('web', last)).rejects.toMatchObject(refusal(409, /^it is the only secret/));
    expect(deeds().slice(1)).toEqual([
      `client.secret-added: secret ${last}`,
      `client.secret-removed: secret ${registered.secrets[0]?.id}`,
    ]);
  });

  it.each<[string, number, RegExp]>([
    ['none', 404, /^there is no client/],
    ['public', 409, /^the client is public/],
    ['kept', 409, /Secrets Manager/],
  ])('are not added to %s', async (clientId, status, message) => {
    admin.clients.stored.set('public', await client('public', [], { isPublic: true }));
    admin.clients.stored.set('kept', await client('kept', ['s'], { secretArn: 'arn' }));
    await expect(add(clientId)).rejects.toMatchObject(refusal(status, message));
  });

  it('are all removed from a client that proves itself by its keys by now', async () => {
    const { client: registered } = await register({ clientId: 'web', scopes: [] });
    await change({ clientId: 'web', jwks: { keys: [publicKey] } });
    await remove('web', registered.secrets[0]?.id ?? '');
    expect(stored('web')?.secrets).toEqual([]);
  });

  it('of an unknown id are not removed', async () => {
    await register({ clientId: 'web', scopes: [] });
    await expect(remove('web', 'x')).rejects.toMatchObject(refusal(404, /^the client has no secret/));
    await expect(remove('web', '')).rejects.toMatchObject(refusal(400, /^id is missing from the query/));
  });
});

describe('deleteClient', () => {
  it('revokes the tokens and deletes the client, in this order', async () => {
    await register({ clientId: 'web', scopes: [] });
    expect(await drop('web')).toEqual({ clientId: 'web' });
    expect(stored('web')).toBeUndefined();
    expect(admin.revocations.stored.get(revocationId('client', ours.issuer, 'web'))).toMatchObject({
      ...{ revokedBefore: Math.ceil(now) + 60, actor: 'ops', reason: 'the client was deleted' },
      expiresAt: now + 2_592_000 + 60 + 3600,
    });
    expect(deeds()).toEqual(['client.registered', 'client.deleted']);
    await expect(drop('web')).rejects.toMatchObject(refusal(404, /^there is no client/));
  });

  it('leaves a disabled client, to be deleted again, where the revocation cannot be written', async () => {
    await register({ clientId: 'web', scopes: [] });
    const write = admin.revocations.write.bind(admin.revocations);
    admin.revocations.write = () => Promise.reject(new Error('out of reach'));
    await expect(drop('web')).rejects.toThrow('out of reach');
    expect(stored('web')?.disabled).toBe(true);
    admin.revocations.write = write;
    expect(await drop('web')).toEqual({ clientId: 'web' });
  });
});
