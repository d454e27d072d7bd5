/** Revokes tokens of the deployed default stack in every way there is, and asks whether they are active. */
import assert from 'node:assert/strict';
import { adminRouteKey, AdminRoutes, AdminScopes, Routes } from '../../core/contract/routes.ts';
import type { DeployedKeyturn, RegisteredClient } from './keyturn-stack.ts';
import { until } from './until.ts';

/** What clients revoke (RFC 7009), and whoever may invoke the admin function. */
export async function checkRevocation(keyturn: DeployedKeyturn, client: RegisteredClient): Promise<void> {
  const { checks } = keyturn;
  const basic = [client.clientId, client.secret] as const;
  await checks.check(
    'a token that its client revokes (RFC 7009) is refused, another one is not',
    async () => {
      const [token, other] = [await keyturn.newToken(client), await keyturn.newToken(client)];
      assert.equal(await keyturn.statusWith(token), 200);
      assert.equal((await keyturn.call(`POST ${Routes.revoke}`, { basic, form: { token } })).status, 200);
      assert.deepEqual([await keyturn.statusWith(token), await keyturn.statusWith(other)], [401, 200]);
    },
  );
  await checks.check(
    '`keyturn revoke - --stack`, a direct invoke of the admin function, revokes a token',
    async () => {
      const token = await keyturn.newToken(client);
      assert.equal(await keyturn.statusWith(token), 200);
      const { code, output } = await keyturn.keyturn(['revoke', '-', '--stack', keyturn.stackName], token);
      assert.equal(code, 0, output);
      assert.equal(await keyturn.statusWith(token), 401);
    },
  );
}

/** What the introspection endpoint says (RFC 7662). */
export async function checkIntrospection(keyturn: DeployedKeyturn, client: RegisteredClient): Promise<void> {
  const { checks } = keyturn;
  const introspect = async (caller: RegisteredClient, token: string) => {
    const basic = [caller.clientId, caller.secret] as const;
    return keyturn.call(`POST ${Routes.introspect}`, { basic, form: { token } });
  };
  await checks.check(
    'introspection: a token is active until it is revoked, and for its own client alone',
    async () => {
      const other = await keyturn.register('other', ['orders:read']);
      const token = await keyturn.newToken(client);
      const { status, body } = await introspect(client, token);
      assert.deepEqual([status, body['active'], body['client_id']], [200, true, client.clientId]);
      assert.deepEqual((await introspect(other, token)).body, { active: false });
      const basic = [client.clientId, client.secret] as const;
      assert.equal((await keyturn.call(`POST ${Routes.revoke}`, { basic, form: { token } })).status, 200);
      assert.deepEqual((await introspect(client, token)).body, { active: false });
    },
  );
  await checks.check('introspection refuses a wrong secret (401)', async () => {
    const { status } = await introspect({ ...client, secret: 'wrong' }, await keyturn.newToken(client));
    assert.equal(status, 401);
  });
}

/** The admin API over HTTP, and a revocation that is lifted. */
export async function checkAdministration(keyturn: DeployedKeyturn, client: RegisteredClient): Promise<void> {
  const { checks } = keyturn;
  const route = adminRouteKey(AdminRoutes.revoke);
  await checks.check('POST /admin/revocations refuses a token without its scope (403)', async () => {
    const bearer = await keyturn.newToken(client);
    assert.equal((await keyturn.call(route, { bearer, json: { clientId: client.clientId } })).status, 403);
    assert.equal(await keyturn.statusWith(bearer), 200);
  });
  await checks.check('POST /admin/revocations with its scope revokes a token', async () => {
    const bearer = await keyturn.newToken(await keyturn.register('admin', [AdminScopes.revoke]));
    const token = await keyturn.newToken(client);
    assert.equal((await keyturn.call(route, { bearer, json: { token } })).status, 200);
    assert.deepEqual([await keyturn.statusWith(token), await keyturn.statusWith(bearer)], [401, 200]);
  });
  await checks.check('`keyturn unrevoke --client` lifts what `keyturn revoke --client` revoked', async () => {
    const suspect = await keyturn.register('suspect', ['orders:read']);
    const token = await keyturn.newToken(suspect);
    for (const [verb, status] of [
      ['revoke', 401],
      ['unrevoke', 200],
    ] as const) {
      const { code, output } = await keyturn.keyturn([
        verb,
        '--client',
        'suspect',
        '--stack',
        keyturn.stackName,
      ]);
      assert.equal(code, 0, output);
      await until(10, async () => (await keyturn.statusWith(token)) === status);
    }
  });
}
