/** Uses the default stack from its first key to its last resource. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import * as z from 'zod/mini';
import { Routes } from '../../core/contract/routes.ts';
import type { DeployedStack, Driver } from './deploy.ts';
import { type DeployedKeyturn, deployedKeyturn, type RegisteredClient } from './keyturn-stack.ts';
import { checkAdministration, checkIntrospection, checkRevocation } from './revocation.ts';
import { until } from './until.ts';

const stackName = 'Keyturn';

/**
 * A tick every minute, and times so short that each tick finds a rotation due. Data is not retained, so that the stack
 * can be destroyed.
 */
const config = {
  stackName,
  retainData: false,
  tokenService: {
    tickMinutes: 1,
    rotationPeriodSeconds: 30,
    tokenLifetimeSeconds: 180,
    jwksCacheSeconds: 5,
    clockSkewSeconds: 5,
    propagationSeconds: 1,
    signerHoldSeconds: 1,
  },
};

const scopes = ['orders:read', 'orders:write'];

/** The driver of Keyturn's own stack. */
export const keyturnDriver: Driver = {
  stackName,
  environment(folder) {
    const file = path.join(folder, 'keyturn.config.json');
    writeFileSync(file, JSON.stringify(config));
    return { KEYTURN_CONFIG: file };
  },
  drive,
  async afterDestroy(stack) {
    await stack.checks.check('destroy leaves no key-set table behind', () =>
      assert.rejects(deployedKeyturn(stack).keySet(), { code: 'ResourceNotFoundException' }),
    );
  },
};

async function drive(stack: DeployedStack): Promise<void> {
  const { checks } = stack;
  const keyturn = await checks.check('the stack has its outputs', () => deployedKeyturn(stack));
  if (keyturn === undefined) return;
  await checkDiscovery(keyturn);
  const client = await checks.check('a client is registered in its table', () =>
    keyturn.register('shop', scopes),
  );
  if (client === undefined) return checks.skip('tokens', 'no client is registered');
  await checkTokens(keyturn, client);
  await checkRevocation(keyturn, client);
  await checkIntrospection(keyturn, client);
  await checkAdministration(keyturn, client);
  await checkRotation(keyturn, client);
}

async function checkDiscovery(keyturn: DeployedKeyturn): Promise<void> {
  const { checks, issuer } = keyturn;
  await checks.check(
    'the key set exists when cdk deploy returns: one key signs, one is published ahead',
    async () => {
      const { keys } = await keyturn.keySet();
      assert.deepEqual(keys.map(({ state }) => state).sort(), ['active', 'pending']);
    },
  );
  for (const route of [Routes.openidConfiguration, Routes.oauthAuthorizationServer]) {
    await checks.check(`GET ${route} names the issuer and its JWK Set`, async () => {
      const { status, body } = await keyturn.call(`GET ${route}`);
      assert.deepEqual([status, body['issuer'], body['jwks_uri']], [200, issuer, `${issuer}${Routes.jwks}`]);
    });
  }
  await checks.check('the web console is served', async () =>
    assert.equal((await keyturn.call(`GET ${Routes.console}`)).status, 200),
  );
  await checks.check('the JWK Set has both keys, and public members only', async () => {
    const { keys } = await jwkSet(keyturn);
    const kids = (await keyturn.keySet()).keys.map(({ kid }) => kid);
    assert.deepEqual(keys.map(({ kid }) => kid).sort(), kids.sort());
    assert.deepEqual(Object.keys(keys[0] ?? {}).sort(), ['alg', 'e', 'kid', 'kty', 'n', 'use']);
  });
}

async function checkTokens(keyturn: DeployedKeyturn, client: RegisteredClient): Promise<void> {
  const { checks } = keyturn;
  const whoami = `GET ${Routes.whoami}`;
  await checks.check('/whoami without a token is 401', async () =>
    assert.equal((await keyturn.call(whoami)).status, 401),
  );
  await checks.check('/whoami with something that is no token is 401', async () =>
    assert.equal(await keyturn.statusWith('not-a-token'), 401),
  );
  await checks.check('the token endpoint refuses a wrong secret', async () => {
    const request = {
      basic: [client.clientId, 'wrong'],
      form: { grant_type: 'client_credentials' },
    } as const;
    const { status, body } = await keyturn.call(`POST ${Routes.token}`, request);
    assert.deepEqual([status, body['error']], [401, 'invalid_client']);
  });
  await checks.check('client_credentials gives an RFC 9068 token that verifies by the JWK Set', async () => {
    const token = await keyturn.newToken(client);
    const { issuer } = keyturn;
    const options = { issuer, audience: issuer, typ: 'at+jwt', algorithms: ['RS256'] };
    const { payload } = await jwtVerify(token, createLocalJWKSet(await jwkSet(keyturn)), options);
    assert.deepEqual([payload.sub, payload['scope']], [client.clientId, scopes.join(' ')]);
  });
  await checks.check('/whoami with a token is 200 and says subject and scopes', async () => {
    const { status, body } = await keyturn.call(whoami, { bearer: await keyturn.newToken(client) });
    assert.deepEqual([status, body['subject'], body['scopes']], [200, client.clientId, scopes]);
  });
}

async function checkRotation(keyturn: DeployedKeyturn, client: RegisteredClient): Promise<void> {
  const { checks } = keyturn;
  const turned =
    'a direct invoke of key-rotation turns to the key that was published ahead; the old token still passes';
  const rotated = await checks.check(turned, async () => {
    const old = await keyturn.newToken(client);
    const next = (await keyturn.keySet()).keys.find(({ state }) => state === 'pending')?.kid;
    const result = await keyturn.invokeKeyRotation({ action: 'rotate' });
    assert.deepEqual([result.rotated, result.active], [true, next]);
    await checkTurn(keyturn, client, old);
    return keyturn.activeKid();
  });
  await checks.check('a second cdk deploy, built and synthesized anew, changes nothing', async () =>
    assert.match(await keyturn.deployAgain(), /\(no changes\)/),
  );
  if (rotated === undefined) return checks.skip('the schedule', 'a direct invoke does not turn the keys');
  await checks.check(
    'the schedule fires: the keys turn though nobody asks, and the old token still passes',
    async () => {
      const old = await keyturn.newToken(client);
      await until(150, async () => (await keyturn.activeKid()) !== rotated);
      await checkTurn(keyturn, client, old);
    },
  );
}

/** After a rotation a token of before still passes, and a new one has the new key and passes too. */
async function checkTurn(keyturn: DeployedKeyturn, client: RegisteredClient, old: string): Promise<void> {
  const isOfActiveKey = async () =>
    decodeProtectedHeader(await keyturn.newToken(client)).kid === (await keyturn.activeKid());
  await until(10, isOfActiveKey);
  const statuses = [await keyturn.statusWith(old), await keyturn.statusWith(await keyturn.newToken(client))];
  assert.deepEqual(statuses, [200, 200]);
}

const jwkSetShape = z.object({ keys: z.array(z.looseObject({ kid: z.string(), kty: z.string() })) });

async function jwkSet(keyturn: DeployedKeyturn): Promise<z.infer<typeof jwkSetShape>> {
  const { status, body } = await keyturn.call(`GET ${Routes.jwks}`);
  assert.equal(status, 200);
  return jwkSetShape.parse(body);
}
