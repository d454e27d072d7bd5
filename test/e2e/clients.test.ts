/** Clients of a stack over real HTTP and the local Secrets Manager: registered, rotated, issued to on a schedule. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { setTimeout as sleep } from 'node:timers/promises';
import { canary } from '../canary.ts';
import { clientsApp } from './clients-app.ts';
import { type Played, root, running, startLocal } from './keyturn.ts';

jest.setTimeout(120_000);

/** Where the packages of this repository are found. */
const apps = path.join(root, 'node_modules', '.cache', 'keyturn-tests');

let folder: string;
let stack: Played;
let secretsManager: SecretsManagerClient;
let lambda: LambdaClient;
/** Everything that must never be printed. */
const canaries: string[] = [];

const at = (endpoint: string) => ({
  ...{ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } },
});

beforeAll(async () => {
  mkdirSync(apps, { recursive: true });
  folder = mkdtempSync(path.join(apps, 'app-'));
  writeFileSync(path.join(folder, 'app.mjs'), clientsApp);
  writeFileSync(path.join(folder, 'cdk.json'), '{"app":"node app.mjs"}');
  stack = await startLocal({ app: folder });
  const { endpoints } = running(stack);
  secretsManager = new SecretsManagerClient(at(endpoints.secretsmanager));
  lambda = new LambdaClient(at(endpoints.lambda));
});

afterAll(async () => {
  secretsManager?.destroy();
  lambda?.destroy();
  await stack.end('SIGINT');
  rmSync(folder, { recursive: true });
});

const outputOf = (name: string): string => running(stack).outputs[name] ?? '';

async function valueOf(name: string, stage = 'AWSCURRENT'): Promise<Record<string, string>> {
  const command = new GetSecretValueCommand({ SecretId: outputOf(name), VersionStage: stage });
  const { SecretString: text = '{}' } = await secretsManager.send(command);
  const value = JSON.parse(text) as Record<string, string>;
  canaries.push(
    ...[value.client_secret, value.access_token].filter((secret) => secret !== undefined).map(canary),
  );
  return value;
}

const whoami = (token = '') =>
  fetch(`${stack.url}/whoami`, { headers: { authorization: `Bearer ${token}` } });

async function requestToken({
  client_id: id,
  client_secret: secret,
  token_endpoint: address = '',
}: Record<string, string>) {
  const authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  const answer = await fetch(address, { method: 'POST', headers: { authorization }, body });
  const { access_token: token } = (await answer.json()) as { access_token?: string };
  if (token !== undefined) canaries.push(token);
  return { status: answer.status, token };
}

/** Waits for the rotation that is under way: AWSCURRENT has moved on from this version. */
async function rotatedFrom(versionId: string): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const { VersionIdsToStages: stages = {} } = await secretsManager.send(
      new DescribeSecretCommand({ SecretId: outputOf('ShopSecret') }),
    );
    if (stages[versionId]?.includes('AWSCURRENT') !== true) return;
    await sleep(100);
  }
  throw new Error(`not rotated after 30 s:\n${stack.output()}`);
}

async function currentVersion(): Promise<string> {
  const command = new GetSecretValueCommand({ SecretId: outputOf('ShopSecret') });
  return (await secretsManager.send(command)).VersionId ?? '';
}

describe('a client of the stack', () => {
  it('gets a token with what its secret says, and passes', async () => {
    const { token } = await requestToken(await valueOf('ShopSecret'));
    const answer = await whoami(token);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ subject: 'shop', scopes: ['orders:read'] });
  });

  it('has its secret rotated; the one before stays valid, the one before that does not', async () => {
    const held = [await valueOf('ShopSecret')];
    for (let turn = 0; turn < 2; turn += 1) {
      const from = await currentVersion();
      await secretsManager.send(new RotateSecretCommand({ SecretId: outputOf('ShopSecret') }));
      await rotatedFrom(from);
      held.unshift(await valueOf('ShopSecret'));
    }
    const statuses = await Promise.all(held.map(async (value) => (await requestToken(value)).status));
    expect(statuses).toEqual([200, 200, 401]);
    expect(new Set(held.map(({ client_secret: secret }) => secret)).size).toBe(3);
  });
});

describe('a token that is issued on a schedule', () => {
  const turn = () =>
    lambda.send(new InvokeCommand({ FunctionName: outputOf('ReportFunction'), Payload: event() }));
  const event = () =>
    JSON.stringify({
      ...{ action: 'issue-into-secret', secretArn: outputOf('ReportSecret'), clientId: 'shop', schedule },
    });
  const schedule = { name: 'scheduled-issue Keyturn/Tokens/Report', everySeconds: 60 };
  const result = async () => JSON.parse(new TextDecoder().decode((await turn()).Payload)) as object;

  it('is in the secret, passes, and is not issued again before its time', async () => {
    await turn();
    expect(await result()).toMatchObject({ isRenewed: false });
    const value = await valueOf('ReportSecret');
    expect((await whoami(value.access_token)).status).toBe(200);
    expect(Number(value.expires_at) - Number(value.issued_at)).toBe(900);
  });

  it('is issued anew by the next turn where it was revoked', async () => {
    const { access_token: revoked = '' } = await valueOf('ReportSecret');
    expect((await stack.keyturn(['revoke', '-'], revoked)).code).toBe(0);
    expect(await result()).toMatchObject({ isRenewed: true });
    const { access_token: next } = await valueOf('ReportSecret');
    expect([(await whoami(revoked)).status, (await whoami(next)).status]).toEqual([401, 200]);
  });

  it('is among the schedules of the overview, with its last run', async () => {
    await turn();
    const { stdout } = await stack.keyturn(['console']);
    const admin = new URLSearchParams(new URL(stdout.trim()).hash.slice(1)).get('admin') ?? '';
    canaries.push(admin);
    const headers = { authorization: `Bearer ${admin}` };
    const answer = await fetch(`${stack.url}/admin/overview`, { headers });
    const { schedules } = (await answer.json()) as { schedules: readonly object[] };
    expect(schedules).toContainEqual({
      ...{ ...schedule, lastRunAt: expect.any(Number), nextRunAt: expect.any(Number) },
      ...{ outcome: 'succeeded', isLate: false, tokenExpiresAt: expect.any(Number) },
    });
  });
});

it('keyturn doctor says of both secrets how they stand', async () => {
  const { code, stdout } = await stack.keyturn(['doctor']);
  expect(code).toBe(0);
  const time = String.raw`\d{4}-\d\d-\d\dT[\d:]{8}Z`;
  for (const finding of [
    `ok +client secrets are rotated on time\n +shop: rotated ${time}, next by ${time}\n`,
    `ok +tokens in secrets are renewed before they end\n +scheduled-issue Keyturn/Tokens/Report: ends ${time}\n`,
  ])
    expect(stdout).toMatch(new RegExp(finding));
});

describe('a login backend', () => {
  it('gets tokens for a subject, which its app in a browser refreshes by client_id alone', async () => {
    const { stdout } = await stack.keyturn([
      ...[
        'token',
        '--subject',
        'alice',
        '--client',
        'spa',
        '--scope',
        'orders:read offline_access',
        '--json',
      ],
    ]);
    const first = JSON.parse(stdout) as Record<string, string>;
    const body = new URLSearchParams({
      ...{ grant_type: 'refresh_token', client_id: 'spa', refresh_token: first.refresh_token ?? '' },
    });
    const answer = await fetch(`${stack.url}/oauth2/token`, { method: 'POST', body });
    const second = (await answer.json()) as Record<string, string>;
    for (const tokens of [first, second])
      canaries.push(tokens.access_token ?? '-', tokens.refresh_token ?? '-');
    expect(answer.status).toBe(200);
    const caller = await whoami(second.access_token);
    expect(await caller.json()).toMatchObject({ subject: 'alice', clientId: 'spa', scopes: ['orders:read'] });
  });
});

describe('keyturn clients', () => {
  const ask = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await stack.keyturn(['clients', ...args]);
    return { code, stdout, stderr, json: () => JSON.parse(stdout) as Record<string, unknown> };
  };
  const credentials = (secret = '') => ({
    ...{ client_id: 'web', client_secret: secret, token_endpoint: `${stack.url}/oauth2/token` },
  });
  const secretOf = (answer: Record<string, unknown>): string => {
    const secret = String(answer.secret);
    canaries.push(secret);
    return secret;
  };

  it('registers, shows, rotates by hand, disables, enables and deletes a client', async () => {
    const made = await ask(
      'create',
      'web',
      '--scope',
      'orders:read orders:write',
      '--lifetime',
      '10m',
      '--json',
    );
    const first = secretOf(made.json());
    const { token } = await requestToken(credentials(first));
    expect((await whoami(token)).status).toBe(200);

    const added = (await ask('add-secret', 'web', '--json')).json();
    const second = secretOf(added);
    const { secrets } = added.client as { secrets: readonly { id: string }[] };
    const removed = await ask('remove-secret', 'web', secrets[0]?.id ?? '');
    expect(removed).toMatchObject({ code: 0, stdout: expect.stringMatching(/^secret +[\w-]{12}, made 20/m) });
    expect((await requestToken(credentials(first))).status).toBe(401);
    expect((await requestToken(credentials(second))).status).toBe(200);

    expect((await ask('disable', 'web')).stdout).toMatch(/^state +disabled$/m);
    expect((await requestToken(credentials(second))).status).toBe(401);
    expect((await whoami(token)).status).toBe(200);
    expect((await ask('enable', 'web')).stdout).toMatch(/^state +enabled$/m);
    expect((await requestToken(credentials(second))).status).toBe(200);

    const shown = await ask('show', 'web', '--json');
    expect(shown.json()).toMatchObject({ clientId: 'web', tokenLifetimeSeconds: 600, disabled: false });
    expect((await ask('list')).stdout).toMatch(/^shop +enabled +orders:read +client_credentials +default/m);
    expect((await ask('delete', 'web')).stdout).toBe('deleted: client web; its tokens are revoked\n');
    expect((await requestToken(credentials(second))).status).toBe(401);
    expect(await ask('show', 'web')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/no client web/),
    });
    await passesNoMore(token);

    const { stdout } = await stack.keyturn(['events', '--limit', '7']);
    for (const action of ['registered', 'secret-added', 'secret-removed', 'disabled', 'enabled', 'deleted'])
      expect(stdout).toContain(`client.${action}`);
    for (const secret of [first, second])
      expect(stdout + shown.stdout + removed.stdout).not.toContain(secret);
  });

  /** The authorizer holds what it knows of a client for half a second. */
  async function passesNoMore(token = ''): Promise<void> {
    for (let tries = 0; tries < 50; tries += 1) {
      if ((await whoami(token)).status === 401) return;
      await sleep(100);
    }
    throw new Error('the token passes still, after 5 s');
  }

  it.each<[readonly string[], number, RegExp]>([
    [['delete', 'shop'], 1, /belongs to a CloudFormation stack/],
    [['add-secret', 'shop'], 1, /in Secrets Manager/],
    [['disable', 'nobody'], 1, /there is no client of this id/],
    [['create', 'web', '--scope', 'offline_access'], 2, /got the scope offline_access without/],
    [['create'], 2, /create: got 0 arguments; allowed: ID/],
    [['list', '--scope', 'read'], 2, /list: got --scope; allowed: --stack, --data, --json, --limit, --page/],
    [['rename', 'shop'], 2, /got rename; allowed: list, show, create/],
  ])('refuses %j', async (args, code, message) => {
    expect(await ask(...args)).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(message) });
  });
});

describe('the admin API over HTTP', () => {
  let admin: string;
  const call = async (method: string, route: string, body?: object, bearer = admin) => {
    const answer = await fetch(`${stack.url}/admin/${route}`, {
      method,
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, string> };
  };

  beforeAll(async () => {
    const { stdout } = await stack.keyturn(['console']);
    admin = new URLSearchParams(new URL(stdout.trim()).hash.slice(1)).get('admin') ?? '';
    canaries.push(admin);
  });

  it('registers a client, issues in its name, and deletes it', async () => {
    const made = await call('POST', 'clients', { clientId: 'http', scopes: ['orders:read'] });
    canaries.push(made.body.secret ?? '-');
    expect(made).toMatchObject({ status: 200, body: { client: { clientId: 'http' } } });
    const { status, body } = await call('POST', 'tokens', { clientId: 'http' });
    canaries.push(body.access_token ?? '-');
    expect(status).toBe(200);
    expect(await (await whoami(body.access_token)).json()).toMatchObject({
      subject: 'http',
      scopes: ['orders:read'],
    });
    expect(await call('POST', 'tokens', { clientId: 'http', scope: 'admin' })).toEqual({
      status: 400,
      body: {
        error: 'invalid_request',
        error_description: 'the client is not allowed one of the requested scopes',
      },
    });
    expect(await call('DELETE', 'clients?clientId=http')).toEqual({
      status: 200,
      body: { clientId: 'http' },
    });
    expect((await call('POST', 'tokens', { clientId: 'http' })).status).toBe(404);
  });

  it('lets nobody hand on a scope of the admin API that its own token lacks', async () => {
    const clerk = { clientId: 'clerk', scopes: ['keyturn:clients', 'keyturn:issue'] };
    canaries.push((await call('POST', 'clients', clerk)).body.secret ?? '-');
    const { access_token: token = '-' } = (await call('POST', 'tokens', { clientId: 'clerk' })).body;
    canaries.push(token);
    const wanted = { clientId: 'mole', scopes: ['keyturn:keys'] };
    expect(await call('POST', 'clients', wanted, token)).toEqual({
      status: 403,
      body: {
        error: 'insufficient_scope',
        error_description: expect.stringMatching(/^your token lacks keyturn:keys/),
      },
    });
    expect((await call('GET', 'clients?clientId=mole')).body).toEqual({ items: [] });
    const harmless = { clientId: 'hand', scopes: ['orders:read'] };
    const made = await call('POST', 'clients', harmless, token);
    canaries.push(made.body.secret ?? '-');
    expect(made.status).toBe(200);
  });

  it.each([
    ['GET', 'clients'],
    ['POST', 'clients'],
    ['DELETE', 'clients?clientId=shop'],
    ['POST', 'tokens'],
    ['POST', 'clients/secrets'],
  ])('lets nobody without the scope through: %s %s', async (method, route) => {
    const { token = '' } = await requestToken(await valueOf('ShopSecret'));
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`${stack.url}/admin/${route}`, { method, headers })).status).toBe(403);
  });
});

it('nothing secret was printed', () => {
  expect(canaries.length).toBeGreaterThan(8);
  expect(canaries.filter((secret) => stack.output().includes(secret))).toEqual([]);
});
