/** Nobody hands on more of the admin API than it may do itself. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { addSecret } from '../../../core/admin/client-secrets.ts';
import { changeClient, registerClient } from '../../../core/admin/clients.ts';
import { issueToken } from '../../../core/admin/issue-token.ts';
import type { AdminHandler } from '../../../core/admin/request.ts';
import { issueDirectly } from '../../../core/oauth/direct-issue.ts';
import { client, service } from '../oauth/fixture.ts';
import { type Administration, administration } from './fixture.ts';

const scopes = ['read', 'keyturn:keys', 'keyturn:read'];
let admin: Administration;

beforeEach(async () => {
  const boss = await client('boss', ['s3cret'], { scopes });
  const { context } = await service(boss);
  admin = await administration({ issue: (request) => issueDirectly(request, context) });
  admin.clients.stored.set('boss', boss);
});

const requests: readonly [string, AdminHandler, object][] = [
  ['a token with all that its client may have', issueToken, { clientId: 'boss' }],
  ['a token with the scope', issueToken, { clientId: 'boss', scope: 'read keyturn:keys' }],
  ['a new client with the scope', registerClient, { clientId: 'web', scopes: ['keyturn:keys'] }],
  ['a change that adds the scope', changeClient, { clientId: 'shop', scopes: ['keyturn:keys'] }],
  [
    'keys for a client that has the scope',
    changeClient,
    { clientId: 'boss', jwksUri: 'https://me.example/' },
  ],
  ['a secret of a client that has the scope', addSecret, { clientId: 'boss' }],
];

describe('handing on scopes of the admin API', () => {
  beforeEach(async () => {
    admin.clients.stored.set('shop', await client('shop', ['s3cret']));
  });
  const stored = () => JSON.stringify([...admin.clients.stored.values(), admin.events.stored]);

  it.each(requests)('is refused to whoever lacks one: %s', async (_, handler, body) => {
    const before = stored();
    const held = ['keyturn:read', 'keyturn:clients', 'keyturn:issue'];
    await expect(admin.ask(handler, { body, scopes: held })).rejects.toMatchObject({
      ...{ name: 'OAuthError', code: 'insufficient_scope', status: 403 },
      message: expect.stringMatching(/^your token lacks keyturn:keys, so you may not pass it on; allowed: /),
    });
    expect(stored()).toBe(before);
  });

  it('is refused to whoever has no scope at all', async () => {
    const asked = admin.ask(issueToken, { body: { clientId: 'boss', scope: 'keyturn:keys' }, scopes: [] });
    await expect(asked).rejects.toMatchObject({ code: 'insufficient_scope' });
  });

  it.each(requests)('is open to whoever has them: %s', async (_, handler, body) => {
    await expect(admin.ask(handler, { body, scopes })).resolves.toBeDefined();
  });

  it.each(requests)('is open where IAM decides: %s', async (_, handler, body) => {
    await expect(admin.ask(handler, { body })).resolves.toBeDefined();
  });

  it('leaves scopes of other APIs, and disabling, to whoever administers clients', async () => {
    const held = { scopes: ['keyturn:clients'] };
    await admin.ask(registerClient, { body: { clientId: 'web', scopes: ['orders:read'] }, ...held });
    await admin.ask(issueToken, { body: { clientId: 'boss', scope: 'read' }, ...held });
    await admin.ask(changeClient, { body: { clientId: 'boss', disabled: true }, ...held });
    expect(admin.clients.stored.get('boss')?.disabled).toBe(true);
  });
});
