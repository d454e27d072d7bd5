/** Uses the examples once they are deployed: a good token passes, and everything else is refused. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { Routes } from '../../core/contract/routes.ts';
import { startUpstream, type Upstream } from '../chat-upstream.ts';
import { type RunningProvider, startProvider } from '../foreign-issuer.ts';
import { type ApiRequest, type DeployedApi, deployedApi } from './api.ts';
import { root } from './cdk.ts';
import type { DeployedStack, Driver } from './deploy.ts';
import { type DeployedKeyturn, deployedKeyturn } from './keyturn-stack.ts';

const stackName = 'Keyturn';

/** A route of an example, and who may call it. */
interface Route {
  readonly route: string;
  /** Scopes that it asks for. */
  readonly scopes: readonly string[];
  readonly request?: ApiRequest;
}

/** The examples' folders, and who uses what is deployed from there. */
export const exampleDeployments: readonly (readonly [string, Driver])[] = [
  example('rest-api-scopes', { drive: (stack) => drive(stack, deleteOrder) }),
  example('second-stack', { drive: (stack) => drive(stack, postOrder) }),
  example('http-api-foreign-issuer', foreignIssuer()),
  example('llm-gateway', llmGateway()),
];

/** The examples that are not deployed, and why. */
export const skippedExamples: readonly (readonly [string, string])[] = [
  [
    'examples/websocket-api',
    'MiniStack knows no AWS::ApiGatewayV2::RouteResponse, and asks the authorizer of a WebSocket API nothing',
  ],
];

function example(name: string, driver: Omit<Driver, 'stackName' | 'title'>): readonly [string, Driver] {
  return [path.join(root, 'examples', name), { ...driver, stackName, title: `examples/${name}` }];
}

const deleteOrder: Route = { route: 'DELETE /orders/7', scopes: ['orders:read', 'orders:write'] };
const postOrder: Route = { route: 'POST /orders', scopes: ['orders:write'] };

/** Tokens of our own token service. */
async function drive(stack: DeployedStack, { route, scopes, request = {} }: Route): Promise<void> {
  const keyturn = deployedKeyturn(stack);
  const statusWith = statusOf(exampleApi(stack), route, request);
  const { checks } = stack;
  await checks.check(`${route} without a token is 401`, async () =>
    assert.equal(await statusWith(undefined), 401),
  );
  await checks.check(`${route} without its scopes is 403`, async () => {
    const client = await keyturn.register('narrow', ['other']);
    assert.equal(await statusWith(await keyturn.newToken(client)), 403);
  });
  await checks.check(`${route} with a token is 200, and 401 once that is revoked`, async () => {
    const client = await keyturn.register('shop', scopes);
    const token = await keyturn.newToken(client);
    assert.equal(await statusWith(token), 200);
    const basic = [client.clientId, client.secret] as const;
    assert.equal((await keyturn.call(`POST ${Routes.revoke}`, { basic, form: { token } })).status, 200);
    assert.equal(await statusWith(token), 401);
  });
}

function foreignIssuer(): Omit<Driver, 'stackName' | 'title'> {
  let provider: RunningProvider;
  return {
    async environment() {
      provider = await startProvider();
      return { ISSUER: provider.issuer, JWKS_URI: provider.jwksUri };
    },
    drive: (stack) => driveForeign(stack, provider),
    async afterDestroy() {
      provider.close();
    },
  };
}

/** Tokens of a provider of another kind. */
async function driveForeign(stack: DeployedStack, provider: RunningProvider): Promise<void> {
  const { checks } = stack;
  const keyturn = deployedKeyturn(stack);
  const get = statusOf(exampleApi(stack), 'GET /orders');
  const post = statusOf(exampleApi(stack), 'POST /orders');
  const token = await provider.token('orders:read');
  await checks.check(
    "the provider's token is 200, without it 401, and 403 where its scope does not do",
    async () =>
      assert.deepEqual([await get(token), await get(undefined), await post(token)], [200, 401, 403]),
  );
  await checks.check("a provider's token that `keyturn revoke - --stack` revokes is refused", async () => {
    await revoke(keyturn, token);
    const other = await provider.token('orders:read');
    assert.deepEqual([await get(token), await get(other)], [401, 200]);
  });
  await checks.check("a provider's token that a function of the app revokes is refused", async () => {
    const [left, other] = [await provider.token('orders:read'), await provider.token('orders:read')];
    const logout = statusOf(exampleApi(stack), 'POST /logout');
    assert.deepEqual([await get(left), await logout(left)], [200, 204]);
    assert.deepEqual([await get(left), await get(other)], [401, 200]);
  });
}

async function revoke(keyturn: DeployedKeyturn, token: string): Promise<void> {
  const { code, output } = await keyturn.keyturn(['revoke', '-', '--stack', stackName], token);
  assert.equal(code, 0, output);
}

const chat: Route = {
  route: 'POST /gpt-small/v1/chat/completions',
  scopes: ['model:gpt-small'],
  request: { json: { model: 'gpt-small', messages: [] } },
};

function llmGateway(): Omit<Driver, 'stackName' | 'title'> {
  const providerKey = `sk-${randomBytes(16).toString('hex')}`;
  let upstream: Upstream;
  return {
    parameters: [`Gateway:ProviderKey=${providerKey}`],
    async environment() {
      upstream = await startUpstream();
      return { UPSTREAM: upstream.url };
    },
    async drive(stack) {
      await drive(stack, chat);
      stack.checks.skip(
        "the provider's key, the model in the body, and streaming",
        'of an HTTP integration MiniStack maps no header and streams nothing; a validated body passed it',
      );
    },
    async afterDestroy() {
      upstream.close();
    },
  };
}

function exampleApi({ miniStack, outputs }: DeployedStack): DeployedApi {
  return deployedApi(miniStack.endpoint, outputs['Url'] ?? '');
}

/** Status of a route with a token. */
function statusOf(
  api: DeployedApi,
  route: string,
  request: ApiRequest = {},
): (token: string | undefined) => Promise<number> {
  return async (token) =>
    (await api.call(route, { ...request, ...(token !== undefined && { bearer: token }) })).status;
}
